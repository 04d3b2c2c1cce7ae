"""The room of proof: does a live database keep each promise? It tries, as every login, with made-up people.

In: the policy's versions, the data map and a `Door` to the database. Out: a `Report`. It never changes
what a policy compiles to, and takes away whatever it made.
"""

from houvast.proof.door import Door
from houvast.proof.prove import probe, prove
from houvast.proof.report import Attempt, Extra, Outcome, Proof, Report

__all__ = ["Attempt", "Door", "Extra", "Outcome", "Proof", "Report", "probe", "prove"]
