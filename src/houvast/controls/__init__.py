"""The register of controls: what protects personal data, who answers for it, how it is tested, and when it last was.

In: `controls.yaml`, a connection. Out: what is wrong, how each control stands. `measures` looks at the live system;
`store` has the only SQL of the register. What a person attests, the database takes with a code of their own alone.
Never here: attest anything, decide what is enough.
"""

from houvast.controls.load import load_controls
from houvast.controls.measures import Ground, measured
from houvast.controls.model import Control, Found, Standing

__all__ = ["Control", "Found", "Ground", "Standing", "load_controls", "measured"]
