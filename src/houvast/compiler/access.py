"""What a purpose may do with a table: conditions in SQL, from which `opening` makes pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from houvast.compiler.branches import Alternatives, Branch, Clause, Needs, totals
from houvast.compiler.cell import Cell
from houvast.compiler.compare import to_text
from houvast.compiler.forming import Forms, beside_pseudonyms
from houvast.compiler.ground import PurposeSeat
from houvast.compiler.joining import links_through, may_link
from houvast.compiler.render import Renderer
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, ident
from houvast.datamap.model import Column, Owner
from houvast.policy.forms import FULL
from houvast.policy.model import Action, PurposeKind

FREE_OF_CONTEST = (PurposeKind.DISPUTE, PurposeKind.RIGHTS, PurposeKind.MIGRATION)
FREE_OF_FLAGS = (*FREE_OF_CONTEST, PurposeKind.RETENTION)
CELL_ACTIONS = (Action.READ, Action.INSERT, Action.UPDATE)
ROW_ACTIONS = {"insert": "insert_row", "update": "update_row"}


class Access:
    """What one purpose may do with one table."""

    def __init__(
        self,
        seat: PurposeSeat,
        shape: Shape,
        layout: Layout,
        bits: Mapping[str, int],
        known: Alternatives,
        *,
        fast: bool,
        zone: str,
        token: Token | None = None,
        numbers: Mapping[str, int] | None = None,
    ) -> None:
        self.seat = seat
        self.known = known
        self.shape = shape
        effective = [(v.version, v.effective) for v in known.versions]
        migration = seat.purpose.kind is PurposeKind.MIGRATION
        token = token or Token(seat.number, fast, "" if migration else seat.reader, seat.own)
        self.renderer = Renderer(layout, shape, token, bits, zone, effective, known.now, numbers)
        self.forms = Forms(seat.number, zone)
        self.layout = layout
        self.promise = seat.purpose.promise or "C05"
        self._decided: dict[tuple[tuple[str, ...], str], Cell] = {}
        self._texts: dict[tuple[tuple[Branch, ...], str], str] = {}

    @cached_property
    def cells(self) -> list[Cell]:
        """What it may do with each column."""
        own = self.shape.table.columns.values()
        return self._beside([self._cell(c) for c in own if c.name in self.shape.relation.columns])

    def branches(self, categories: tuple[str, ...], action: Action) -> tuple[Branch, ...]:
        """The alternatives for cells of these categories."""
        return self.known.of(self.seat.purpose.name, categories, action)

    def all_branches(self) -> list[Branch]:
        """Every alternative of every action, to know which bits are asked for."""
        groups = self.shape.categories
        return [b for g in groups if g for a in Action for b in self.branches(g, a)]

    @cached_property
    def may_anything(self) -> bool:
        """Whether the policy lets the purpose do anything with a row of the table."""
        return any(not totals(branch) for branch in self.all_branches())

    def _condition(self, column: Column, found: Sequence[Branch], *, reading: bool = False) -> str:
        if not column.categories:
            return "row"
        condition = self._rendered(tuple(found), column.given_for) if found else ""
        readers = self._read_besides(found) if reading else []
        return " OR ".join([f"({condition})", *readers]) if readers else condition

    def _rendered(self, found: tuple[Branch, ...], given_for: str) -> str:
        """SQL of these alternatives; reading and writing often ask for the same."""
        if (found, given_for) not in self._texts:
            self._texts[found, given_for] = self.renderer.any_of(found, given_for)
        return self._texts[found, given_for]

    def _read_besides(self, found: Sequence[Branch]) -> list[str]:
        """SQL: rows that are in somebody's copy though they are not theirs."""
        if self.seat.purpose.kind is not PurposeKind.RIGHTS:
            return []
        return list(dict.fromkeys(self.renderer.read_by(one, b) for one in self.shape.readers for b in found))

    def _branches_of(self, column: Column, action: Action) -> list[Branch]:
        """The alternatives in which a row gives the column: all but totals."""
        found = self.branches(column.categories, action) if column.categories else ()
        return [b for b in found if not totals(b)]

    def _cell(self, column: Column) -> Cell:
        asked = (column.categories, column.given_for)
        if asked not in self._decided:
            self._decided[asked] = self._decide(column)
        return self._decided[asked].of(column)

    def _decide(self, column: Column) -> Cell:
        reading, inserting, updating = (self._branches_of(column, action) for action in CELL_ACTIONS)
        found = [b.needs.look or FULL for b in reading] if column.categories else [FULL]
        looks = sorted(dict.fromkeys(found), key=lambda look: (look != FULL, look))
        whole = [[b for b in one if not b.needs.looks] for one in (inserting, updating)]
        reads = {look: [b for b in reading if (b.needs.look or FULL) == look] for look in looks}
        read = self._condition(column, reading, reading=True)
        insert, update, insert_row, update_row = (self._condition(column, one) for one in (*whole, inserting, updating))
        shown = tuple((look, self._condition(column, ways, reading=True)) for look, ways in reads.items())
        about = "+".join(sorted(column.categories))
        return Cell(column, read, insert, update, insert_row, update_row, shown, about)

    def _beside(self, cells: list[Cell]) -> list[Cell]:
        """For a purpose that sees pseudonyms, nothing else in the row says whose they are."""
        if not self.named:
            return cells
        guarded = {name: shape.relation for name, shape in self.layout.shapes.items()}
        formed = beside_pseudonyms(self.shape, guarded)
        return [
            replace(cell, looks=((formed[name][0], "row"),), about=formed[name][1]) if name in formed else cell
            for cell, name in ((cell, cell.column.name) for cell in cells)
        ]

    def unhidden(self, column: str, *, typed: bool = False) -> str:
        """SQL: no contest of this column and no flag on it hides it from the purpose; "" when nothing can. `typed`: of a
        text that is written now, which is flagged and not refused."""
        kind = self.seat.purpose.kind
        contest = kind not in FREE_OF_CONTEST and self.shape.contested_with(column)
        flags = not typed and kind not in FREE_OF_FLAGS and self.shape.shielded_with(column)
        return (self.renderer.unhidden if flags else self.renderer.uncontested)(column) if contest or flags else ""

    def hides(self, cell: Cell) -> bool:
        """Whether a contest of this column, or a flag on it, hides it from the purpose."""
        return bool(self.unhidden(cell.column.name))

    def personal(self, action: str) -> list[Cell]:
        """The personal columns with which the purpose may do this."""
        return [c for c in self.cells if c.column.categories and getattr(c, action)]

    @cached_property
    def row_read(self) -> str:
        """A row is there when some personal cell of it is."""
        return self._some_cell("read")

    def _some_cell(self, action: str, *, typed: bool = False) -> str:
        groups: dict[str, list[Cell]] = {}
        for cell in self.personal(action):
            groups.setdefault(getattr(cell, action), []).append(cell)
        texts: list[str] = []
        for condition, cells in groups.items():
            free = [self.unhidden(c.column.name, typed=typed) for c in cells]
            if all(free):
                texts.append(f"({condition}) AND ({' OR '.join(free)})")
            else:
                texts.append(condition)
        return texts[0] if len(texts) == 1 else " OR ".join(f"({t})" for t in texts)

    @cached_property
    def _linking(self) -> list[tuple[Shape, Owner]]:
        """What a row of this table links people to, which whoever may read it by that link must not bring about."""
        free = self.seat.purpose.kind is PurposeKind.MIGRATION
        return [] if free else list(links_through(self.shape.name, self.layout.shapes.values()))

    def _may_link(self, shape: Shape, way: Owner) -> str:
        """SQL: the purpose may make this link."""
        r = self.renderer
        there = Access(
            self.seat, shape, self.layout, r.bits, self.known, fast=True, zone=r.zone, token=r.token, numbers=r.numbers
        )
        return may_link(shape, way, ident(self.shape.relation.relname), shown=bool(there.row_read))

    @cached_property
    def row_insert(self) -> str:
        """Every cell that is filled in must pass, and some cell of the row; and what it links may be linked."""
        cells = self._cells_inserted()
        links = [self._may_link(shape, way) for shape, way in self._linking] if cells else []
        return " AND ".join([f"({cells})", *links]) if links else cells

    def _cells_inserted(self) -> str:
        groups: dict[str, list[str]] = {}
        some: dict[str, None] = {}
        bound = self.seat.purpose.kind not in (PurposeKind.DISPUTE, PurposeKind.MIGRATION)
        for cell in self.personal("insert_row"):
            free = bound and self.shape.contested_with(cell.column.name)
            also = f" AND {self.renderer.uncontested(cell.column.name)}" if free else ""
            some[f"({cell.insert_row}){also}"] = None
            if cell.insert:
                groups.setdefault(f"({cell.insert}){also}", []).append(self.shape.column(cell.column.name))
        if len(some) <= 1 and groups.keys() <= some.keys():
            return next(iter(some), "")
        filled = [f"({p} OR {' AND '.join(f'{c} IS NULL' for c in columns)})" for p, columns in groups.items()]
        return " AND ".join([*filled, "(" + " OR ".join(some) + ")"])

    @cached_property
    def row_update(self) -> str:
        """Some cell that the purpose may change passes; the view's trigger decides which."""
        return self._some_cell("update_row")

    @property
    def row_updated(self) -> str:
        """The same of the row as it will be."""
        return self._some_cell("update_row", typed=True)

    @cached_property
    def row_delete(self) -> str:
        """Every classified cell must pass."""
        texts: list[str] = []
        for column in self.shape.table.columns.values():
            if not column.categories:
                continue
            condition = self._condition(column, self.branches(column.categories, Action.DELETE))
            if not condition:
                return ""
            texts.append(f"({condition})")
            if self.shape.contested_with(column.name) and self.seat.purpose.kind not in FREE_OF_CONTEST:
                texts.append(self.renderer.uncontested(column.name))
        return " AND ".join(dict.fromkeys(texts))

    @cached_property
    def direct(self) -> bool:
        """Whether the purpose reaches the table itself: then what it may do with one column, it may with all."""
        alike = all(len({getattr(c, a) for c in self.personal(a)}) <= 1 for a in ("read", "insert", "update"))
        plain = alike and not any(self.hides(c) or c.formed for c in self.cells)
        asked = self.conditions.replace(f"{SCHEMA}.first_", "")  # what every login may call
        looks_up = f"{SCHEMA}." in asked or f"{ident(SCHEMA)}." in asked
        links = bool(self._linking and self.columns("insert"))  # the row that is linked shows to whom the views are of
        return self.shape.table.direct and plain and not (looks_up or links or self.may_conflict)

    @property
    def named(self) -> bool:
        """Whether the purpose sees pseudonyms, here or in another table: then it knows no row by its own key."""
        return self.known.named(self.seat.purpose.name)

    @property
    def leaves_keys(self) -> bool:
        """Whether nothing that is inserted can have a key of a row that is there: the database draws a part of it."""
        live = self.shape.relation
        return self.shape.table.generated_key and all(any(map(live.draws, one)) for one in live.uniques)

    @cached_property
    def may_conflict(self) -> bool:
        """Whether INSERT ... ON CONFLICT DO UPDATE could meet a hidden row. PostgreSQL evaluates its WHERE, and shows
        what goes wrong in it, before it asks a row policy; so a trigger has to take the insert."""
        return not self.leaves_keys and bool(self.columns("insert") and self.columns("update"))

    @cached_property
    def conditions(self) -> str:
        """All conditions as one text, to see which of Houvast's tables they look up."""
        cells = " ".join(c.read + c.insert_row + c.update_row for c in self.cells)
        return " ".join((cells, self.row_delete))

    @property
    def holder(self) -> str:
        """The role that the policies are for."""
        return self.seat.reader if self.direct else self.seat.views

    @cached_property
    def opened_cells(self) -> str:
        """What the purpose may do with each column and what that demands, a line per alternative."""
        lines: list[str] = []
        for action in CELL_ACTIONS:
            for cell in self.cells if self.personal(ROW_ACTIONS.get(action, action)) else ():
                if getattr(cell, action):
                    lines += self._cell_lines(cell, action)
        lines += ["delete the row"] if self.row_delete else []
        return "\n".join(dict.fromkeys(lines))

    def _cell_lines(self, cell: Cell, action: Action) -> list[str]:
        about = f"{action} {cell.column.name.replace('{', '(')} {cell.column.given_for}"
        if not cell.column.categories:
            return [about]
        free = frozenset({frozenset({"uncontested"})}) if self.hides(cell) else frozenset[Clause]()
        found = [b for b in self._branches_of(cell.column, action) if action is Action.READ or not b.needs.looks]
        lines = [f"{about} {to_text(replace(b, needs=b.needs.union(Needs(clauses=free))))}" for b in found]
        besides = self._read_besides(found) if action is Action.READ else []
        return [*lines, *(f"{about} in the copy of {one.way.kind}" for one in self.shape.readers if besides)]

    @cached_property
    def _links(self) -> frozenset[str]:
        """What a link says of whose rows are. Whoever changed that would make rows of others theirs; a link is made anew instead."""
        ours = [way for one in self.layout.shapes.values() for way in one.links if way.through == self.shape.name]
        keys = {name for way in ours for name in (way.of, way.path[0])}
        return frozenset(c.column.name for c in self.cells if c.column.name in keys and not c.column.categories)

    def columns(self, action: str) -> list[str]:
        """The columns with which the purpose may do this; none when it may with no personal one."""
        if not self.personal(ROW_ACTIONS.get(action, action)):
            return []
        kept = {c for one in self.shape.relation.uniques for c in one if self.shape.relation.draws(c)}
        left = kept if action == "insert" and self.leaves_keys else frozenset[str]()
        left = self._links if action == "update" and self.seat.purpose.kind is not PurposeKind.MIGRATION else left
        return [c.column.name for c in self.cells if getattr(c, action) and c.column.name not in left]

    def closing(self) -> str:
        """The column in which people may say in their own session that they close their account; "" in other tables."""
        column = self.shape.closed_column
        return column if self.row_update and column in self.columns("update") else ""

    def other_way(self, name: str) -> tuple[str, ...]:
        """The pieces through which the purpose would reach the table if it were reached the other way."""
        table, seat = self.shape.name, self.seat
        return tuple(n for n in (f"grant {table} to {seat.reader}", f"grant {table} to {seat.views}") if n != name)
