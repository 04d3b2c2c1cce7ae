"""The pieces by which a copy is made of one person alone: somebody else is recognised in a text, without showing who there is
(whoever asks already has the words), and what the staff judged of that person's copies is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from houvast.compiler.checking import LOGIN as PEOPLE
from houvast.compiler.ground import PurposeSeat
from houvast.compiler.identifying import AS_WRITTEN
from houvast.compiler.persons import EQ
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Layout, Reader, Shape
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, ident, literal, relation
from houvast.database.catalogue import Catalogue
from houvast.datamap.model import Identifier, Subject
from houvast.policy.model import PurposeKind

NAME = "others_named"
_SIGNATURE = f"{NAME}(text[], boolean)"
JUDGED = "judged_here"
_JUDGED_SIGNATURE = f"{JUDGED}()"
STANDS = "judged_stands"
_STANDS_SIGNATURE = f"{STANDS}(bigint, text)"
ABOVE = "rows_above"
_ABOVE_SIGNATURE = f"{ABOVE}(text)"


def others_piece(
    layout: Layout, subjects: Mapping[str, Subject], seats: Mapping[str, PurposeSeat], *, fast: bool
) -> Piece:
    """Which of some words name or reach somebody else than the person for whom this session has a use open."""
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.{NAME}(said text[], sharers boolean) RETURNS TABLE (word text, kind text, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $hv$
DECLARE
    whose {SCHEMA}.use;
    among text[];
    emails text[];
    phones text[];
    logins text[];
    names text[];
BEGIN
{_whose(fast=fast)}
    IF sharers THEN
{_sharing(layout)}
        IF among {EQ} '{{}}' THEN RETURN; END IF;
    END IF;
{_arrays()}
    IF NOT sharers AND session_user {EQ} {literal(PEOPLE)} THEN  -- who takes the pages over learns of no address whether it is known
        emails := '{{}}'; phones := '{{}}'; logins := '{{}}';
    END IF;
    RETURN QUERY SELECT DISTINCT s.word, f.kind, f.key FROM (
        {_known(layout, subjects)}
    ) f JOIN pg_catalog.unnest(said) s(word) ON f.value {EQ} {_asked("f.sort", "s.word")}
    WHERE f.kind <> whose.kind OR f.key <> whose.person;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.{NAME} IS 'Which of these words name or reach somebody else than the person of the open use (promise C33)';
REVOKE ALL ON FUNCTION {SCHEMA}.{_SIGNATURE} FROM PUBLIC"""
    return _to_readers(NAME, _SIGNATURE, create, seats)


def judged_pieces(seats: Mapping[str, PurposeSeat], *, fast: bool) -> list[Piece]:
    """What the staff judged of copies of the person for whom this session has a use open; and whether the text that a judgement
    is about still says the same. What was taken out stays out of every later copy; what was let stand, of that request's."""
    head = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$"
    ours = f"FROM {SCHEMA}.judged j JOIN {SCHEMA}.request q ON q.id {EQ} j.request WHERE q.kind {EQ} whose.kind AND q.key {EQ} whose.person"
    here = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.{JUDGED}() RETURNS TABLE (number bigint, "table" text, "column" text, key text, part int,
    "begin" int, "end" int, takes boolean) {head}
DECLARE
    whose {SCHEMA}.use;
BEGIN
{_whose(fast=fast)}
    RETURN QUERY SELECT j.id, j."table", j."column", j.key, j.part, j."begin", j."end", j.takes
    {ours} AND (j.takes OR q.closed_at IS NULL) ORDER BY j.takes, j.id;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.{JUDGED} IS 'What was judged of copies of the person of the open use (promise C33)';
REVOKE ALL ON FUNCTION {SCHEMA}.{_JUDGED_SIGNATURE} FROM PUBLIC"""
    stands = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.{STANDS}(number bigint, said text) RETURNS boolean {head}
DECLARE
    whose {SCHEMA}.use;
BEGIN
{_whose(fast=fast)}
    RETURN EXISTS (SELECT {ours} AND j.id {EQ} number AND j.digest {EQ} {SCHEMA}.passage_hash(said));
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.{STANDS} IS 'Whether a text that was judged still says the same (promise C33)';
REVOKE ALL ON FUNCTION {SCHEMA}.{_STANDS_SIGNATURE} FROM PUBLIC"""
    return [_to_readers(JUDGED, _JUDGED_SIGNATURE, here, seats), _to_readers(STANDS, _STANDS_SIGNATURE, stands, seats)]


def above_piece(layout: Layout, seats: Mapping[str, PurposeSeat], catalogue: Catalogue, *, fast: bool) -> Piece:
    """What the rows of a table that are about the person of the open use point at, where their owner is found that way, and the
    keys of rows that they share: by those an index serves. Row security decides all the same."""
    branches = "\n    ".join(
        f"{'ELSIF' if number else 'IF'} of {EQ} {literal(name)} AND whose.kind {EQ} {literal(kind)} THEN\n"
        f"        RETURN QUERY {query};"
        for number, (name, kind, query) in enumerate(_found(layout, catalogue))
    )
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.{ABOVE}(of text) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    whose {SCHEMA}.use;
BEGIN
{_whose(fast=fast)}
    {f"{branches}{chr(10)}    END IF;" if branches else "RETURN;"}
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.{ABOVE} IS 'Where the rows of the person of the open use hang, so that they are found soon (promise C33)';
REVOKE ALL ON FUNCTION {SCHEMA}.{_ABOVE_SIGNATURE} FROM PUBLIC"""
    return _to_readers(ABOVE, _ABOVE_SIGNATURE, create, seats)


def _found(layout: Layout, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    """(table, kind of people, SQL) of how rows are found that hang on others, that several share, or that are in copies of people
    whose they are not."""
    for shape in layout.shapes.values():
        for kind in dict.fromkeys(filter(None, (shape.kind, *(one.way.kind for one in shape.readers)))):
            ways = [_as_reader(layout, shape, one) for one in shape.readers if one.way.kind == kind]
            if kind == shape.kind and (
                shape.shared or shape.readers or len(shape.derived_path(shape.owner_column)) > 1
            ):
                ways = [_above(shape, catalogue, by_key=bool(shape.readers)), *ways]
            if ways:
                yield shape.name, kind, " UNION ".join(ways)


def _as_reader(layout: Layout, shape: Shape, reader: Reader) -> str:
    """SQL: the keys of rows that are in a person's copy by one way."""
    key = f"t.{ident(shape.key)}"
    if reader.way.through:
        return (f"SELECT x.row_key::text FROM {relation(SCHEMA, shape.readers_name)} x"
                f" WHERE x.kind {EQ} whose.kind AND x.person {EQ} whose.person")  # fmt: skip
    if reader.above:
        parent = layout.shapes[reader.above]
        theirs = (
            f"IN (SELECT o.row_key FROM {parent.owners_table} o WHERE o.person {EQ} whose.person::{parent.person_type})"
        )
        return f"SELECT {key}::text FROM {shape.sql} t WHERE {shape.hanging(reader.column, theirs)}"
    return f"SELECT {key}::text FROM {shape.sql} t WHERE {shape.hanging(reader.column, f'{EQ} whose.person::{reader.type}')}"


def _above(shape: Shape, catalogue: Catalogue, *, by_key: bool) -> str:
    """SQL: the keys above the rows of the person, by the foreign keys of the path; or those of the rows themselves."""
    if shape.above:
        theirs = (
            f"IN (SELECT o.row_key FROM {shape.owners_table} o WHERE o.person {EQ} whose.person::{shape.person_type})"
        )
        return f"SELECT t.{ident(shape.key)}::text FROM {shape.sql} t WHERE {shape.hanging(shape.shared_by, theirs)}"
    if shape.shared:
        return (
            f"SELECT o.row_key::text FROM {shape.owners_table} o WHERE o.person {EQ} whose.person::{shape.person_type}"
        )
    if by_key:
        own = f"t.{ident(shape.owner_column)} {EQ} whose.person::{shape.owner_type}"
        return f"SELECT t.{ident(shape.key)}::text FROM {shape.sql} t WHERE {own}"
    first, *rest = shape.derived_path(shape.owner_column)
    here, links = shape.relation, list[tuple[str, str, str]]()
    for step in (first, *rest[:-1]):
        key = next(k for k in here.foreign_keys if k.columns == (step,))
        here = catalogue.relations[key.table]
        links.append((step, ident(key.target_columns[0]), relation(here.schema, here.relname)))
    condition = f"{ident(rest[-1])} {EQ} whose.person::{shape.owner_type}"
    for step, target, sql in reversed(links[1:]):
        condition = f"{ident(step)} IN (SELECT {target} FROM {sql} WHERE {condition})"
    _, target, sql = links[0]
    return f"SELECT {target}::text FROM {sql} WHERE {condition}"


def _to_readers(name: str, signature: str, create: str, seats: Mapping[str, PurposeSeat]) -> Piece:
    """A function for whoever reads for the rights of people, and for people who look at their own data."""
    ours = [seat for seat in seats.values() if seat.purpose.kind is PurposeKind.RIGHTS]
    to = ", ".join(ident(role) for seat in ours for role in (seat.reader, seat.own) if role)
    if to:
        create += f";\nGRANT EXECUTE ON FUNCTION {SCHEMA}.{signature} TO {to}"
    return Piece(f"function {name}", "function", Phase.ROWS, create, f"DROP FUNCTION {SCHEMA}.{name}", "C33",
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _whose(*, fast: bool) -> str:
    """PL/pgSQL: finds the open use for one person, or refuses."""
    return f"""    SELECT u.* INTO whose FROM {SCHEMA}.use u
    WHERE u.id::text {EQ} {Token(0, fast).use} AND u.login {EQ} session_user AND u.ended_at IS NULL AND u.person IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this is asked within a use for one person (promise C33).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one: houvast.open_use(purpose, reason, person => ...).';
    END IF;"""


def _sharing(layout: Layout) -> str:
    """PL/pgSQL: the keys of those with whom the person shares a row, now or before."""
    found = [
        f"SELECT b.person::text FROM {shape.owners_table} a JOIN {shape.owners_table} b ON b.row_key {EQ} a.row_key"
        f" WHERE whose.kind {EQ} {literal(shape.kind)} AND a.person::text {EQ} whose.person"
        for shape in layout.shapes.values()
        if shape.shared
    ]
    asked = " UNION ".join(found) or "SELECT NULL::text WHERE false"
    return f"        among := ARRAY({asked});"


def _asked(sort: str, word: str) -> str:
    """SQL: a word as it is compared with an identifier of a sort; as a number only what is one and nothing else."""
    number = f"{word} OPERATOR(pg_catalog.~) '^[0-9 ()+./-]{{7,}}$'"
    return (f"CASE WHEN {sort} {EQ} 'email' OR {sort} {EQ} 'phone' AND {number} THEN {SCHEMA}.normal({sort}, {word})"
            f" WHEN {sort} {EQ} 'phone' THEN NULL"
            f" ELSE pg_catalog.lower(pg_catalog.btrim({word})) END")  # fmt: skip


def _arrays() -> str:
    """PL/pgSQL: the words, each as it is compared with one sort of identifiers."""
    found = {"emails": "'email'", "phones": "'phone'", "logins": "'login'", "names": "'name'"}
    only = {"emails": " WHERE pg_catalog.strpos(s.word, '@') > 0"}
    return "\n".join(
        f"    {name} := ARRAY(SELECT DISTINCT w.v FROM (SELECT {_asked(f'{sort}::text', 's.word')} AS v"
        f" FROM pg_catalog.unnest(said) s(word){only.get(name, '')}) w WHERE w.v <> '');"
        for name, sort in found.items()
    )


def _known(layout: Layout, subjects: Mapping[str, Subject]) -> str:
    """SQL: the people of whom one of the words is a name or an address."""
    found = [
        _match(subject, one, layout.shapes[one.table])
        for subject in subjects.values()
        for one in (*subject.identifiers.values(), *filter(None, (subject.called,)))
        if one.table in layout.shapes
    ]
    none = "SELECT NULL::text AS kind, NULL::text AS key, NULL::text AS value, NULL::text AS sort WHERE false"
    return "\n        UNION ALL ".join(found) or none


def _match(subject: Subject, one: Identifier, shape: Shape) -> str:
    """SQL: where a column holds one of the words; a table in which none could be found is not read at all."""
    column, owner = f"t.{ident(one.column)}::text", f"t.{ident(shape.owner_column)}"
    written = AS_WRITTEN.get(one.sort, "pg_catalog.lower({column})").format(column=column)
    among = {"email": "emails", "phone": "phones", "name": "names"}.get(one.sort, "logins")
    return (f"SELECT {literal(subject.kind)}::text AS kind, {owner}::text AS key, {written} AS value, {literal(one.sort)}::text AS sort"
            f" FROM {shape.sql} t WHERE {among} OPERATOR(pg_catalog.<>) '{{}}' AND {written} {EQ} ANY ({among})"
            f" AND (NOT sharers OR whose.kind {EQ} {literal(subject.kind)} AND {owner}::text {EQ} ANY (among))")  # fmt: skip
