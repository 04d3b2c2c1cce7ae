"""Rows that several people own, or may have in their copy: who they are, in tables of Houvast's own that triggers keep.

A row has its owners through its own columns, through link tables, or both. Whatever changes one of these asks anew whom the
row is about, with the row locked: what a link said before does not matter, nor how many say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from houvast.compiler.persons import EQ, definer_trigger, trigger, unequal
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.render import where_sql
from houvast.compiler.shape import Shape
from houvast.compiler.words import KEEPER, SCHEMA, ident, idents, literal, relation, short
from houvast.datamap.model import Owner


def is_plain(shape: Shape) -> bool:
    """Whether the owners are all rows of one link table, in which each stands once: then one link says all of one person."""
    return shape.links_once


def link_sql(way: Owner) -> str:
    """The quoted link table of a way."""
    schema, _, relname = way.through.rpartition(".")
    return relation(schema or "public", relname)


def counts(way: Owner, alias: str) -> str:
    """SQL: a row of the link table links somebody."""
    parts = [f"{alias}.{ident(way.of)} IS NOT NULL", f"{alias}.{ident(way.path[0])} IS NOT NULL"]
    if way.where.conditions:
        parts.append(where_sql(way.where, lambda name: f"{alias}.{ident(name)}"))
    return " AND ".join(parts)


def names(way: Owner, row: str) -> str:
    """SQL: a column of the row names somebody, and no stand-in."""
    column = f"{row}.{ident(way.path[0])}"
    return f"{column} IS NOT NULL" + (f" AND {column}::text <> {literal(way.stand_in)}" if way.stand_in else "")


def _stayed(way: Owner, alias: str) -> str:
    return f"{alias}.{ident(way.left)} IS NULL" if way.left else "true"


def owners_of_row(shape: Shape, key: str, row: str = "") -> str:
    """SQL of (person, stayed): each owner of one row, once. `row`: NEW when its own columns are at hand."""
    here, of_table = (row, "") if row else ("t", f" FROM {shape.sql} t")
    found = [
        f"SELECT {here}.{ident(way.path[0])}::{shape.person_type} AS person, true AS stayed{of_table} WHERE {names(way, here)}"
        + ("" if row else f" AND t.{ident(shape.key)} {EQ} {key}")
        for way in shape.holders
    ]
    found += [
        f"SELECT l.{ident(way.path[0])}::{shape.person_type} AS person, {_stayed(way, 'l')} AS stayed FROM {link_sql(way)} l"
        f" WHERE l.{ident(way.of)} {EQ} {key} AND {counts(way, 'l')}"
        for way in shape.links
    ]
    return f"SELECT w.person, pg_catalog.bool_or(w.stayed) AS stayed FROM ({' UNION ALL '.join(found)}) w GROUP BY w.person"


def _owners_of_all(shape: Shape) -> str:
    """SQL of (row_key, person, stayed): each owner of each row, once."""
    found = [
        f"SELECT t.{ident(shape.key)} AS row_key, t.{ident(way.path[0])}::{shape.person_type} AS person, true AS stayed"
        f" FROM {shape.sql} t WHERE {names(way, 't')}"
        for way in shape.holders
    ]
    found += [
        f"SELECT l.{ident(way.of)} AS row_key, l.{ident(way.path[0])}::{shape.person_type} AS person,"
        f" {_stayed(way, 'l')} AS stayed FROM {link_sql(way)} l WHERE {counts(way, 'l')}"
        for way in shape.links
    ]
    return f"SELECT w.row_key, w.person, bool_or(w.stayed) FROM ({' UNION ALL '.join(found)}) w GROUP BY w.row_key, w.person"


def is_present(row: str) -> str:
    """SQL over the owners of one row (stayed, closed_at): this one has not left, or is the last. Closing is leaving."""
    return (f"{row}.stayed AND ({row}.closed_at IS NULL OR (pg_catalog.bool_and({row}.closed_at IS NOT NULL OR NOT {row}.stayed) OVER ()"
            f" AND {row}.closed_at {EQ} pg_catalog.max({row}.closed_at) FILTER (WHERE {row}.stayed) OVER ()))")  # fmt: skip


def below(shape: Shape, shapes: Iterable[Shape]) -> list[Shape]:
    """The tables whose rows are those of whoever shares a row of this one."""
    return [one for one in shapes if one.above == shape.name]


def touching(shape: Shape, others: Sequence[Shape], key: str) -> str:
    """PL/pgSQL: a row, and what hangs below it, reads its owners anew."""
    return f"UPDATE {shape.sql} SET hv_guard = ~hv_guard WHERE {ident(shape.key)} {EQ} {key};" + touching_below(
        others, key
    )


def touching_below(others: Sequence[Shape], key: str) -> str:
    """PL/pgSQL: what hangs below a row reads its owners anew."""
    return "".join(
        f"\n    UPDATE {one.sql} SET hv_guard = ~hv_guard WHERE {one.hanging(one.shared_by, f'{EQ} {key}')};"
        for one in others
    )


def owner_pieces(shape: Shape, others: Sequence[Shape], promise: str) -> list[Piece]:
    """The table of owners of rows that several people share, kept by triggers on all that says who they are."""
    if not shape.ways:
        return []
    key_type = shape.relation.columns[shape.key].type
    table, bare = shape.owners_table, owners_bare(shape)
    made = Piece(f"table {bare}", "table", Phase.ROWS,
                 f"CREATE TABLE IF NOT EXISTS {table} (row_key {key_type}, person {shape.person_type}, stayed boolean NOT NULL,"
                 f" present boolean NOT NULL, PRIMARY KEY (row_key, person));\n"
                 f"CREATE INDEX IF NOT EXISTS {ident(short(bare + '_person'))} ON {table} (person);\n"
                 f"COMMENT ON TABLE {table} IS {literal(f'Whom the rows of {shape.name} are about (promise {promise})')}",
                 f"DROP TABLE {table}", promise, protects=True, as_keeper=True, replaces=True)  # fmt: skip
    keeping = _plain(shape, others, bare, promise) if is_plain(shape) else _joint(shape, others, bare, promise)
    return [made, *keeping]


def owners_bare(shape: Shape) -> str:
    """The name of the table of owners, without its schema."""
    return shape.owners_table.rpartition(".")[2].replace('"', "")


def _in_rows(piece: Piece) -> Piece:
    return replace(piece, phase=Phase.ROWS)


def _plain(shape: Shape, others: Sequence[Shape], bare: str, promise: str) -> list[Piece]:
    """One link table: each change of a link says all of one owner."""
    (link,) = shape.ways
    through, table = link_sql(link), shape.owners_table
    of, person = ident(link.of), ident(link.path[0])
    stayed = _stayed(link, "NEW")
    body = f"""    IF TG_OP <> 'INSERT' THEN
        DELETE FROM {table} o WHERE o.row_key {EQ} OLD.{of} AND o.person {EQ} OLD.{person};
        {touching(shape, others, f"OLD.{of}")}
    END IF;
    IF TG_OP {EQ} 'DELETE' THEN RETURN NULL; END IF;
    INSERT INTO {table} (row_key, person, stayed, present) VALUES (NEW.{of}, NEW.{person}, {stayed}, {stayed})
    ON CONFLICT (row_key, person) DO UPDATE SET stayed = excluded.stayed, present = excluded.present;
    {touching(shape, others, f"NEW.{of}")}
    RETURN NULL;"""
    row_stayed = stayed.replace("NEW.", "t.")
    statement = f"""INSERT INTO {table} (row_key, person, stayed, present)
SELECT t.{of}, t.{person}, {row_stayed}, {row_stayed} FROM {through} t
WHERE t.ctid >= {{low}} AND t.ctid < {{high}} AND t.{of} IS NOT NULL AND t.{person} IS NOT NULL FOR SHARE
ON CONFLICT DO NOTHING"""
    now_is = (f"SELECT t.{of}, t.{person}, {row_stayed} FROM {through} t"
              f" WHERE t.{of} IS NOT NULL AND t.{person} IS NOT NULL")  # fmt: skip
    check = unequal(now_is, f"SELECT row_key, person, stayed FROM {table}")
    return [
        _in_rows(definer_trigger(bare, body, promise)),
        _in_rows(trigger(short(f"hv_{bare}"), link.through, through,
                         f"AFTER INSERT OR UPDATE OR DELETE ON {through}", bare, promise)),
        Piece(f"fill {bare}", "fill", Phase.OWNERS_FILL, statement, "", promise, needs=check,
              fill=Fill(link.through, statement)),
    ]  # fmt: skip


def _joint(shape: Shape, others: Sequence[Shape], bare: str, promise: str) -> list[Piece]:
    """Several ways: whatever changes one of them, the owners of the row are found anew."""
    table = shape.owners_table
    found = owners_of_row(shape, "$1")
    body = f"""    DELETE FROM {table} o WHERE o.row_key {EQ} $1 AND NOT EXISTS (SELECT FROM ({found}) s WHERE s.person {EQ} o.person);
    INSERT INTO {table} AS o (row_key, person, stayed, present)
    SELECT $1, q.person, q.stayed, {is_present("q")}
    FROM (SELECT s.person, s.stayed, (SELECT p.closed_at FROM {SCHEMA}.person p
              WHERE p.kind {EQ} {literal(shape.kind)} AND p.key {EQ} s.person::text) AS closed_at FROM ({found}) s) q
    ON CONFLICT (row_key, person) DO UPDATE SET stayed = excluded.stayed, present = excluded.present
        WHERE (o.stayed, o.present) IS DISTINCT FROM (excluded.stayed, excluded.present);"""
    pieces = [_function(f"own_{bare}", shape, body, promise), *_row_triggers(shape, others, bare, promise)]
    for number, way in enumerate(shape.links):
        touch = f"{touching(shape, (), 'hv_row')}\n    PERFORM {SCHEMA}.{ident(short(f'own_{bare}'))}(hv_row);"
        pieces += _link_triggers(
            shape, way, f"link_{bare}_{number}", f"    {touch}{touching_below(others, 'hv_row')}", promise
        )
    check = unequal(_owners_of_all(shape), f"SELECT row_key, person, stayed FROM {table}")
    return [*pieces, *_fills(shape, table, bare, check, promise)]


def _function(name: str, shape: Shape, body: str, promise: str) -> Piece:
    """A function that keeps what Houvast knows of the row with the key that it is given."""
    name, kind = short(name), shape.relation.columns[shape.key].type
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.{ident(name)}({kind}) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
{body}
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.{ident(name)} IS {literal(f"Keeps promise {promise}")};
REVOKE ALL ON FUNCTION {SCHEMA}.{ident(name)} FROM PUBLIC"""
    return Piece(f"function {name}", "function", Phase.ROWS, create, f"DROP FUNCTION {SCHEMA}.{ident(name)}", promise,
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _row_triggers(shape: Shape, others: Sequence[Shape], bare: str, promise: str) -> Iterator[Piece]:
    """When the row itself names other people, or goes. After the row: who leaves it may still write that they do."""
    key, own = ident(shape.key), f"PERFORM {SCHEMA}.{ident(short(f'own_{bare}'))}"
    follow = touching_below(others, f"NEW.{key}")
    gone = f"DELETE FROM {shape.owners_table} o WHERE o.row_key {EQ} OLD.{key};"
    body = f"""    IF TG_OP {EQ} 'DELETE' THEN {gone} RETURN NULL; END IF;
    IF TG_OP {EQ} 'UPDATE' AND OLD.{key} IS DISTINCT FROM NEW.{key} THEN {gone} END IF;
    {own}(NEW.{key});{follow}
    RETURN NULL;"""
    watched = [shape.key, *dict.fromkeys(way.path[0] for way in shape.holders)]
    changed = " OR ".join(f"OLD.{ident(c)} IS DISTINCT FROM NEW.{ident(c)}" for c in watched)
    name = short(f"row_{bare}")
    yield _in_rows(definer_trigger(name, body, promise))
    on = shape.name, shape.sql
    yield _in_rows(trigger(short(f"hv_{name}_new"), *on, f"AFTER INSERT OR DELETE ON {shape.sql}", name, promise))
    yield _in_rows(trigger(short(f"hv_{name}"), *on, f"AFTER UPDATE ON {shape.sql}", name, promise, only=changed))


def _link_triggers(shape: Shape, way: Owner, name: str, touch: str, promise: str) -> list[Piece]:
    """When a link comes, goes, or says something else: the row that it led to and the one that it leads to."""
    through, name = link_sql(way), short(name)
    body = f"""    FOR hv_row IN SELECT DISTINCT u FROM pg_catalog.unnest(ARRAY[OLD.{ident(way.of)}, NEW.{ident(way.of)}]) u WHERE u IS NOT NULL LOOP
{touch}
    END LOOP;
    RETURN NULL;"""
    read = idents(dict.fromkeys([way.of, *way.path, *filter(None, (way.left,)), *way.where.conditions]))
    kind = shape.relation.columns[shape.key].type
    return [
        Piece(f"keeper reads {way.through} for {name}", "grant", Phase.ROWS,
              f"GRANT SELECT ({read}) ON {through} TO {KEEPER}", "", promise, protects=True, locks=way.through),
        _in_rows(definer_trigger(name, body, promise, declare=f"    hv_row {kind};\n")),
        _in_rows(trigger(short(f"hv_{name}"), way.through, through, f"AFTER INSERT OR UPDATE OR DELETE ON {through}",
                         name, promise)),
    ]  # fmt: skip


def _fills(shape: Shape, table: str, bare: str, check: str, promise: str) -> Iterator[Piece]:
    """Whom the rows are about that are there already: a fill for each way."""
    pages = "t.ctid >= {low} AND t.ctid < {high}"
    for number, way in enumerate(shape.ways):
        if way.through:
            picked = (f"SELECT t.{ident(way.of)} AS row_key, t.{ident(way.path[0])}::{shape.person_type} AS person, {_stayed(way, 't')} AS stayed"
                      f" FROM {link_sql(way)} t WHERE {pages} AND {counts(way, 't')} FOR SHARE")  # fmt: skip
        else:
            picked = (f"SELECT t.{ident(shape.key)} AS row_key, t.{ident(way.path[0])}::{shape.person_type} AS person, true AS stayed"
                      f" FROM {shape.sql} t WHERE {pages} AND {names(way, 't')} FOR SHARE")  # fmt: skip
        statement = f"""INSERT INTO {table} AS o (row_key, person, stayed, present)
SELECT f.row_key, f.person, bool_or(f.stayed), bool_or(f.stayed) FROM ({picked}) f GROUP BY f.row_key, f.person
ON CONFLICT (row_key, person) DO UPDATE SET stayed = true, present = true WHERE excluded.stayed AND NOT o.stayed"""
        name = f"fill {bare}" + (f" {number}" if number else "")
        yield Piece(name, "fill", Phase.OWNERS_FILL, statement, "", promise, needs=check,
                    fill=Fill(way.through or shape.name, statement))  # fmt: skip


def reader_pieces(shape: Shape, promise: str) -> list[Piece]:
    """The table of who may have a row in their copy through a link, kept by triggers on the link tables."""
    links = [one.way for one in shape.readers if one.way.through]
    if not links:
        return []
    table, key_type = relation(SCHEMA, shape.readers_name), shape.relation.columns[shape.key].type
    bare = shape.readers_name
    found = " UNION ".join(_readers(way, f"l.{ident(way.of)} {EQ} $1") for way in links)
    everyone = " UNION ".join(_readers(way, "true") for way in links)
    body = f"""    DELETE FROM {table} x WHERE x.row_key {EQ} $1;
    INSERT INTO {table} (row_key, kind, person) {found} ON CONFLICT DO NOTHING;"""
    comment = literal(f"Who may have rows of {shape.name} in their copy that are not theirs (promise {promise})")
    pieces = [
        Piece(f"table {bare}", "table", Phase.ROWS,
              f"CREATE TABLE IF NOT EXISTS {table} (row_key {key_type}, kind text, person text, PRIMARY KEY (row_key, kind, person));\n"
              f"CREATE INDEX IF NOT EXISTS {ident(short(bare + '_person'))} ON {table} (person);\n"
              f"COMMENT ON TABLE {table} IS {comment}",
              f"DROP TABLE {table}", promise, protects=True, as_keeper=True, replaces=True),
        _function(f"own_{bare}", shape, body, promise),
    ]  # fmt: skip
    lock = f"        PERFORM FROM {shape.sql} t WHERE t.{ident(shape.key)} {EQ} hv_row FOR NO KEY UPDATE;\n"
    check = unequal(everyone, f"SELECT row_key, kind, person FROM {table}")
    for number, way in enumerate(links):
        pieces += _link_triggers(shape, way, f"link_{bare}_{number}",
                                 f"{lock}        PERFORM {SCHEMA}.{ident(short(f'own_{bare}'))}(hv_row);", promise)  # fmt: skip
        picked = _readers(way, "l.ctid >= {low} AND l.ctid < {high}")
        statement = f"INSERT INTO {table} (row_key, kind, person)\n{picked} FOR SHARE\nON CONFLICT DO NOTHING"
        pieces.append(Piece(f"fill {bare}" + (f" {number}" if number else ""), "fill", Phase.OWNERS_FILL, statement, "",
                            promise, needs=check, fill=Fill(way.through, statement)))  # fmt: skip
    return pieces


def _readers(way: Owner, condition: str) -> str:
    return (f"SELECT l.{ident(way.of)}, {literal(way.kind)}, l.{ident(way.path[0])}::text FROM {link_sql(way)} l"
            f" WHERE {condition} AND {counts(way, 'l')}")  # fmt: skip


def readers_of(shape: Shape, shapes: Mapping[str, Shape]) -> str:
    """SQL of (kind, key): who may have the row with a key in their copy though it is not theirs; each %s is that key. "" when
    there can be nobody."""
    ways: list[str] = []
    for one in shape.readers:
        kind, table, key, person = (
            literal(one.way.kind),
            f"{shape.sql} t",
            f"t.{ident(shape.key)}",
            f"t.{ident(one.column)}",
        )
        if one.way.through:
            table, key, person = f"{relation(SCHEMA, shape.readers_name)} x", "x.row_key", "x.person"
        elif one.above:
            table += f" JOIN {shapes[one.above].owners_table} o ON o.row_key = {person}"
            person = "o.person"
        ways.append(f"SELECT {kind}::text, {person}::text FROM {table} WHERE {key}::text = %s AND {person} IS NOT NULL"
                    + (f" AND x.kind = {kind}" if one.way.through else ""))  # fmt: skip
    return " UNION ".join(ways)
