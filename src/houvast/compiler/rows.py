"""Pieces that guard a table's rows: row security, Houvast's columns, and the triggers that keep them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from houvast.compiler.columns import CLOSED, UNCONTESTED, contest_bit, flag, hidden
from houvast.compiler.fills import FILLING, chain, fill_piece, lost_guard
from houvast.compiler.joining import joining_pieces
from houvast.compiler.persons import EQ, definer_trigger, guard_of_row, sees_all_rows, trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Shape
from houvast.compiler.shared import is_present, owner_pieces, owners_of_row, reader_pieces
from houvast.compiler.words import KEEPER, SCHEMA, ident, idents, literal, relation, short
from houvast.database.catalogue import Catalogue, Relation
from houvast.datamap.model import Path

NOBODYS = (1 << 63) - 1
"""Guard of a row that belongs to nobody by nature: every answer is yes, and bit 63 stays unset."""


def asked_setting(table: str) -> str:
    """The setting that says which answers the rows of a table are asked."""
    return f"asked of {table}"


def close_table(shape: Shape, promise: str) -> Piece:
    """Row security on, for the owner too: nobody sees a row until a policy says so."""
    live = shape.relation
    undo = [f"ALTER TABLE {shape.sql} {'ENABLE' if live.row_security else 'DISABLE'} ROW LEVEL SECURITY",
            f"ALTER TABLE {shape.sql} {'FORCE' if live.force else 'NO FORCE'} ROW LEVEL SECURITY"]  # fmt: skip
    return Piece(f"row security {shape.name}", "row security", Phase.CLOSE,
                 f"ALTER TABLE {shape.sql} ENABLE ROW LEVEL SECURITY;\nALTER TABLE {shape.sql} FORCE ROW LEVEL SECURITY",
                 ";\n".join(undo), promise, protects=True, locks=shape.name)  # fmt: skip


def column_pieces(shape: Shape, promise: str) -> list[Piece]:
    """Houvast's columns. The most common guard is given as the default of the rows that are there, which
    writes no row; the fill then corrects the others, before any policy opens the table."""
    common = f"SELECT {NOBODYS}::bigint"
    if shape.kind:
        asked = f"(SELECT value::bigint FROM {SCHEMA}.setting WHERE name = {literal(asked_setting(shape.name))})"
        common = (f"SELECT coalesce((SELECT guard & {asked} FROM {SCHEMA}.person WHERE kind = {literal(shape.kind)}"
                  f" GROUP BY 1 ORDER BY count(*) DESC LIMIT 1), 0) | {UNCONTESTED}::bigint")  # fmt: skip
    named = shape.sql.replace("%", "%%")
    alter = f"ALTER TABLE {named} ADD COLUMN IF NOT EXISTS hv_guard bigint NOT NULL DEFAULT %s"
    about = f"Answers about the data subjects of the row; granted to nobody (promise {promise})"
    create = f"""DO $hv$ BEGIN
    EXECUTE format({literal(alter)}, ({common}));
END $hv$;
ALTER TABLE {shape.sql} ALTER COLUMN hv_guard SET DEFAULT {0 if shape.kind else NOBODYS};
COMMENT ON COLUMN {shape.sql}.hv_guard IS {literal(about)}"""

    def column(name: str, kind: str) -> Piece:
        return Piece(f"column {shape.name}.{name}", "column", Phase.ROWS,
                     f"ALTER TABLE {shape.sql} ADD COLUMN {ident(name)} {kind}",
                     f"ALTER TABLE {shape.sql} DROP COLUMN {ident(name)}", promise, protects=True, locks=shape.name)  # fmt: skip

    reads = [
        c
        for c in (
            *shape.relation.key,
            shape.owner_column,
            shape.shared_by,
            *(way.path[0] for way in shape.holders),
            *(reader.column for reader in shape.readers),
            *(d.path[0] for d in shape.derived),
            *shape.identifiers.values(),
            *_decides_by(shape),
            *filter(None, (shape.called,)),
            *shape.post,
            *shape.shielded,
        )
        if c in shape.relation.columns
    ]
    flags = [flag(c) for c in shape.shielded]
    ours = [*(hidden(c) for c in shape.contestable), *flags, *((CLOSED,) if shape.keeps_closed else ()),
            *(("hv_writer",) if shape.may_lack_owner else ())]  # fmt: skip
    names = idents(dict.fromkeys([*reads, *(d.column for d in shape.derived), "hv_guard", *ours]))
    pieces = [Piece(f"column {shape.name}.hv_guard", "column", Phase.ROWS, create,
                    f"ALTER TABLE {shape.sql} DROP COLUMN hv_guard", promise, protects=True, replaces=True, locks=shape.name)]  # fmt: skip
    pieces += [column(d.column, d.type) for d in shape.derived]
    pieces += [column(name, "boolean") for name in (*map(hidden, shape.contestable), *flags)]
    if shape.keeps_closed:
        pieces.append(column(CLOSED, "timestamptz"))
    if shape.may_lack_owner:
        pieces.append(column("hv_writer", "int"))
    return [
        *pieces,
        Piece(f"keeper on {shape.name}", "grant", Phase.ROWS,
              f"GRANT SELECT ({names}), UPDATE ({', '.join(['hv_guard', *map(ident, (*shape.shielded, *flags))])}) ON {shape.sql} TO {KEEPER};\n"
              f"GRANT USAGE ON SCHEMA {ident(shape.relation.schema)} TO {KEEPER}",
              f"REVOKE ALL ON {shape.sql} FROM {KEEPER}", promise, protects=True, replaces=True, locks=shape.name),
        Piece(f"policy hv_keeper on {shape.name}", "policy", Phase.ROWS,
              f"DROP POLICY IF EXISTS hv_keeper ON {shape.sql};\nCREATE POLICY hv_keeper ON {shape.sql} TO {KEEPER} USING (true);\n"
              f"COMMENT ON POLICY hv_keeper ON {shape.sql} IS 'Houvast keeps the guards of rows (promise {promise})'",
              f"DROP POLICY IF EXISTS hv_keeper ON {shape.sql}", promise, protects=True, replaces=True, locks=shape.name),
    ]  # fmt: skip


def _decides_by(shape: Shape) -> Iterator[str]:
    """The columns that conditions on a row look at: dates, cases, states, and what values were given for."""
    yield from (column for column, _ in shape.events.values())
    yield from shape.cases.values()
    yield from (shape.closed_column, shape.table.given_for)
    yield from (column.given_for for column in shape.table.columns.values())
    for one in shape.own_circumstances:
        yield from (*one.where.conditions, one.where.starts, one.where.ends)


def _derive_sql(shape: Shape, way: Path, catalogue: Catalogue) -> str:
    """SELECT of the values at the ends of paths that go the same way, from NEW. The rows on the way stay as they are until commit;
    one writer at a time, because who writes below a row often changes it next."""
    ends = [d for d in shape.derived if d.path[:-1] == way]
    found = chain(shape, ends[0], catalogue, "NEW", "d", EQ)
    values = ", ".join(chain(shape, d, catalogue, "NEW", "d", EQ).value for d in ends)
    targets = ", ".join(f"NEW.{ident(d.column)}" for d in ends)
    tables = ", ".join(f"{table} {alias}" for table, alias, _ in found.links)
    conditions = " AND ".join(condition for _, _, condition in found.links)
    return f"SELECT {values} INTO {targets} FROM {tables} WHERE {conditions} FOR NO KEY UPDATE;"


def _owner_sql(shape: Shape, lost: int, asked: int) -> str:
    """PL/pgSQL that fills NEW.hv_guard from the owners, with their state locked until commit."""
    row = guard_of_row(shape, asked)
    closed = (", p.closed_at", f", NEW.{CLOSED}") if shape.keeps_closed else ("", "")
    if shape.owner_column:
        return (f"    SELECT {row}{closed[0]} INTO found{closed[1]} FROM {SCHEMA}.person p WHERE p.kind {EQ} {literal(shape.kind)}"
                f" AND p.key {EQ} NEW.{ident(shape.owner_column)}::text FOR SHARE;")  # fmt: skip
    owners, key = shape.owners_table, ident(shape.shared_by)
    kind = literal(shape.kind)
    here = "FILTER (WHERE s.present AND s.g IS NOT NULL)"
    closing = (f",\n           CASE WHEN pg_catalog.bool_and(s.closed_at IS NOT NULL) {here} THEN pg_catalog.max(s.closed_at) {here} END"
               if shape.keeps_closed else "")  # fmt: skip
    joint = not (shape.above or shape.links_once)
    listed = owners_of_row(shape, f"NEW.{key}", "NEW") if joint else (
        f"SELECT o.person FROM {owners} o WHERE o.row_key {EQ} NEW.{key}")  # fmt: skip
    known = f"""(SELECT {row} AS g, p.closed_at FROM {SCHEMA}.person p
              WHERE p.kind {EQ} {kind} AND p.key {EQ} o.person::text OFFSET 0)"""
    answers = f"SELECT p.g, p.closed_at, o.present FROM {owners} o LEFT JOIN LATERAL {known} p ON true\n          WHERE o.row_key {EQ} NEW.{key}"
    if joint:
        answers = f"""SELECT q.g, q.closed_at, {is_present("q")} AS present FROM (
        SELECT p.g, p.closed_at, o.stayed FROM ({listed}) o LEFT JOIN LATERAL {known} p ON true) q"""
    return f"""    PERFORM FROM {SCHEMA}.person p WHERE p.kind {EQ} {kind} AND p.key {EQ} ANY (ARRAY(
        SELECT o.person::text FROM ({listed}) o)) ORDER BY p.key FOR SHARE;
    UPDATE {owners} o SET present = s.present FROM (
        SELECT q.person, q.stayed AND (p.closed_at IS NULL OR (pg_catalog.bool_and(p.closed_at IS NOT NULL OR NOT q.stayed) OVER ()
               AND p.closed_at {EQ} pg_catalog.max(p.closed_at) FILTER (WHERE q.stayed) OVER ())) AS present
        FROM {owners} q LEFT JOIN LATERAL (SELECT r.closed_at FROM {SCHEMA}.person r
            WHERE r.kind {EQ} {kind} AND r.key {EQ} q.person::text OFFSET 0) p ON true
        WHERE q.row_key {EQ} NEW.{key}) s
    WHERE o.row_key {EQ} NEW.{key} AND o.person {EQ} s.person AND o.present IS DISTINCT FROM s.present;
    SELECT CASE WHEN pg_catalog.bool_or(s.present)
                THEN (pg_catalog.bit_and(coalesce(s.g, 0)) & ~1::bigint) | pg_catalog.bit_or(s.g & 1) FILTER (WHERE s.present)
                ELSE pg_catalog.bit_and(coalesce(s.g, 0)) & {lost} END{closing} INTO found{closed[1]}
    FROM ({answers}) s;"""


def keep_pieces(
    shape: Shape, others: Sequence[Shape], bits: Mapping[str, int], asked: int, catalogue: Catalogue, promise: str
) -> list[Piece]:
    """The trigger that computes a row's guard whatever a writer put there. `others`: tables whose rows have its owners."""
    if not shape.kind:
        return [*_nobodys(shape, promise), *reader_pieces(shape, promise), *joining_pieces(shape)]
    ways = dict.fromkeys(d.path[:-1] for d in shape.derived)
    lines = [f"    {_derive_sql(shape, way, catalogue)}" for way in ways]
    lines.append(_owner_sql(shape, lost_guard(bits), asked))
    lines.append(f"    NEW.hv_guard := coalesce(found, {lost_guard(bits)});")
    lines += _hide(shape)
    if shape.may_lack_owner:
        lines.append(f"""    IF found IS NOT NULL THEN NEW.hv_writer := NULL;
    ELSIF TG_OP {EQ} 'INSERT' THEN NEW.hv_writer := {SCHEMA}.purpose_now();
    ELSE NEW.hv_writer := OLD.hv_writer; END IF;""")
    for column in _given_columns(shape):
        quoted = ident(column)
        lines.insert(
            0,
            f"""    IF TG_OP {EQ} 'UPDATE' AND NEW.{quoted} IS DISTINCT FROM OLD.{quoted} THEN
        RAISE EXCEPTION 'Houvast refuses: what a value was given for never changes (promise C14).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Ask the person anew and store the answer as a new row.';
    END IF;""",
        )
    lines.insert(
        0, f"""    IF pg_catalog.current_setting('backtrace_functions') {EQ} '{FILLING}' THEN RETURN NEW; END IF;"""
    )
    lines.append("    RETURN NEW;")
    name = short(f"keep_{shape.id}")
    watched = [*dict.fromkeys([shape.derived_path(shape.owner_column)[0] if shape.owner_column else "",
                               shape.derived_path(shape.shared_by)[0] if shape.above else "",
                               *(way.path[0] for way in shape.holders),
                               *(d.path[0] for d in shape.derived), *_given_columns(shape)])]  # fmt: skip
    ours = ["hv_guard", *(d.column for d in shape.derived), *map(hidden, shape.contestable),
            *([CLOSED] if shape.keeps_closed else []), *(["hv_writer"] if shape.may_lack_owner else [])]  # fmt: skip
    changed = " OR ".join(f"OLD.{ident(c)} IS DISTINCT FROM NEW.{ident(c)}" for c in [*watched, *ours] if c)
    keep = trigger("zzz_hv_keep", shape.name, shape.sql, f"BEFORE UPDATE ON {shape.sql}", name, promise, only=changed)
    bulk, settle = fill_piece(shape, bits, asked, catalogue)
    return [
        _in_rows(definer_trigger(name, "\n".join(lines), promise, declare="    found bigint;\n")),
        _in_rows(trigger("zzz_hv_keep_new", shape.name, shape.sql, f"BEFORE INSERT ON {shape.sql}", name, promise)),
        replace(_in_rows(keep), phase=Phase.ROWS_KEEP if settle else Phase.ROWS, fill=settle),
        *owner_pieces(shape, others, promise),
        *reader_pieces(shape, promise),
        *joining_pieces(shape),
        *_parents(shape, catalogue, promise),
        bulk,
    ]  # fmt: skip


def _hide(shape: Shape) -> list[str]:
    """PL/pgSQL that says for each column that can be contested whether an owner does."""
    if not shape.contestable:
        return []
    both = "OPERATOR(pg_catalog.&)"
    bits = [(hidden(c), contest_bit(shape, c)) for c in shape.contestable]
    sets = "\n".join(
        f"        NEW.{ident(name)} := CASE WHEN (NEW.hv_guard {both} {bit}::bigint) {EQ} 0 THEN true END;"
        for name, bit in bits
    )
    every = sum(bit for _, bit in bits)
    return [
        f"    IF TG_OP {EQ} 'UPDATE' OR (NEW.hv_guard {both} {every}::bigint) OPERATOR(pg_catalog.<>) {every} THEN\n{sets}\n    END IF;"
    ]


def _given_columns(shape: Shape) -> list[str]:
    columns = [shape.table.given_for, *(c.given_for for c in shape.table.columns.values())]
    return [c for c in dict.fromkeys(columns) if c]


def _in_rows(piece: Piece) -> Piece:
    return Piece(piece.name, piece.kind, Phase.ROWS, piece.create, piece.undo, piece.promise, protects=True,
                 as_keeper=piece.as_keeper, replaces=True, locks=piece.locks)  # fmt: skip


def _nobodys(shape: Shape, promise: str) -> list[Piece]:
    name = short(f"keep_{shape.id}")
    body = f"    NEW.hv_guard := {NOBODYS};\n    RETURN NEW;"
    return [
        _in_rows(definer_trigger(name, body, promise)),
        _in_rows(trigger("zzz_hv_keep", shape.name, shape.sql, f"BEFORE INSERT OR UPDATE ON {shape.sql}", name, promise)),
    ]  # fmt: skip


def _parents(shape: Shape, catalogue: Catalogue, promise: str) -> list[Piece]:
    """When a parent on a path changes, the rows below follow."""
    pieces: list[Piece] = []
    done: set[tuple[str, int]] = set()
    for derived in shape.derived:
        here, inner = shape.relation, ""
        for number, step in enumerate(derived.path[:-1]):
            key = next(k for k in here.foreign_keys if k.columns == (step,))
            parent: Relation = catalogue.relations[key.table]
            target, watched = ident(key.target_columns[0]), derived.path[number + 1]
            value = f"NEW.{target}"
            condition = f"{ident(step)} {EQ} {value}"
            if number:
                condition = inner.format(condition)
            inner = (f"{ident(step)} IN (SELECT {target} FROM {relation(parent.schema, parent.relname)} WHERE {{}})"
                     if not number else inner.format(f"{ident(step)} IN (SELECT {target} FROM {relation(parent.schema, parent.relname)} WHERE {{}})"))  # fmt: skip
            here = parent
            if (f"{parent.name}.{watched}", number) in done:
                continue
            done.add((f"{parent.name}.{watched}", number))
            name = short(f"up_{shape.id}_{parent.name.replace('.', '_')}_{watched}")
            sql = relation(parent.schema, parent.relname)
            body = f"{sees_all_rows(promise)}\n    UPDATE {shape.sql} SET hv_guard = ~hv_guard WHERE {condition};\n    RETURN NULL;"
            grant = f"GRANT SELECT ({target}, {ident(watched)}), UPDATE ({target}) ON {sql} TO {KEEPER}"
            function = definer_trigger(name, body, promise)
            pieces += [
                Piece(f"keeper reads {parent.name}.{watched}", "grant", Phase.ROWS, grant, "", promise,
                      protects=True, locks=parent.name),
                _in_rows(function),
                _in_rows(trigger(short(f"hv_{name}"), parent.name, sql, f"AFTER UPDATE ON {sql}", name, promise,
                                 only=f"OLD.{ident(watched)} IS DISTINCT FROM NEW.{ident(watched)}")),
            ]  # fmt: skip
    return pieces
