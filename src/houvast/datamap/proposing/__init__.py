"""Proposes a data map from what a database says of itself: names, types, keys, comments; never a row.

In: `Seen` (the catalogue), a policy, the map that there is. Out: a `Proposal`, which `extend` writes into the text of
a map without losing a letter of it. What is unsure is told in a comment and stays unclassified, which is closed.
"""

from houvast.datamap.proposing.extend import extend
from houvast.datamap.proposing.model import Guess, Proposal, TableGuess
from houvast.datamap.proposing.propose import Seen, propose
from houvast.datamap.proposing.text import table_line

__all__ = ["Guess", "Proposal", "Seen", "TableGuess", "extend", "propose", "table_line"]
