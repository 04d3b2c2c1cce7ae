"""Requests of people, complaints and breaches: their clocks, states, reasons and letters.

In: a policy and its law, a mail, a connection. Out: days, moments, letters, cases, proposals. `rules`, `writing`,
`incoming` and `proposing` are pure; `store` and `inbox` have the only SQL. What is decided here, the database decides
too, and refuses whoever goes round it.
"""

from houvast.cases.model import Breach, Case, Letter, Reason, Right, State

__all__ = ["Breach", "Case", "Letter", "Reason", "Right", "State"]
