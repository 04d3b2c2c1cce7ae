"""Pieces that give a purpose totals of rows of which it sees none: how many people there are in each group that the map declares.

One set of totals is made for a period and stands until the next. Each person counts in one group of it, each count is
changed by a number that nobody knows, and a group is told only when it is large enough even so (decision 25).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from houvast.compiler.access import Access
from houvast.compiler.branches import Branch, totals
from houvast.compiler.compare import to_text
from houvast.compiler.forming import MOMENT, Forms, base_type
from houvast.compiler.opening import look_ups
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA, ident, idents, literal, relation, short, total_role
from houvast.datamap.model import Total
from houvast.policy.forms import strictest
from houvast.policy.model import Action, Look

MOST = 10
"""By how much a count is changed at most. That it is changed so much happens once in two thousand times."""
TRIES = 1
"""How often one set of totals can be begun in a period: whoever takes it back has seen no other noise than that of the set."""
_BIT = "pg_catalog.strpos(('x' || pg_catalog.left(pg_catalog.gen_random_uuid()::text, 8))::bit(32)::text, '1')"
NOISE = f"greatest(-{MOST}, least({MOST}, {_BIT} - {_BIT}))"
"""SQL: 0 one time in three, and each number further from 0 half as often as the one before it: exactly, by the first one among
random bits. The presence of a person makes no outcome more than twice as likely."""


def release_piece() -> Piece:
    """The table of all totals that were made."""
    table = f"{SCHEMA}.release"
    create = f"""CREATE TABLE IF NOT EXISTS {table} (total text NOT NULL, period date NOT NULL, made_by xid8 NOT NULL,
    groups jsonb NOT NULL, PRIMARY KEY (total, period));
COMMENT ON TABLE {table} IS 'Totals as they were made, once for each period; a row counts once it is committed (promise C20)'"""
    return Piece("table release", "table", Phase.OPEN, create, f"DROP TABLE {table}", "C20",
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def total_pieces(access: Access, prefix: str, database: str) -> Iterator[Piece]:
    """What the totals of a table need that this purpose may have; nothing when there are none."""
    ours = [one for one in access.shape.table.totals if access.seat.purpose.name in one.purposes]
    found = [one for one in (_Totals.of(access, total, prefix) for total in ours) if one]
    if not found:
        return
    first = found[0]
    yield first.role_piece(database)
    yield release_piece()
    yield from first.grants()
    yield from look_ups(access, first.role, " ".join(one.condition for one in found))
    for one in found:
        yield from (one.policy(), one.tries(), one.maker(), one.view())


@dataclass(frozen=True)
class _Totals:
    """One set of totals for one purpose. `look`: the strictest form of all versions."""

    access: Access
    total: Total
    role: str
    look: Look
    found: tuple[Branch, ...]

    @classmethod
    def of(cls, access: Access, total: Total, prefix: str) -> _Totals | None:
        """None when no use gives the purpose totals of these columns."""
        shape = access.shape
        columns = [shape.table.columns[name] for name in total.by if name in shape.table.columns]
        categories = tuple(sorted({category for column in columns for category in column.categories}))
        found = tuple(b for b in access.branches(categories, Action.READ) if totals(b)) if categories else ()
        look = strictest(look for branch in found for look in branch.needs.looks)
        owned = bool(shape.owner_column or shape.shared)
        if not found or look is None or not owned or len(columns) < len(total.by):
            return None
        return cls(access, total, total_role(prefix, access.seat.purpose.name), look, found)

    @property
    def name(self) -> str:
        """The totals as one word."""
        return short(f"{self.access.seat.purpose.name}_{self.total.name}", 50)

    @property
    def promise(self) -> str:
        return self.access.promise

    @property
    def told(self) -> str:
        """Under what name they are kept: other groups are other totals."""
        said = repr((self.access.shape.name, self.total.by, self.total.to, self.look.group, self.look.every))
        return f"{self.name} {hashlib.sha256(said.encode()).hexdigest()[:12]}"

    @property
    def condition(self) -> str:
        """SQL: a row may be counted."""
        access, shape = self.access, self.access.shape
        given = dict.fromkeys(shape.table.columns[name].given_for for name in self.total.by)
        parts = [f"({access.renderer.any_of(self.found, column)})" for column in given]
        return " AND ".join([*parts, *filter(None, map(access.unhidden, self.total.by))])

    def role_piece(self, database: str) -> Piece:
        comment = f"Houvast: role of database {database} (promise {self.promise})"
        create = f"CREATE ROLE {ident(self.role)} NOLOGIN;\nCOMMENT ON ROLE {ident(self.role)} IS {literal(comment)}"
        return Piece(f"role {self.role}", "role", Phase.GROUND, create,
                     f"DROP OWNED BY {ident(self.role)};\nDROP ROLE {ident(self.role)}", self.promise, protects=True)  # fmt: skip

    def policy(self) -> Piece:
        """Which rows the role sees that counts; nobody is a member of it, and its functions give totals only."""
        shape, name = self.access.shape, short(f"hv_{self.access.seat.purpose.name}_total_{self.total.name}")
        return Piece(
            f"policy {name} on {shape.name}", "policy", Phase.OPEN,
            f"CREATE POLICY {ident(name)} ON {shape.sql} FOR SELECT TO {ident(self.role)} USING (\n    {self.condition});\n"
            f"COMMENT ON POLICY {ident(name)} ON {shape.sql} IS {literal(f'Keeps promise {self.promise}')}",
            f"DROP POLICY IF EXISTS {ident(name)} ON {shape.sql}", self.promise, opens=True, protects=True,
            needs=self.needs, locks=shape.name)  # fmt: skip

    def grants(self) -> Iterator[Piece]:
        """What the role reads, as only Houvast's functions do, and where it keeps totals."""
        shape, role = self.access.shape, ident(self.role)
        tables = [shape.sql, *([] if shape.owner_column else [shape.owners_table])]
        give = [f"GRANT SELECT ON {table} TO {role}" for table in tables]
        take = [f"REVOKE ALL ON {table} FROM {role}" for table in tables]
        schema = ident(shape.relation.schema)
        yield Piece(f"grant {shape.name} to {self.role}", "grant", Phase.OPEN, ";\n".join(give), ";\n".join(take),
                    self.promise, protects=True, locks=shape.name)  # fmt: skip
        yield Piece(f"schema {shape.relation.schema} for {self.role}", "grant", Phase.OPEN,
                    f"GRANT USAGE ON SCHEMA {schema} TO {role}", f"REVOKE USAGE ON SCHEMA {schema} FROM {role}",
                    self.promise, protects=True)  # fmt: skip
        yield Piece(f"look-up {SCHEMA}.release for {self.role}", "grant", Phase.OPEN,
                    f"GRANT SELECT, INSERT, UPDATE ON {SCHEMA}.release TO {role};\nGRANT USAGE ON SCHEMA {SCHEMA} TO {role}",
                    f"REVOKE ALL ON {SCHEMA}.release FROM {role}", self.promise, protects=True, as_keeper=True)  # fmt: skip

    @property
    def _sequence(self) -> str:
        return relation(SCHEMA, short(f"tries_{self.name}"))

    def tries(self) -> Piece:
        """Counts how often a set of totals was begun: a sequence, which no rollback takes back."""
        bare = short(f"tries_{self.name}")
        create = (f"CREATE SEQUENCE IF NOT EXISTS {self._sequence};\n"
                  f"GRANT SELECT, UPDATE ON SEQUENCE {self._sequence} TO {ident(self.role)}")  # fmt: skip
        return Piece(f"table {bare}", "table", Phase.OPEN, create, f"DROP SEQUENCE {self._sequence}", self.promise,
                     protects=True, as_keeper=True, replaces=True)  # fmt: skip

    @property
    def needs(self) -> str:
        """What is demanded, as `compare` reads it."""
        about = f"total {self.total.name} by {' '.join(self.total.by)} to {self.total.to} "
        return "\n".join(f"{about}{to_text(branch)}" for branch in self.found)

    def _grouped(self) -> list[tuple[str, str, str]]:
        """(column, value, type) of each group."""
        forms, shape = Forms(self.access.seat.number, self.access.renderer.zone), self.access.shape
        found: list[tuple[str, str, str]] = []
        for name in self.total.by:
            declared, value = shape.relation.columns[name].type, shape.column(name)
            kind = base_type(declared)
            found.append((name, forms.cut_moment(value, kind, self.total.to) if kind in MOMENT else value, declared))
        return found

    def _counted(self) -> str:
        """SQL of the people and one group of each, drawn by lot when a person is in several."""
        shape = self.access.shape
        person, source = shape.column(shape.owner_column), shape.sql
        if not shape.owner_column:
            person = "o.person"
            source += f" JOIN {shape.owners_table} o ON o.row_key = {shape.column(shape.shared_by)} AND o.present"
        values = ", ".join(f"{value} AS {ident(name)}" for name, value, _ in self._grouped())
        return (f"SELECT DISTINCT ON (person) {idents(self.total.by)} FROM (\n"
                f"            SELECT DISTINCT {person} AS person, {values} FROM {source}\n"
                f"            WHERE {person} IS NOT NULL AND ({self.condition}) OFFSET 0) each\n"
                "        ORDER BY person, pg_catalog.gen_random_uuid()")  # fmt: skip

    def maker(self) -> Piece:
        """The function that makes the totals of a period, once."""
        access, seat = self.access, self.access.seat
        function, by = relation(seat.schema, f"make_{self.total.name}"), idents(self.total.by)
        said = ", ".join(f"{literal(name)}, {ident(name)}" for name in self.total.by)
        refuse = f"RAISE EXCEPTION 'Houvast refuses: no use for purpose \"{seat.purpose.name}\" is open (promise {self.promise}).'"
        often = f"RAISE EXCEPTION 'Houvast refuses: these totals were begun and taken back (promise {self.promise}).'"
        create = f"""CREATE OR REPLACE FUNCTION {function}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    this CONSTANT date := date_trunc('{self.look.every}', statement_timestamp() AT TIME ZONE {literal(access.renderer.zone)})::date;
    first CONSTANT bigint := (this - DATE '2000-01-01') * {TRIES + 1}::bigint;
BEGIN
    IF NOT ({access.renderer.token.open}) THEN
        {refuse}
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open a use for it first: SELECT houvast.open_use(...)';
    END IF;
    LOCK TABLE {SCHEMA}.release IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM {SCHEMA}.release r WHERE r.total = {literal(self.told)} AND r.period = this) THEN RETURN; END IF;
    IF (SELECT s.last_value FROM {self._sequence} s) < first THEN PERFORM setval({literal(self._sequence)}, first); END IF;
    IF nextval({literal(self._sequence)}) > first + {TRIES} THEN
        {often}
            USING ERRCODE = 'insufficient_privilege', HINT = 'Wait for the next {self.look.every}, and commit.';
    END IF;
    WITH counted AS MATERIALIZED (
        {self._counted()}
    ), changed AS MATERIALIZED (
        SELECT {by}, count(*) + {NOISE} AS people FROM counted GROUP BY {by}
    )
    INSERT INTO {SCHEMA}.release (total, period, made_by, groups)
    SELECT {literal(self.told)}, this, pg_current_xact_id(),
           coalesce(jsonb_agg(jsonb_build_object({said}, 'people', people) ORDER BY {by}), '[]')
    FROM changed WHERE people >= {self.look.group + MOST};
END $hv$;
ALTER FUNCTION {function}() OWNER TO {ident(self.role)};
REVOKE ALL ON FUNCTION {function}() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {function}() TO {ident(seat.reader)};
COMMENT ON FUNCTION {function}() IS {literal(f"Makes totals once a {self.look.every}; keeps promise {self.promise}")}"""
        return Piece(f"function {seat.schema}.make_{self.total.name}", "function", Phase.OPEN, create, f"DROP FUNCTION {function}()", self.promise,
                     opens=True, protects=True, replaces=True, needs=self.needs)  # fmt: skip

    def view(self) -> Piece:
        """What the purpose reads: totals that are made and committed."""
        seat, by = self.access.seat, idents(self.total.by)
        view = relation(seat.schema, self.total.name)
        types = ", ".join(f"{ident(name)} {declared}" for name, _, declared in self._grouped())
        create = f"""CREATE VIEW {view} WITH (security_barrier) AS SELECT r.period, {", ".join(f"g.{ident(c)}" for c in self.total.by)}, g.people
FROM {SCHEMA}.release r CROSS JOIN LATERAL pg_catalog.jsonb_to_recordset(r.groups) AS g({types}, people bigint)
WHERE r.total = {literal(self.told)} AND r.made_by IS DISTINCT FROM pg_catalog.pg_current_xact_id_if_assigned()
  AND (SELECT {self.access.renderer.token.open});
ALTER VIEW {view} OWNER TO {ident(self.role)};
COMMENT ON VIEW {view} IS {literal(f"How many people by {by}, in groups of {self.look.group} or more (promise {self.promise})")};
GRANT SELECT ON {view} TO {ident(seat.reader)}"""
        return Piece(f"view {seat.schema}.{self.total.name}", "view", Phase.OPEN, create, f"DROP VIEW IF EXISTS {view}",
                     self.promise, opens=True, protects=True, needs=self.needs)  # fmt: skip
