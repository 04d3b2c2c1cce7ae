"""Requests of people, complaints and breaches: their clocks, states, reasons and letters.

In: a policy and its law, a connection. Out: days, moments, letters, cases. `rules` and `writing` are pure; `store` has
the only SQL. What is decided here, the database decides too, and refuses whoever goes round it.
"""

from houvast.cases.model import Breach, Case, Letter, Reason, Right, State

__all__ = ["Breach", "Case", "Letter", "Reason", "Right", "State"]
