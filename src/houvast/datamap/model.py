"""Where personal data lie: tables, columns, owners, circumstances, events and logins, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from houvast.errors import NOWHERE, Place

NOT_PERSONAL = "not personal"
TOTALS = "aggregate"
"""The form of a materialised view over personal data: totals of people, and no row of anybody."""
OTHERS, ANYBODY = "others", "anybody"
"""Whose cases count for a login: those that it did not open itself, or its own too."""
PERSON, EVERYBODY, ORGANISATION = "person", "everybody", "organisation"
"""Whose a value is: of the person whom the row is about, of all whom it concerns, or of the company and no person's."""

Path: TypeAlias = tuple[str, ...]
"""Foreign-key columns to follow, the last one a column: ("ticket_id", "account_id") = the row's
ticket's account_id. One element = a column of the row itself."""


Places: TypeAlias = Mapping[str, Place]
"""Where each value of an entry stands in its file: "purposes" its list, "purposes.answer" an item."""


def _no_places() -> Places:
    return {}


@dataclass(frozen=True)
class Where:
    """Which rows: column -> allowed literals; () = is null; ("not null",) = is not null."""

    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    starts: str = ""  # timestamptz column: from then on (null = always been)
    ends: str = ""  # timestamptz column: until then (null = no end)


@dataclass(frozen=True)
class Identifier:
    """A column by which a person can be found: `sort` of `SORTS`, in a table whose row belongs to that person."""

    sort: str
    table: str
    column: str
    place: Place = NOWHERE


SORTS = ("email", "phone", "login", "number", "external")
"""The sorts of identifiers: an address, a telephone number, a name to sign in with, a number that the organisation
gave (of a customer, a member), a name that somebody else gave (of another sign-in service)."""


@dataclass(frozen=True)
class Subject:
    """A kind of data subject: each row of `table` is a person, known by the column `key`.

    `identifiers`: sort -> where it lies. `called`: where their full name lies. `reach`: the sort of identifier to
    which letters go, "" when they cannot.
    `post`: the columns of their postal address, line by line, all of one table; none when it is not known.
    """

    kind: str
    table: str
    key: str
    since: str = ""  # column with the instant of first collection; "" = when Houvast first sees the row
    closed: str = ""  # column with the instant at which the account was closed; "" = has no account
    place: Place = NOWHERE
    identifiers: Mapping[str, Identifier] = field(default_factory=dict[str, Identifier])
    reach: str = ""
    called: Identifier | None = None
    post: tuple[Identifier, ...] = ()
    places: Places = field(default_factory=_no_places, compare=False, repr=False)


@dataclass(frozen=True)
class Owner:
    """One way in which a row reaches its data subjects.

    Either `path` (foreign keys from the row to the subject's key), or `through`: a link table whose
    `of` column points at the row's primary key and whose `path` leads to the person; `left` is the
    column that says since when that person has left, `where` which links count. A path that ends at the key of
    a row that several share means all of those.
    `hides`: columns that are not shown in the copy of whom the row reaches this way alone. `empties`: columns that are
    emptied when such a person leaves the row to the others. `stand_in`: what then stands in the column of the path
    instead of their key, "" = nothing.
    """

    kind: str
    path: Path
    through: str = ""
    of: str = ""
    left: str = ""
    place: Place = NOWHERE
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    where: Where = Where()
    hides: tuple[str, ...] = ()
    empties: tuple[str, ...] = ()
    stand_in: str = ""


@dataclass(frozen=True)
class Circumstance:
    """`ticket.open`: a row of `table`, of the person at `path`, for which `where` holds. `kind` of subject.

    `opened_by`: OTHERS when a case that a login opened itself does not open that person's data to it, ANYBODY when
    it does.
    """

    name: str
    table: str
    kind: str
    path: Path
    where: Where = Where()
    place: Place = NOWHERE
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    opened_by: str = OTHERS


@dataclass(frozen=True)
class Stand:
    """Rows of the application that say where a person stands: `consented`, `own_customer` or
    `objected` to `purpose`; read on apply and kept by triggers."""

    stand: str
    purpose: str
    table: str
    kind: str
    path: Path
    where: Where = Where()
    place: Place = NOWHERE
    places: Places = field(default_factory=_no_places, compare=False, repr=False)


@dataclass(frozen=True)
class Column:
    """`categories` empty = not personal; several = all of them must be permitted (a derived column).

    `given_for`: the column of the same row that says what this value was given for, "" = the table's.
    `contestable`: a person may contest this value (GDPR art. 18(1)(a)). `derived_from`: columns that it is
    made of; it is hidden when one of them is contested. `holds`: which field of its category that is, "" when
    nobody says (then a field of the column's own name). `free_text`: whether people type here what they like;
    None when nobody says. `may_hold`: kinds of personal data that are known to be typed here. `whose`: PERSON,
    EVERYBODY, ORGANISATION or the column of the same row that names whose value this is; "" when nobody says: then of
    everybody in a row that several share, else of the person.
    """

    name: str
    categories: tuple[str, ...] = ()
    given_for: str = ""
    contestable: bool = False
    derived_from: tuple[str, ...] = ()
    place: Place = NOWHERE
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    holds: str = ""
    free_text: bool | None = None
    may_hold: tuple[str, ...] = ()
    whose: str = ""

    @property
    def shielded(self) -> bool:
        """Whether what is typed here is looked at, and hidden where something stands that must not lie open (G16)."""
        return self.free_text is True and bool(self.categories) and not self.derived_from


@dataclass(frozen=True)
class Total:
    """How many people there are in each group of rows, for purposes that see no row of them. `by`: the columns that
    make the groups; `to`: what a moment among them is cut to (hour, day, month or year)."""

    name: str
    purposes: tuple[str, ...]
    by: tuple[str, ...]
    to: str = "month"
    place: Place = NOWHERE
    places: Places = field(default_factory=_no_places, compare=False, repr=False)


@dataclass(frozen=True)
class Table:
    """A table of the application. `personal` False: readable by every purpose, written by `writers`.

    `direct`: the application names its columns, so purposes reach the table itself and need no view.
    `generated_key`: the application leaves the key to the database, so that nothing it inserts can meet a row
    that is there. `cases`: circumstance -> path to the key of the case that a row belongs to (the circumstance's own
    table needs none). `events`: event -> path to the column that holds its date.
    `erasure`: what becomes of a row: "delete", "anonymise" (then `blank` lists columns) or "keep".
    `closed`: columns that are known and readable for no purpose, so that the scan does not report them.
    `accessed_by`: who may have a row in their copy besides, whose it is not to erase.
    """

    name: str
    personal: bool = True
    columns: Mapping[str, Column] = field(default_factory=dict[str, Column])
    owners: tuple[Owner, ...] = ()
    ownerless: bool = False  # ownerless by nature: rules 1, 2, 7, 8 alone
    direct: bool = False
    generated_key: bool = False
    given_for: str = ""
    given_values: Mapping[str, str] = field(default_factory=dict[str, str])  # stored value -> purpose
    cases: Mapping[str, Path] = field(default_factory=dict[str, Path])
    events: Mapping[str, Path] = field(default_factory=dict[str, Path])
    writers: tuple[str, ...] = ()
    erasure: str = "delete"
    blank: tuple[str, ...] = ()
    canary: Mapping[str, str] = field(default_factory=dict[str, str])  # column -> value for made-up rows
    place: Place = NOWHERE
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    closed: tuple[str, ...] = ()
    accessed_by: tuple[Owner, ...] = ()
    totals: tuple[Total, ...] = ()


@dataclass(frozen=True)
class Login:
    """A login of the application and the purposes that it may open."""

    name: str
    purposes: tuple[str, ...]
    place: Place = NOWHERE
    places: Places = field(default_factory=_no_places, compare=False, repr=False)


@dataclass(frozen=True)
class DataMap:
    """The whole map of one database. Tables, views and functions are named `name` (schema public) or `schema.name`.

    `views`: application view -> "invoker" (reads as its caller) or "closed".
    `functions`: `name(argument types)` -> "invoker" or "closed" or "keep" (touches no personal data).
    `materialised`: name -> "not personal" (it reads no table with personal data), "closed", or TOTALS: totals of
    people, which the purposes in `totals_for` may read and nobody else.
    `closed`: tables that are known and readable for no purpose.
    """

    name: str
    database: str
    policy: str
    migration_login: str = ""
    subjects: Mapping[str, Subject] = field(default_factory=dict[str, Subject])
    tables: Mapping[str, Table] = field(default_factory=dict[str, Table])
    circumstances: Mapping[str, Circumstance] = field(default_factory=dict[str, Circumstance])
    stands: tuple[Stand, ...] = ()
    logins: Mapping[str, Login] = field(default_factory=dict[str, Login])
    views: Mapping[str, str] = field(default_factory=dict[str, str])
    functions: Mapping[str, str] = field(default_factory=dict[str, str])
    materialised: Mapping[str, str] = field(default_factory=dict[str, str])
    role_prefix: str = "hv"
    place: Place = NOWHERE
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    closed: tuple[str, ...] = ()
    totals_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
