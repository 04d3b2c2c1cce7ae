"""People: who somebody is by their addresses, where they stand, and how that changes.

What comes in: a policy, a connection of whoever applies. What goes out: keys of persons, where they stand, what a
change closes or opens. The database decides what a stand closes; this room asks it. Never here: what is done with a
person's data (`rights`), by when a request is answered (`cases`).
"""

from houvast.people.model import Change, Known, State
from houvast.people.rules import Answer, objection_to, seen_by

__all__ = ["Answer", "Change", "Known", "State", "objection_to", "seen_by"]
