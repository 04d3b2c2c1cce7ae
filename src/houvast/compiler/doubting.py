"""Pieces that watch the addresses of people: what objected stays so, what is new cools down, what bounces is in doubt.

They hang on the columns that the data map names as identifiers, so that no way of writing them goes past: the
application's own forms, an import with COPY, an administrator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from houvast.compiler.identifying import AS_WRITTEN, identified
from houvast.compiler.persons import EQ, definer_trigger, trigger
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.words import SCHEMA, array, ident, literal, short
from houvast.database.queries import queries
from houvast.datamap.model import Subject
from houvast.policy.model import Policy

TABLES = ("suppressed", "contact_change", "bounce")
FUNCTIONS = {
    "keyed_hash": "C13",
    "address_hash": "C13",
    "asked_by": "C35",
    "need_request": "C35",
    "was_told": "G06",
    "set_stand": "C13",
    "end_stand": "C13",
    "cools_until": "C37",
    "cooling_down": "C37",
    "notify_changed": "C37",
    "bounced": "C37",
}
REMEMBERED = tuple(AS_WRITTEN)
"""Sorts of identifiers to which something can be sent: what objected is remembered of these."""


def people_tables() -> list[Piece]:
    """What is remembered of people's addresses; made before anything that writes it."""
    texts = queries("houvast.compiler", "people.sql")
    promises = {"suppressed": "C13"}
    return [
        Piece(f"table {name}", "table", Phase.GROUND, texts[name], f"DROP TABLE {SCHEMA}.{name}", promises.get(name, "C37"),
              protects=True, as_keeper=True, replaces=True)
        for name in TABLES
    ]  # fmt: skip


def people_pieces(layout: Layout, subjects: Mapping[str, Subject], versions: Iterable[Policy]) -> list[Piece]:
    """How people come to stand somewhere, and what follows for and from their addresses."""
    texts = queries("houvast.compiler", "people.sql")
    pieces = [_is_marketing(versions), _addresses_of(layout, subjects), _place_of(layout, subjects)]
    pieces += [
        Piece(f"function {name}", "function", Phase.PEOPLE, texts[name], f"DROP FUNCTION {SCHEMA}.{name}", promise,
              protects=True, as_keeper=True, replaces=True)
        for name, promise in FUNCTIONS.items()
    ]  # fmt: skip
    for shape in layout.shapes.values():
        if shape.identifiers:
            pieces += _watching(shape)
    return [*pieces, *_remembering(layout, subjects)]


def _is_marketing(versions: Iterable[Policy]) -> Piece:
    names = sorted({p.name for v in versions for p in v.purposes.values() if p.marketing})
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.is_marketing(purpose text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN purpose {EQ} ANY ({array(names)});
COMMENT ON FUNCTION {SCHEMA}.is_marketing IS 'Whether a purpose is marketing: an objection to one is to all of them (promise C13)';
REVOKE ALL ON FUNCTION {SCHEMA}.is_marketing(text) FROM PUBLIC"""
    return _function("is_marketing", create, "C13")


def _function(name: str, create: str, promise: str) -> Piece:
    return Piece(f"function {name}", "function", Phase.PEOPLE, create, f"DROP FUNCTION {SCHEMA}.{name}", promise,
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _addresses_of(layout: Layout, subjects: Mapping[str, Subject]) -> Piece:
    lines: list[str] = []
    for subject in subjects.values():
        own = list(identified(layout, {subject.kind: subject}))
        selects = "\n        UNION ".join(
            f"SELECT {literal(sort)}::text, t.{ident(column)}::text FROM {shape.sql} t"
            f" WHERE t.{ident(shape.owner_column)} {EQ} addresses_of.key::{shape.owner_type} AND t.{ident(column)} IS NOT NULL"
            for _, sort, shape, column in own
        )  # fmt: skip
        if selects:
            lines.append(f"""    IF addresses_of.kind {EQ} {literal(subject.kind)} THEN
        RETURN QUERY {selects};
    END IF;""")
    body = "\n".join(lines)
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.addresses_of(kind text, key text) RETURNS TABLE (sort text, value text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF NOT EXISTS (SELECT FROM {SCHEMA}.person p WHERE p.kind {EQ} addresses_of.kind AND p.key {EQ} addresses_of.key) THEN
        RETURN;
    END IF;
{body}
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.addresses_of IS 'Every identifier of a person (promise C13)';
REVOKE ALL ON FUNCTION {SCHEMA}.addresses_of(text, text) FROM PUBLIC"""
    return _function("addresses_of", create, "C13")


def _place_of(layout: Layout, subjects: Mapping[str, Subject]) -> Piece:
    """Which column a sort of identifier lies in, when it can be contested; a column that can, by its own name."""
    rows = [
        f"({literal(subject.kind)}, {literal(sort)}, {literal(f'{shape.name}.{column}')})"
        for subject, sort, shape, column in identified(layout, subjects)
        if column in shape.contestable
    ]
    rows += [
        f"({literal(shape.kind)}, {literal(f'{shape.name}.{column}')}, {literal(f'{shape.name}.{column}')})"
        for shape in layout.shapes.values() if shape.kind for column in shape.contestable
    ]  # fmt: skip
    values = f"VALUES {', '.join(rows)}" if rows else "SELECT NULL::text, NULL::text, NULL::text WHERE false"
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.place_of(kind text, name text) RETURNS text LANGUAGE sql IMMUTABLE AS $hv$
    SELECT v.place FROM ({values}) v (kind, name, place) WHERE v.kind {EQ} $1 AND v.name {EQ} $2
$hv$;
COMMENT ON FUNCTION {SCHEMA}.place_of IS 'Where an address lies that can be contested (promise C37)';
REVOKE ALL ON FUNCTION {SCHEMA}.place_of(text, text) FROM PUBLIC"""
    return _function("place_of", create, "C37")


def _watching(shape: Shape) -> list[Piece]:
    """Triggers on a table with identifiers: for rows that come, that go, and whose address ends up another."""
    name = short(f"address_{shape.id}")
    owner, kind = ident(shape.owner_column), literal(shape.kind)
    came = "\n".join(
        _known_again(shape, sort, f"FROM came n WHERE n.{owner} IS NOT NULL", "n") for sort in _sent(shape)
    )
    if not shape.subject_key:  # who comes with their own row has no address that it could take the place of
        came += "\n".join(_added(shape, sort, column) for sort, column in shape.identifiers.items())
    gone = "\n".join(f"""    INSERT INTO {SCHEMA}.contact_change (kind, key, sort)
    SELECT {kind}, OLD.{owner}::text, {literal(sort)} FROM {SCHEMA}.person p
    WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{owner}::text AND OLD.{ident(column)} IS NOT NULL ON CONFLICT DO NOTHING;{_gone_notice(shape, sort, column)}"""
                      for sort, column in shape.identifiers.items())  # fmt: skip
    changed = "\n".join(_changed(shape, sort, column) for sort, column in shape.identifiers.items())
    watched = dict.fromkeys([shape.owner_column, *shape.identifiers.values()])
    only = " OR ".join(f"OLD.{ident(c)} IS DISTINCT FROM NEW.{ident(c)}" for c in watched)
    pieces = [
        definer_trigger(f"{name}_came", f"{came}\n    RETURN NULL;", "C13"),
        trigger(short(f"hv_{name}_came"), shape.name, shape.sql,
                f"AFTER INSERT ON {shape.sql} REFERENCING NEW TABLE AS came", f"{name}_came", "C13", level="STATEMENT"),
        definer_trigger(f"{name}_changed", f"{changed}\n    RETURN NULL;", "C37"),
        trigger(short(f"hv_{name}_changed"), shape.name, shape.sql, f"AFTER UPDATE ON {shape.sql}", f"{name}_changed",
                "C37", only=only),
    ]  # fmt: skip
    if not shape.subject_key:  # whose own row goes with the person
        pieces += [
            definer_trigger(f"{name}_gone", f"{gone}\n    RETURN NULL;", "C37"),
            trigger(short(f"hv_{name}_gone"), shape.name, shape.sql, f"AFTER DELETE ON {shape.sql}", f"{name}_gone", "C37"),
        ]  # fmt: skip
    return [replace(piece, phase=Phase.ROWS) for piece in pieces]


def _sent(shape: Shape) -> list[str]:
    return [sort for sort in shape.identifiers if sort in REMEMBERED]


def _halves(equal: str) -> str:
    """SQL: `i` and `o` are the two halves of the key with which addresses are digested."""
    return " AND ".join(f"{one}.kind {equal} 'houvast' AND {one}.key {equal} 'suppression {word}'"
                        for one, word in (("i", "inside"), ("o", "outside")))  # fmt: skip


def _known_again(shape: Shape, sort: str, rows: str, alias: str) -> str:
    """Whoever comes with an address that objected, objects."""
    column, owner = f"{alias}.{ident(shape.identifiers[sort])}::text", f"{alias}.{ident(shape.owner_column)}::text"
    hashed = rows.replace(" WHERE ", f", {SCHEMA}.secret i, {SCHEMA}.secret o WHERE {_halves(EQ)} AND ")
    return f"""    IF EXISTS (SELECT FROM {SCHEMA}.suppressed) THEN
        INSERT INTO {SCHEMA}.stand (kind, key, stand, about, source)
        SELECT DISTINCT {literal(shape.kind)}, h.owner, 'objected', s.purpose, 'suppressed'
        FROM (SELECT {owner} AS owner, {SCHEMA}.keyed_hash(i.secret, o.secret, {literal(sort)}, {column}) AS hash
              {hashed} OFFSET 0) h JOIN {SCHEMA}.suppressed s ON s.hash {EQ} h.hash
        ON CONFLICT DO NOTHING;
    END IF;"""


def _added(shape: Shape, sort: str, column: str) -> str:
    """An address that comes to somebody who was known before is as new as one that was changed, whether it takes the place
    of one that went or stands beside it: the address that was there hears of it. Whoever registers has an hour for it."""
    owner, kind, value = ident(shape.owner_column), literal(shape.kind), ident(column)
    known = f"""FROM came n JOIN {SCHEMA}.person p ON p.kind {EQ} {kind} AND p.key {EQ} n.{owner}::text
        WHERE n.{value}::text <> '' AND (coalesce(p.collected_at, '-infinity') < clock_timestamp() - interval '1 hour'
            OR EXISTS (SELECT FROM {SCHEMA}.contact_change c WHERE c.kind {EQ} p.kind AND c.key {EQ} p.key AND c.sort {EQ} {literal(sort)}))"""
    notice = f"""
        PERFORM {SCHEMA}.notify_changed(w.kind, w.key, w.address) FROM (
            SELECT DISTINCT {kind}::text AS kind, t.{owner}::text AS key, t.{value}::text AS address FROM {shape.sql} t
            WHERE t.{owner} IN (SELECT n.{owner} {known})
              AND NOT EXISTS (SELECT FROM came n WHERE n.{owner} {EQ} t.{owner}
                  AND {SCHEMA}.normal({literal(sort)}, n.{value}::text) {EQ} {SCHEMA}.normal({literal(sort)}, t.{value}::text)) ORDER BY 1, 2, 3) w;"""
    return f"""
    IF {SCHEMA}.is_filling() IS NOT TRUE THEN
        INSERT INTO {SCHEMA}.contact_change (kind, key, sort)
        SELECT DISTINCT p.kind, p.key, {literal(sort)} {known} ON CONFLICT DO NOTHING;{notice if sort == "email" else ""}
    END IF;"""


def _gone_notice(shape: Shape, sort: str, column: str) -> str:
    if sort != "email":
        return ""
    return f"""
    PERFORM {SCHEMA}.notify_changed(p.kind, p.key, OLD.{ident(column)}::text) FROM {SCHEMA}.person p
    WHERE p.kind {EQ} {literal(shape.kind)} AND p.key {EQ} OLD.{ident(shape.owner_column)}::text;"""


def _changed(shape: Shape, sort: str, column: str) -> str:
    owner, kind, value = ident(shape.owner_column), literal(shape.kind), ident(column)
    known = (
        _known_again(shape, sort, f"FROM (SELECT NEW.*) n WHERE n.{owner} IS NOT NULL", "n")
        if sort in REMEMBERED
        else ""
    )
    lies = literal(f"{shape.name}.{column}")
    notice = _notice(kind, owner, value) if sort == "email" else ""
    return f"""    IF NEW.{owner} IS NOT NULL AND ({SCHEMA}.normal({literal(sort)}, OLD.{value}::text), OLD.{owner})
            IS DISTINCT FROM ({SCHEMA}.normal({literal(sort)}, NEW.{value}::text), NEW.{owner}) THEN
        INSERT INTO {SCHEMA}.contact_change (kind, key, sort) VALUES ({kind}, NEW.{owner}::text, {literal(sort)})
        ON CONFLICT DO NOTHING;
        DELETE FROM {SCHEMA}.bounce b WHERE b.kind {EQ} {kind} AND b.key {EQ} NEW.{owner}::text AND b.sort {EQ} {literal(sort)};
        DELETE FROM {SCHEMA}.stand s WHERE s.kind {EQ} {kind} AND s.key {EQ} NEW.{owner}::text AND s.stand {EQ} 'contested'
            AND s.about {EQ} {lies} AND s.source {EQ} 'bounce';
{known}{notice}
    END IF;"""


def _notice(kind: str, owner: str, value: str) -> str:
    return f"""
        IF OLD.{owner} {EQ} NEW.{owner} THEN
            PERFORM {SCHEMA}.notify_changed({kind}, NEW.{owner}::text, OLD.{value}::text);
        END IF;"""


def _remembering(layout: Layout, subjects: Mapping[str, Subject]) -> list[Piece]:
    """Objections to marketing are remembered by address: those to come by a trigger, those that were there by a fill."""
    made = Piece("function remember_objections", "function", Phase.ROWS,
                 queries("houvast.compiler", "people.sql")["remember_objections"],
                 f"DROP FUNCTION {SCHEMA}.remember_objections", "C13", protects=True, as_keeper=True, replaces=True)  # fmt: skip
    watch = trigger("hv_remember", "houvast.stand", f"{SCHEMA}.stand",
                    f"AFTER INSERT ON {SCHEMA}.stand REFERENCING NEW TABLE AS came", "remember_objections", "C13",
                    level="STATEMENT")  # fmt: skip
    wanted = " UNION ALL ".join(
        f"SELECT {SCHEMA}.keyed_hash(i.secret, o.secret, {literal(sort)}, t.{ident(column)}::text) AS hash, s.about"
        f" FROM {SCHEMA}.stand s JOIN {shape.sql} t ON t.{ident(shape.owner_column)}"
        f" = CASE WHEN s.kind = {literal(subject.kind)} THEN s.key::{shape.owner_type} END,"
        f" {SCHEMA}.secret i, {SCHEMA}.secret o WHERE {_halves('=')}"
        f" AND s.kind = {literal(subject.kind)} AND s.stand = 'objected' AND {SCHEMA}.is_marketing(s.about){{pages}}"
        for subject, sort, shape, column in identified(layout, subjects)
        if sort in REMEMBERED
    )
    pieces = [made, replace(watch, phase=Phase.ROWS, as_keeper=True, locks="")]
    if not wanted:
        return pieces
    pages = " AND s.ctid >= {low} AND s.ctid < {high}"
    statement = (f"INSERT INTO {SCHEMA}.suppressed (hash, purpose) SELECT DISTINCT w.hash, w.about"
                 f" FROM ({wanted.format(pages=pages)}) w WHERE w.hash IS NOT NULL ON CONFLICT DO NOTHING")  # fmt: skip
    check = (f"SELECT count(*) FROM ({wanted.format(pages='')}) w WHERE w.hash IS NOT NULL"
             f" AND NOT EXISTS (SELECT FROM {SCHEMA}.suppressed u WHERE u.hash = w.hash AND u.purpose = w.about)")  # fmt: skip
    return [*pieces, Piece("fill suppressed", "fill", Phase.ROWS_FILL, statement, "", "C13", needs=check,
                           fill=Fill("houvast.stand", statement))]  # fmt: skip
