"""The room between meaning and database: policy and data map become what PostgreSQL keeps.

In: versions of a policy, a data map, a connection. Out: a plan, and the database changed by it (`prepare`,
`apply`, `unapply`), what has drifted since (`drift`), and why a purpose sees something or not (`explain`).
The compiler proper (`compile_policy`) is a pure function. It never decides what a policy means:
`houvast.policy.decide` does, and tests hold the two to each other.
"""

from houvast.compiler.apply import apply, prepare, unapply
from houvast.compiler.compile import compile_policy
from houvast.compiler.drift import drift
from houvast.compiler.explain import explain

__all__ = ["apply", "compile_policy", "drift", "explain", "prepare", "unapply"]
