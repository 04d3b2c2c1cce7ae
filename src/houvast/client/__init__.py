"""A client of the API, for applications in Python: it needs the standard library, and nothing else of Houvast.

`Houvast` asks; `Form` and `Gate` refuse what a form does not declare before an application stores anything.
"""

from houvast.client.calls import Houvast, Refused
from houvast.client.forms import Field, Form, Gate, Undeclared

__all__ = ["Field", "Form", "Gate", "Houvast", "Refused", "Undeclared"]
