"""Pieces that show a table to a purpose by a thin view, and the triggers that decide what is written through it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import ident, idents, literal, relation, short
from houvast.policy.model import Form

if TYPE_CHECKING:
    from houvast.compiler.access import Access
    from houvast.compiler.cell import Cell


def view_pieces(access: Access) -> list[Piece]:
    """The view through which this purpose reaches this table, its triggers, and who may use it."""
    return _View(access).pieces()


def _as_shown(shown: Mapping[str, tuple[str, bool]]) -> str:
    """SQL that finds the rows of a table without a key: those that the view shows so. A statement cannot tell them apart either."""
    values = {name: text.removesuffix(f" AS {ident(name)}") for name, (text, _) in shown.items()}
    return " AND ".join(
        f"({value})::text IS NOT DISTINCT FROM OLD.{ident(name)}::text" for name, value in values.items()
    )


@dataclass(frozen=True)
class _View:
    access: Access

    def _shown(self, cell: Cell) -> tuple[str, bool]:
        """How the view shows a column, and whether plainly."""
        name = cell.column.name
        declared = self.access.shape.relation.columns[name].type
        if not cell.read:
            return f"NULL::{declared} AS {ident(name)}", False
        conditions = {c.read for c in self.access.personal("read")}
        decided = bool(cell.column.categories) and (len(conditions) > 1 or len(cell.looks) > 1)
        free = [self.access.unhidden(name)] if self.access.hides(cell) else []
        if not (decided or free or cell.formed):
            return self.access.shape.column(name), True
        ways: list[str] = []
        for condition, given in self._given(cell):
            tests = " AND ".join([*([f"({condition})"] if decided else []), *free])
            ways.append(f"WHEN {tests} THEN {given}" if tests else given)
        value = f"CASE {' '.join(ways)} END" if decided or free else ways[0]
        return f"{value} AS {ident(name)}", False

    def _given(self, cell: Cell) -> Iterator[tuple[str, str]]:
        """(condition, value) of each form in which a column comes, all of them of one type."""
        declared = self.access.shape.relation.columns[cell.column.name].type
        forms, bare = self.access.forms, self.access.shape.column(cell.column.name)
        types = {forms.type_of(look, declared) for look, _ in cell.looks}
        for look, condition in cell.looks:
            value = forms.sql(look, bare, declared, cell.about)
            yield condition, f"({value})::text" if len(types) > 1 else value

    def _tells_rows_apart(self, cell: Cell | None, shown: Mapping[str, tuple[str, bool]]) -> bool:
        """Whether a column of the key is seen as it is, or as a pseudonym."""
        return bool(cell and (shown[cell.column.name][1] or (cell.formed and not cell.column.categories)))

    def _key(self, cell: Cell | None, column: str) -> str:
        """A column of the key as the view gives it."""
        return next(self._given(cell))[1] if cell and cell.formed else self.access.shape.column(column)

    def _written(self, column: str) -> str:
        """The value that is written to a column, of the column's own type: a view may give it as text."""
        live = self.access.shape.relation.columns[column].type
        looks = next(c.looks for c in self.access.cells if c.column.name == column)
        alike = all(self.access.forms.type_of(look, live) == live for look, _ in looks)
        return f"NEW.{ident(column)}" if alike else f"NEW.{ident(column)}::{live}"

    @property
    def _open(self) -> str:
        """Asked once for a statement, before anything is scanned: without a use PostgreSQL would compare a guess with a row,
        and go on to what the next condition does, before it asks the row policy (decision 22). The policy alone decides."""
        return replace(self.access.renderer.token, role="", own="").open

    def _mixed(self, order: Sequence[str]) -> tuple[str, str]:
        """SQL: beside pseudonyms rows come in the order of these, which says nothing of how they lie on the disk, and so of their
        real keys. Nor does a condition see them before they are in that order (`security_barrier`)."""
        if not self.access.named:
            return "", ""
        named = {
            c.column.name for c in self.access.cells if any(look.form is Form.PSEUDONYMISED for look, _ in c.looks)
        }
        whole = [name for name in self.access.shape.relation.key if name in named]
        by = [str(order.index(name) + 1) for name in whole or [one for one in order if one in named] if name in order]
        alike = [] if whole and whole == list(self.access.shape.relation.key) else ["pg_catalog.gen_random_uuid()"]
        return " WITH (security_barrier)", f"\nORDER BY {', '.join([*by, *alike])}"

    def pieces(self) -> list[Piece]:
        shape, seat = self.access.shape, self.access.seat
        view = relation(seat.schema, shape.relation.relname)
        order = [c for c in shape.relation.columns if c in shape.table.columns]
        by_name = {c.column.name: c for c in self.access.cells}
        shown = {name: self._shown(by_name[name]) for name in order}
        body = ",\n    ".join(text for text, _ in shown.values())
        inserts, updates = self.access.columns("insert"), self.access.columns("update")
        triggered_update = bool(updates) and any(not plain or name not in updates for name, (_, plain) in shown.items())
        formed = any(cell.formed for cell in self.access.cells)  # then the refusal is ours, and names the promise
        triggered_insert = bool(inserts) and (
            formed or self.access.may_conflict or any(not shown[name][1] for name in inserts)
        )
        grants = ["SELECT"] if self.access.row_read else []
        if inserts:
            grants.append("INSERT" if triggered_insert else f"INSERT ({idents(inserts)})")
        if updates:
            grants.append("UPDATE")
        if self.access.row_delete:
            grants.append("DELETE")
        kept, order_by = self._mixed(order)
        text = f"CREATE VIEW {view}{kept} AS SELECT\n    {body}\nFROM {shape.sql}\nWHERE {self._open}{order_by};\nALTER VIEW {view} OWNER TO {ident(seat.views)};\n"
        text += f"COMMENT ON VIEW {view} IS {literal(f'What purpose {seat.purpose.name} may see of {shape.name} (promise {self.access.promise})')}"
        for name in order:
            default = shape.relation.columns[name].default
            if triggered_insert and default and name in inserts and not shape.relation.columns[name].generated:
                text += f";\nALTER VIEW {view} ALTER COLUMN {ident(name)} SET DEFAULT {default}"
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        pieces = [
            Piece(f"view {seat.schema}.{shape.relation.relname}", "view", Phase.OPEN, text, f"DROP VIEW IF EXISTS {view}",
                  self.access.promise, opens=True, protects=True, needs=self.access.opened_cells, instead=self.access.other_way("")),
        ]  # fmt: skip
        if triggered_update:
            pieces.append(self._update_trigger(view, shown, updates, digest))
        if triggered_insert:
            pieces.append(self._insert_trigger(view, order, inserts, digest))
        pieces.append(Piece(
            f"grant view {seat.schema}.{shape.relation.relname}", "grant", Phase.OPEN,
            f"GRANT {', '.join(grants)} ON {view} TO {ident(seat.reader)} -- {digest}", f"REVOKE ALL ON {view} FROM {ident(seat.reader)}",
            self.access.promise, opens=True, protects=True, needs=self.access.opened_cells, instead=self.access.other_way("")))  # fmt: skip
        return pieces

    def _refusal(self, name: str) -> str:
        said = f'Houvast refuses: purpose "{self.access.seat.purpose.name}" may not change column "{name}" here (promise {self.access.promise}).'
        return (f"RAISE EXCEPTION {literal(said.replace('%', '%%'))}\n"
                f"            USING ERRCODE = 'insufficient_privilege', HINT = 'Write the column back as it was, or leave it out.';")  # fmt: skip

    @property
    def _path(self) -> str:
        """Where the application's own triggers, which fire within ours, find its tables: as in the use itself."""
        return ", ".join(("pg_catalog", idents((self.access.seat.schema, *self.access.layout.schemas)), "pg_temp"))

    def _definer(self, view: str, name: str, body: str, event: str, digest: str) -> Piece:
        function = relation(self.access.seat.schema, name)
        return Piece(
            f"trigger {name} on {self.access.seat.schema}.{self.access.shape.relation.relname}", "trigger", Phase.OPEN,
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = {self._path} AS $hv$\n"
            f"BEGIN\n{body}\nEND $hv$;\nALTER FUNCTION {function}() OWNER TO {ident(self.access.seat.views)};\n"
            f"REVOKE ALL ON FUNCTION {function}() FROM PUBLIC;\n"
            f"COMMENT ON FUNCTION {function}() IS {literal(f'Keeps promise {self.access.promise}')};\n"
            f"CREATE OR REPLACE TRIGGER hv_decide_{event.lower()} INSTEAD OF {event} ON {view} FOR EACH ROW EXECUTE FUNCTION {function}() -- {digest}",
            f"DROP TRIGGER IF EXISTS hv_decide_{event.lower()} ON {view};\nDROP FUNCTION IF EXISTS {function}()",
            self.access.promise, opens=True, protects=True, replaces=True,
        )  # fmt: skip

    def _update_trigger(
        self, view: str, shown: Mapping[str, tuple[str, bool]], updates: list[str], digest: str
    ) -> Piece:
        shape = self.access.shape
        by_name = {c.column.name: c for c in self.access.cells}
        keyed = bool(shape.relation.key) and all(
            self._tells_rows_apart(by_name.get(k), shown) for k in shape.relation.key
        )
        keys = (
            " AND ".join(f"{self._key(by_name.get(k), k)} = OLD.{ident(k)}" for k in shape.relation.key)
            if keyed
            else _as_shown(shown)
        )
        lines: list[str] = []
        sets: list[str] = []
        conditions = {c.update for c in self.access.personal("update")}
        conditions |= {c.update_row for c in self.access.personal("update_row")}
        for name, (_, _plain) in shown.items():
            quoted, cell = ident(name), by_name[name]
            changed = f"NEW.{quoted} IS DISTINCT FROM OLD.{quoted}"
            kept = cell.formed and not cell.column.categories
            if name not in updates or kept or shape.relation.columns[name].generated:
                lines.append(f"    IF {changed} THEN\n        {self._refusal(name)}\n    END IF;")
                continue
            tests = [f"({cell.update})"] if cell.column.categories and len(conditions) > 1 else []
            if self.access.hides(cell):
                tests.append(self.access.unhidden(name))
            if tests:
                asked = " AND ".join(tests) if keyed else f"pg_catalog.bool_and({' AND '.join(tests)})"
                lines.append(f"    IF {changed} AND NOT coalesce((SELECT {asked} FROM {shape.sql} WHERE {keys}), false) THEN\n"
                             f"        {self._refusal(name)}\n    END IF;")  # fmt: skip
            sets.append(f"{quoted} = CASE WHEN {changed} THEN {self._written(name)} ELSE {shape.column(name)} END")
        written = f"UPDATE {shape.sql} SET {', '.join(sets)}\n    WHERE {keys};"
        lines.append(
            f"    {written if sets else f'PERFORM FROM {shape.sql} WHERE {keys} AND ({self.access.row_update});'}"
        )
        lines.append("    IF NOT FOUND THEN RETURN NULL; END IF;\n    RETURN NEW;")
        return self._definer(view, short(f"hv_update_{shape.id}"), "\n".join(lines), "UPDATE", digest)

    def _readable_or_not(self, returning: str, blind: str) -> str:
        """PL/pgSQL that inserts and takes back what the database filled in. A row that the purpose may write and not
        read is inserted all the same, as PostgreSQL does where nothing is asked back."""
        access = self.access
        if not access.row_read:
            return blind
        if access.row_read == access.row_insert:
            return returning
        return f"    BEGIN\n{returning}\n    EXCEPTION WHEN insufficient_privilege THEN\n{blind}\n    END;"

    def _insert_trigger(self, view: str, order: list[str], inserts: list[str], digest: str) -> Piece:
        shape, live = self.access.shape, self.access.shape.relation.columns
        lines = [
            f"    IF NEW.{ident(n)} IS NOT NULL THEN\n        {self._refusal(n)}\n    END IF;"
            for n in order
            if n not in inserts
        ]
        given = [n for n in inserts if not live[n].generated]
        identity = [n for n in given if live[n].identity]
        plain = [n for n in given if n not in identity]
        back = [n for n in order if n in inserts]
        target = f" RETURNING {idents(back)} INTO {', '.join(f'NEW.{ident(n)}' for n in back)}"

        def insert(columns: list[str], returning: str) -> str:
            values = ", ".join(map(self._written, columns))
            return f"INSERT INTO {shape.sql} ({idents(columns)}) VALUES ({values}){returning};"

        def either(returning: str) -> str:
            if not identity:
                return f"    {insert(plain, returning)}"
            missing = " AND ".join(f"NEW.{ident(n)} IS NULL" for n in identity)
            return f"    IF {missing} THEN {insert(plain, returning)}\n    ELSE {insert(given, returning)} END IF;"

        lines += [self._readable_or_not(either(target), either("")), "    RETURN NEW;"]
        return self._definer(view, short(f"hv_insert_{shape.id}"), "\n".join(lines), "INSERT", digest)
