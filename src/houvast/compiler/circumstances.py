"""Pieces that know which cases of each circumstance are open, and who opened them.

A case says that a person's data may be used. So that nobody opens somebody to themselves, a case does not count for the login
that opened it (`maker`), except where the person was open to that login already: by a case of others, of this circumstance or
of one that does as well in every use (`vouching`). The case itself, and what was written about it, its maker goes on seeing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from houvast.compiler.persons import EQ, conditions_of, definer_trigger, trigger, unequal, watching, where_columns
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.render import of_others
from houvast.compiler.shape import CircumstanceTable
from houvast.compiler.words import ident, literal, relation, short
from houvast.datamap.model import Where
from houvast.policy.model import Policy

NOW = "pg_catalog.statement_timestamp()"
ADMINISTERS = f"pg_catalog.current_setting('is_superuser') {EQ} 'on'"
"""SQL: a superuser opens cases for everybody: there is no need to open one for oneself. Nobody can set this."""


def vouching(
    name: str, tables: Mapping[str, CircumstanceTable], versions: Iterable[Policy]
) -> tuple[CircumstanceTable, ...]:
    """The circumstances by which a person is open already wherever this one would open them: itself, and each that is an
    alternative to it in every use that asks for it, of people of the same kind."""
    asking = [use.while_ for policy in versions for use in policy.uses if any(name in way for way in use.while_)]
    others = (one for one in tables if one != name and asking and all((one,) in ways for ways in asking))
    kind = tables[name].circumstance.kind
    return tuple(tables[one] for one in (name, *others) if tables[one].circumstance.kind == kind)


def circumstance_pieces(found: CircumstanceTable, vouchers: Sequence[CircumstanceTable], promise: str) -> list[Piece]:
    """The table of open cases of one circumstance, kept by a trigger on the application's table."""
    c, live, name = found.circumstance, found.relation, found.name
    table = relation(live.schema, live.relname)
    columns = list(dict.fromkeys([live.key[0], c.path[0], *where_columns(c.where)]))
    return [
        _table(found, promise),
        definer_trigger(name, _follow(found, vouchers), promise, declare="    hv_maker name;\n"),
        *watching(f"hv_{name}", live.name, table, columns, name, promise),
        definer_trigger(f"{name}_empty", f"    TRUNCATE {found.sql};\n    RETURN NULL;", promise),
        trigger(short(f"hv_{name}_empty"), live.name, table, f"AFTER TRUNCATE ON {table}", f"{name}_empty", promise,
                level="STATEMENT"),
        _fill(found, promise),
    ]  # fmt: skip


def _table(found: CircumstanceTable, promise: str) -> Piece:
    name, person = found.name, short(found.name + "_person")
    comment = literal(
        f"Open cases of circumstance {found.circumstance.name}, and which login opened each (promise {promise})"
    )
    create = f"""CREATE TABLE IF NOT EXISTS {found.sql} (case_key {found.case_type} PRIMARY KEY, person {found.person_type} NOT NULL,
    starts timestamptz NOT NULL, ends timestamptz NOT NULL);
ALTER TABLE {found.sql} ADD COLUMN IF NOT EXISTS maker name;
CREATE INDEX IF NOT EXISTS {ident(person)} ON {found.sql} (person) INCLUDE (maker);
COMMENT ON TABLE {found.sql} IS {comment}"""
    return Piece(f"table {name}", "table", Phase.PEOPLE, create, f"DROP TABLE {found.sql}", promise,
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _times(where: Where, row: str) -> tuple[str, str]:
    """SQL: from when and until when a row counts."""
    starts = f"coalesce({row}.{ident(where.starts)}, '-infinity')" if where.starts else "'-infinity'"
    ends = f"coalesce({row}.{ident(where.ends)}, 'infinity')" if where.ends else "'infinity'"
    return starts, ends


def _follow(found: CircumstanceTable, vouchers: Sequence[CircumstanceTable]) -> str:
    """PL/pgSQL that keeps the open cases as the application's rows say."""
    c, live = found.circumstance, found.relation
    key, person = ident(live.key[0]), ident(c.path[0])
    starts, ends = _times(c.where, "NEW")
    condition, condition_old, _ = conditions_of(Where(c.where.conditions))
    same = f"OLD.{key} {EQ} NEW.{key} AND OLD.{person} {EQ} NEW.{person} AND {condition_old} AND {condition}"
    for text in (starts, ends):
        same += f" AND {text.replace('NEW.', 'OLD.')} {EQ} {text}" if "NEW." in text else ""
    opens = f"{condition} AND NEW.{person} IS NOT NULL"
    return f"""    IF TG_OP {EQ} 'UPDATE' THEN
        IF {same} THEN RETURN NULL; END IF;
    ELSIF TG_OP {EQ} 'INSERT' THEN
        IF ({opens}) IS NOT TRUE THEN RETURN NULL; END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF {opens} AND NOT {ADMINISTERS} THEN
            IF NOT ({_open_already(vouchers, person)}) THEN hv_maker := session_user; END IF;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN DELETE FROM {found.sql} c WHERE c.case_key {EQ} OLD.{key}; END IF;
    IF TG_OP {EQ} 'DELETE' THEN RETURN NULL; END IF;
    IF {opens} THEN
        INSERT INTO {found.sql} (case_key, person, starts, ends, maker) VALUES (NEW.{key}, NEW.{person}, {starts}, {ends}, hv_maker)
        ON CONFLICT (case_key) DO NOTHING;
        IF NOT FOUND THEN
            UPDATE {found.sql} c SET person = NEW.{person}, starts = {starts}, ends = {ends}, maker = hv_maker WHERE c.case_key {EQ} NEW.{key};
        END IF;
    END IF;
    RETURN NULL;"""


def _open_already(vouchers: Sequence[CircumstanceTable], person: str) -> str:
    """SQL: a case that counts for this login is open for the person of the new row."""
    return " OR ".join(
        f"EXISTS (SELECT FROM {one.sql} v WHERE v.person {EQ} NEW.{person}::{one.person_type} AND v.starts <= {NOW} AND v.ends > {NOW} AND {of_others('v', 'session_user')})"
        for one in vouchers
    )


def _fill(found: CircumstanceTable, promise: str) -> Piece:
    """The cases that were there before: nobody knows who opened them."""
    c, live = found.circumstance, found.relation
    table, key, person = relation(live.schema, live.relname), ident(live.key[0]), ident(c.path[0])
    starts, ends = _times(c.where, "t")
    _, _, condition = conditions_of(Where(c.where.conditions))
    picked = f"SELECT t.{key}, t.{person}, {starts}, {ends} FROM {table} t"
    statement = f"""INSERT INTO {found.sql} (case_key, person, starts, ends)
{picked}
WHERE t.ctid >= {{low}} AND t.ctid < {{high}} AND {condition} AND t.{person} IS NOT NULL
FOR SHARE
ON CONFLICT DO NOTHING"""
    check = unequal(f"{picked} WHERE {condition} AND t.{person} IS NOT NULL",
                    f"SELECT case_key, person, starts, ends FROM {found.sql}")  # fmt: skip
    return Piece(f"fill {found.name}", "fill", Phase.PEOPLE_FILL, statement, "", promise, needs=check,
                 fill=Fill(live.name, statement))  # fmt: skip
