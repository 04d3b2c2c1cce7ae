"""Pieces by which people are found: who has this address, and where letters to a person go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from houvast.compiler.persons import EQ
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.words import SCHEMA, ident, literal
from houvast.database.queries import queries
from houvast.datamap.model import SORTS, Subject

AS_WRITTEN: Mapping[str, str] = {
    "email": "pg_catalog.lower({column})",
    "phone": "pg_catalog.regexp_replace(pg_catalog.regexp_replace({column}, '\\D', '', 'g'), '^00', '')",
}
"""How a column is compared with what `normal` makes of a value; sorts that are not here: letter by letter. An index on
lower(COLUMN) serves; leading and trailing spaces are taken from what is asked, never from a column."""


def finding_pieces(layout: Layout, subjects: Mapping[str, Subject]) -> list[Piece]:
    """How a value is written one way only, whose it is, and to which address a person is written."""
    return [
        Piece("function normal", "function", Phase.PEOPLE, queries("houvast.compiler", "people.sql")["normal"],
              f"DROP FUNCTION {SCHEMA}.normal", "C33", protects=True, as_keeper=True, replaces=True),
        _persons_by(layout, subjects),
        _reach_of(layout, subjects),
        _post_of(layout, subjects),
    ]  # fmt: skip


def identified(layout: Layout, subjects: Mapping[str, Subject]) -> Iterator[tuple[Subject, str, Shape, str]]:
    """Each identifier of the map: (subject, sort, table, column)."""
    for subject in subjects.values():
        for one in subject.identifiers.values():
            yield subject, one.sort, layout.shapes[one.table], one.column


def _persons_by(layout: Layout, subjects: Mapping[str, Subject]) -> Piece:
    found = list(identified(layout, subjects))
    lines: list[str] = []
    for number, sort in enumerate(SORTS):
        asked = "\n        UNION ".join(
            _whose(subject, shape, column, sort) for subject, of, shape, column in found if of == sort
        )
        answer = f"RETURN QUERY {asked};" if asked else "RETURN;"
        lines.append(f"    {'ELSIF' if number else 'IF'} sort {EQ} {literal(sort)} THEN\n        {answer}")
    body = "\n".join(lines)
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.persons_by(sort text, value text) RETURNS TABLE (kind text, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    wanted CONSTANT text := {SCHEMA}.normal(sort, value);
BEGIN
    IF coalesce(wanted, '') {EQ} '' THEN RETURN; END IF;
{body}
    ELSE
        RAISE EXCEPTION 'Houvast refuses: nobody is found by this sort of identifier (promise C33).'
            USING ERRCODE = 'invalid_parameter_value', HINT = {literal(f"Name one of: {', '.join(SORTS)}.")};
    END IF;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.persons_by IS 'Who is known by an address, a number or a name: nobody, one or several (promise C33)';
REVOKE ALL ON FUNCTION {SCHEMA}.persons_by(text, text) FROM PUBLIC"""
    return Piece("function persons_by", "function", Phase.PEOPLE, create, f"DROP FUNCTION {SCHEMA}.persons_by", "C33",
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _whose(subject: Subject, shape: Shape, column: str, sort: str) -> str:
    written = AS_WRITTEN.get(sort, "{column}").format(column=f"t.{ident(column)}::text")
    owner = f"t.{ident(shape.owner_column)}"
    return (f"SELECT {literal(subject.kind)}::text, {owner}::text FROM {shape.sql} t"
            f" WHERE {written} {EQ} wanted AND {owner} IS NOT NULL")  # fmt: skip


def _reach_of(layout: Layout, subjects: Mapping[str, Subject]) -> Piece:
    lines: list[str] = []
    for subject, sort, shape, column in identified(layout, subjects):
        if sort == subject.reach:
            where = f"t.{ident(shape.owner_column)} {EQ} reach_of.key::{shape.owner_type}"
            order = ", ".join(f"t.{ident(name)}" for name in shape.relation.key) or "1"
            lines.append(f"""    {"ELSIF" if lines else "IF"} reach_of.kind {EQ} {literal(subject.kind)} THEN
        RETURN (SELECT t.{ident(column)}::text FROM {shape.sql} t
                WHERE {where} AND t.{ident(column)} <> '' ORDER BY {order} LIMIT 1);""")  # fmt: skip
    branches = "\n".join([*lines, "    END IF;"]) if lines else ""
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.reach_of(kind text, key text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF NOT EXISTS (SELECT FROM {SCHEMA}.person p WHERE p.kind {EQ} reach_of.kind AND p.key {EQ} reach_of.key) THEN
        RETURN NULL;
    END IF;
{branches}
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.reach_of IS 'The address on file to which letters to a person go (promise C33)';
REVOKE ALL ON FUNCTION {SCHEMA}.reach_of(text, text) FROM PUBLIC"""
    return Piece("function reach_of", "function", Phase.PEOPLE, create, f"DROP FUNCTION {SCHEMA}.reach_of", "C33",
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _post_of(layout: Layout, subjects: Mapping[str, Subject]) -> Piece:
    """A line that is contested, after a letter that came back, makes it no address."""
    lines: list[str] = []
    for subject in subjects.values():
        if not subject.post:
            continue
        shape = layout.shapes[subject.post[0].table]
        columns = ", ".join(f"nullif(btrim(t.{ident(one.column)}::text), '')" for one in subject.post)
        names = ", ".join(literal(f"{one.table}.{one.column}") for one in subject.post)
        where = f"t.{ident(shape.owner_column)} {EQ} post_of.key::{shape.owner_type}"
        order = ", ".join(f"t.{ident(name)}" for name in shape.relation.key) or "1"
        lines.append(f"""    {"ELSIF" if lines else "IF"} post_of.kind {EQ} {literal(subject.kind)} THEN
        RETURN (SELECT nullif(array_remove(ARRAY[{columns}], NULL), '{{}}') FROM {shape.sql} t, {SCHEMA}.person p
                WHERE {where} AND p.kind {EQ} post_of.kind AND p.key {EQ} post_of.key AND NOT p.contested && ARRAY[{names}]
                ORDER BY {order} LIMIT 1);""")  # fmt: skip
    branches = "\n".join([*lines, "    END IF;"]) if lines else ""
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.post_of(kind text, key text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
{branches}
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.post_of IS 'The postal address on file of a person, line by line (promise C35)';
REVOKE ALL ON FUNCTION {SCHEMA}.post_of(text, text) FROM PUBLIC"""
    return Piece("function post_of", "function", Phase.PEOPLE, create, f"DROP FUNCTION {SCHEMA}.post_of", "C35",
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip
