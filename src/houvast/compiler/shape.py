"""The data map laid over the live catalogue: for each guarded table, where its answers lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from houvast.compiler.words import SCHEMA, ident, relation, short
from houvast.database.catalogue import Relation
from houvast.datamap.model import Circumstance, Owner, Path, Table


@dataclass(frozen=True)
class Derived:
    """A column that Houvast adds and keeps: the value at the end of a path of foreign keys. `steps`: (column, quoted table
    that it leads to, column there) of each key on the way."""

    column: str
    path: Path
    type: str
    steps: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Reader:
    """One way in which somebody may have a row in their copy that is not theirs. `column` holds their key, or the key of a row
    of table `above` that they share; "" when `way` leads through a link table."""

    way: Owner
    type: str
    column: str = ""
    above: str = ""


@dataclass(frozen=True)
class Shape:
    """One guarded table. `owner_column` is set when the row itself holds its one owner's key;
    otherwise the owners lie in `houvast.<owners_table>`: those of this row, found in `ways`, or those of the row of
    table `above` to which column `shared_by` leads."""

    name: str
    relation: Relation
    table: Table
    kind: str  # kind of data subject, "" when ownerless by nature
    owner_column: str = ""
    owner_type: str = ""
    ways: tuple[Owner, ...] = ()
    derived: tuple[Derived, ...] = ()
    cases: Mapping[str, str] = field(default_factory=dict[str, str])  # circumstance -> column
    events: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])  # -> column, type
    own_circumstances: tuple[Circumstance, ...] = ()
    subject_key: str = ""  # set when the rows are the data subjects themselves
    has_account: bool = True
    contestable: tuple[str, ...] = ()
    person_type: str = "text"  # of the owners of rows that several share
    closed_column: str = ""  # of the data subjects' own table
    identifiers: Mapping[str, str] = field(default_factory=dict[str, str])  # sort -> column
    called: str = ""  # the column in which the full name of the row's person lies
    post: tuple[str, ...] = ()  # the lines of a postal address
    shielded: tuple[str, ...] = ()  # free text, of which a flag hides what must not lie open
    above: str = ""
    shared_by: str = ""
    readers: tuple[Reader, ...] = ()
    links_once: bool = False  # its one way is a link table in which nobody stands twice for the same row

    @property
    def shared(self) -> bool:
        """Whether a row can have several owners."""
        return bool(self.ways or self.above)

    @property
    def links(self) -> tuple[Owner, ...]:
        """The ways to its owners that lead through a link table."""
        return tuple(way for way in self.ways if way.through)

    @property
    def holders(self) -> tuple[Owner, ...]:
        """The ways to its owners that are a column of the row itself, one of several."""
        return tuple(way for way in self.ways if not way.through)

    @property
    def sql(self) -> str:
        """The quoted table."""
        return relation(self.relation.schema, self.relation.relname)

    @property
    def id(self) -> str:
        """A short name for objects that belong to this table."""
        return self.name.replace(".", "_")

    @property
    def key(self) -> str:
        """The single primary-key column."""
        return self.relation.key[0] if self.relation.key else ""

    @cached_property
    def may_lack_owner(self) -> bool:
        """Whether a row can be written before its owner is attached."""
        if self.subject_key or not self.kind:
            return False
        first = self.derived_path(self.owner_column)[0] if self.owner_column else ""
        live = self.relation.columns.get(first)
        return self.shared or not (live and live.not_null)

    def contested_with(self, column: str) -> tuple[str, ...]:
        """The contestable columns that, when contested, hide this one."""
        if not self.contestable:
            return ()
        known = self.table.columns[column]
        return tuple(c for c in self.contestable if c == column or c in known.derived_from)

    def shielded_with(self, column: str) -> tuple[str, ...]:
        """The columns of free text that, when flagged, hide this one."""
        if not self.shielded:
            return ()
        known = self.table.columns[column]
        return tuple(c for c in self.shielded if c == column or c in known.derived_from)

    def derived_path(self, column: str) -> Path:
        """The path of a derived column; a plain column is its own path."""
        return next((d.path for d in self.derived if d.column == column), (column,))

    def hanging(self, column: str, condition: str) -> str:
        """SQL: what stands at the end of a column's path meets a condition; by the foreign keys, so that their indexes serve."""
        derived = next((d for d in self.derived if d.column == column), None)
        found = f"{ident(derived.path[-1] if derived else column)} {condition}"
        for step, table, target in reversed(derived.steps if derived else ()):
            found = f"{ident(step)} IN (SELECT {ident(target)} FROM {table} WHERE {found})"
        return found

    @property
    def keeps_closed(self) -> bool:
        """Whether Houvast adds to the row when its owners' accounts closed."""
        return bool(self.kind) and self.has_account and not self.closed_column

    @property
    def owners_table(self) -> str:
        """The table of owners, when the row does not hold its owner."""
        return relation(SCHEMA, owners_name(self.above or self.name))

    @property
    def readers_name(self) -> str:
        """The table of who may have rows in their copy through a link, in schema houvast."""
        return short(f"x_{self.id}")

    def column(self, name: str) -> str:
        """A column of this table, qualified, for use in policies and views."""
        return f"{ident(self.relation.relname)}.{ident(name)}"

    @cached_property
    def categories(self) -> dict[tuple[str, ...], list[str]]:
        """Classified columns grouped by what they need; () = not personal."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for column in self.table.columns.values():
            groups.setdefault(column.categories, []).append(column.name)
        return groups

    @property
    def personal(self) -> tuple[str, ...]:
        """Every category that lies in this table."""
        return tuple(dict.fromkeys(c for column in self.table.columns.values() for c in column.categories))


def owners_name(table: str) -> str:
    """The table of owners of a table whose rows several share, in schema houvast."""
    return short(f"o_{table.replace('.', '_')}")


@dataclass(frozen=True)
class CircumstanceTable:
    """The small table that holds the open cases of one circumstance."""

    circumstance: Circumstance
    relation: Relation
    case_type: str
    person_type: str

    @property
    def sql(self) -> str:
        """The quoted table."""
        return relation(SCHEMA, self.name)

    @property
    def name(self) -> str:
        """Its name in schema houvast."""
        return short("c_" + self.circumstance.name.replace(".", "_"))


@dataclass(frozen=True)
class Layout:
    """Everything that the compiler knows about where data lie."""

    shapes: Mapping[str, Shape]
    circumstances: Mapping[str, CircumstanceTable]
    others: Mapping[str, Relation]  # mapped tables without personal data
    key_types: Mapping[str, str]  # kind of subject -> type of its key
    subjects: Mapping[str, Shape]  # kind -> the table whose rows are the persons

    @property
    def schemas(self) -> tuple[str, ...]:
        """The application's schemas."""
        live = (*(s.relation for s in self.shapes.values()), *self.others.values())
        return tuple(dict.fromkeys(relation.schema for relation in live))
