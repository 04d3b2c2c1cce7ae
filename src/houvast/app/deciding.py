"""May this login, for this purpose, see this of a person now? The database answers, by its own policies' conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from houvast.database import Connection, queries

_SQL = queries("houvast.app", "asking.sql")
ACTIONS = ("use", "read")
"""What can be asked: both are to see it."""
WHY: Mapping[str, Mapping[str, str]] = {
    "": {"en": "The database shows it now.", "nl": "De database toont het nu."},
    "other login": {
        "en": "A token asks about its own login alone.",
        "nl": "Een sleutel vraagt alleen naar de eigen login.",
    },
    "not given": {"en": "The login was not given this purpose.", "nl": "De login kreeg dit doel niet."},
    "not in force": {"en": "No policy is in force yet.", "nl": "Er geldt nog geen beleid."},
    "case missing": {"en": "This purpose is for one case: name it.", "nl": "Dit doel is voor één zaak: noem die."},
    "no request": {
        "en": "No checked request of this person is open.",
        "nl": "Er loopt geen nagegaan verzoek van deze persoon.",
    },
    "no hold": {"en": "No hold names this case.", "nl": "Niets wordt voor deze zaak bewaard."},
    "no table": {"en": "The map has no such table.", "nl": "De kaart heeft die tabel niet."},
    "no rows": {"en": "No such row is about this person.", "nl": "Geen rij hier gaat over deze persoon."},
    "some rows": {"en": "Some of the rows are shown, not all.", "nl": "Sommige rijen zijn te zien, niet alle."},
    "restricted": {"en": "This person had the use restricted.", "nl": "Deze persoon liet het gebruik beperken."},
    "contested": {"en": "This value is contested.", "nl": "Deze waarde is betwist."},
    "flagged": {
        "en": "This text waits for a decision of the staff, for what stands in it.",
        "nl": "Deze tekst wacht op een beslissing, om wat erin staat.",
    },
    "objected": {"en": "This person objected.", "nl": "Deze persoon maakte bezwaar."},
    "stopped": {
        "en": "This person stopped the use for services.",
        "nl": "Deze persoon stopte het gebruik voor diensten.",
    },
    "closed": {"en": "The account is closed.", "nl": "Het account is gesloten."},
    "not now": {"en": "The policy does not allow it, or not now.", "nl": "Het beleid staat het niet toe, of nu niet."},
    "no action": {
        "en": "Only whether it may be seen is decided here.",
        "nl": "Hier wordt alleen beslist of het te zien is.",
    },
    "no subject": {"en": "Ask about a login and its purpose.", "nl": "Vraag naar een login en een doel."},
    "no resource": {"en": "Ask about a column of a person.", "nl": "Vraag naar een kolom van een persoon."},
}
"""Each reason, in words."""


@dataclass(frozen=True)
class Question:
    """What is asked. `column`: TABLE.COLUMN; `person`: KIND:KEY; `case` and `row` narrow it."""

    login: str
    purpose: str
    column: str
    person: str
    case: str | None = None
    row: str | None = None


@dataclass(frozen=True)
class Decision:
    """The answer: `shown` of `of` rows. `code`: the first thing in the way, "" when there is none."""

    code: str
    promise: str = "C05"
    shown: int = 0
    of: int = 0

    @property
    def permitted(self) -> bool:
        """Whether every row that was asked about is shown."""
        return self.code == "" and 0 < self.of == self.shown


def decide(connection: Connection, token: str, asked: Question) -> Decision:
    """Ask the database. Raises DatabaseError for a token that does not count or lacks the scope."""
    table, _, column = asked.column.rpartition(".")
    values = {"token": token, "login": asked.login, "purpose": asked.purpose, "table": table, "column": column,
              "person": asked.person, "case": asked.case, "row": asked.row}  # fmt: skip
    row = connection.execute(_SQL["decide"], values).fetchone()
    return Decision(row[2], row[3], row[0], row[1]) if row else Decision("not now")
