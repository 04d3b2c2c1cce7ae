"""What people may ask about their own data: a copy, another value, to be gone, and where they still are.

What comes in: a policy, a data map, a catalogue, and a session that has a use of purpose `rights` open for one person.
What goes out: files, plans, counts and a certificate. Row security is the guard that nothing of anybody else is touched.
Never here: who may ask, and by when it is answered (`cases`, `people`).
"""

from houvast.rights.model import Copy, Redaction, Rule
from houvast.rights.walk import Stop, Walk, walk

__all__ = ["Copy", "Redaction", "Rule", "Stop", "Walk", "walk"]
