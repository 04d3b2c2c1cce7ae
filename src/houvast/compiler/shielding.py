"""Pieces that shield free text: what stands there and must not lie open is flagged as it is written, and hidden until an officer decided.

A flag lies in the row, in a column that views ask as they ask whether a value is contested: a table without free text pays
nothing for it. The text stays where it was written and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from houvast.compiler.columns import flag
from houvast.compiler.persons import EQ, definer_trigger, trigger
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.telling import with_words
from houvast.compiler.words import SCHEMA, array, ident, literal, short
from houvast.database.queries import queries

PROMISE = "G16"
_WEB = {
    "public_flagged": f"SELECT ON {SCHEMA}.public_flagged",
    **{name: f"EXECUTE ON FUNCTION {SCHEMA}.{name}" for name in ("open_flagged", "read_flagged", "decide_flagged")},
}
"""What the pages' login may call and read, where it is; `desk` grants the same when it comes later."""


def shielding_pieces(layout: Layout) -> list[Piece]:
    """What is flagged and who decides on it; and for each table with free text, the triggers that flag."""
    texts = queries("houvast.compiler", "shielding.sql")
    shapes = [shape for shape in layout.shapes.values() if shape.shielded]
    pieces = [_piece(name, text) for name, text in texts.items()]
    made = [
        trigger("hv_keep_flagged", f"{SCHEMA}.flagged", f"{SCHEMA}.flagged", f"BEFORE INSERT OR UPDATE ON {SCHEMA}.flagged",
                "flagged_kept", PROMISE),
        trigger("hv_tell_flagged", f"{SCHEMA}.flagged", f"{SCHEMA}.flagged", f"AFTER INSERT OR UPDATE ON {SCHEMA}.flagged",
                "tell_flagged", PROMISE),
    ]  # fmt: skip
    pieces += [replace(one, as_keeper=True, locks="") for one in made]
    pieces += [_text_of(shapes), _settle(shapes)]
    return pieces + [one for shape in shapes for one in _table(shape)]


def _piece(name: str, text: str) -> Piece:
    kind, _, bare = name.partition("_")
    if bare in _WEB:
        text += f""";
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT {_WEB[bare]} TO houvast_web; END IF;
END $$"""
    named = f"{SCHEMA}.{bare}" if kind == "view" else bare
    undo = f"DROP {kind.upper()} {SCHEMA}.{bare}"
    return Piece(
        f"{kind} {named}", kind, Phase.PEOPLE, text, undo, PROMISE, protects=True, as_keeper=True, replaces=True
    )


def _key(shape: Shape, row: str) -> str:
    """SQL: how a flag names a row."""
    columns = [f"{row}.{ident(name)}" for name in shape.relation.key]
    return f"{columns[0]}::text" if len(columns) == 1 else f"pg_catalog.jsonb_build_array({', '.join(columns)})::text"


def _held(shape: Shape, column: str, row: str) -> str:
    """SQL: the kinds that stand in a text of this row and must not lie open there."""
    may = shape.table.columns[column].may_hold
    return f"{SCHEMA}.held_in({row}.{ident(column)}::text, {array(may)})"


def _of(shape: Shape, column: str, alias: str) -> str:
    return f'{alias}.relation {EQ} {literal(shape.name)} AND {alias}."column" {EQ} {literal(column)}'


def _table(shape: Shape) -> list[Piece]:
    sql, columns = shape.sql, shape.shielded
    judge, note = short(f"flag_{shape.id}"), short(f"flagged_{shape.id}")
    key_changed = " OR ".join(f"OLD.{ident(k)} IS DISTINCT FROM NEW.{ident(k)}" for k in shape.relation.key)
    changed = " OR ".join(
        [key_changed, *(f"OLD.{ident(n)} IS DISTINCT FROM NEW.{ident(n)}" for c in columns for n in (c, flag(c)))]
    )
    some = " OR ".join(f"{{row}}.{ident(flag(c))} IS NOT NULL" for c in columns)
    judged = definer_trigger(judge, "\n".join(_judge(shape, c) for c in columns) + "\n    RETURN NEW;", PROMISE)
    noted = definer_trigger(note, _note(shape, key_changed), PROMISE)
    pieces = [
        judged,
        trigger("zzz_hv_flag_new", shape.name, sql, f"BEFORE INSERT ON {sql}", judge, PROMISE),
        trigger("zzz_hv_flag", shape.name, sql, f"BEFORE UPDATE ON {sql}", judge, PROMISE, only=changed),
        noted,
        trigger("hv_flagged_new", shape.name, sql, f"AFTER INSERT ON {sql}", note, PROMISE, only=some.format(row="NEW")),
        trigger("hv_flagged", shape.name, sql, f"AFTER UPDATE ON {sql}", note, PROMISE, only=changed),
        trigger("hv_flagged_gone", shape.name, sql, f"AFTER DELETE ON {sql}", note, PROMISE, only=some.format(row="OLD")),
    ]  # fmt: skip
    return [*(replace(one, phase=Phase.ROWS) for one in pieces), *(_fill(shape, c) for c in columns)]


def _judge(shape: Shape, column: str) -> str:
    """PL/pgSQL: whatever a writer put there, the flag says what stands in the text. An officer's word counts for the
    text that was there, and not for another."""
    text, ours = f"NEW.{ident(column)}", f"NEW.{ident(flag(column))}"
    kept = f"SELECT FROM {SCHEMA}.flagged f WHERE {_of(shape, column, 'f')} AND f.row_key {EQ} {_key(shape, 'NEW')} AND f.state {EQ} 'kept'"
    return f"""    {ours} := CASE
        WHEN {text} IS NULL OR {_held(shape, column, "NEW")} {EQ} '{{}}'::text[] THEN NULL
        WHEN TG_OP {EQ} 'UPDATE' AND {text} IS NOT DISTINCT FROM OLD.{ident(column)}
            AND {_key(shape, "NEW")} {EQ} {_key(shape, "OLD")} AND EXISTS ({kept}) THEN false
        ELSE true END;"""


def _note(shape: Shape, key_changed: str) -> str:
    """PL/pgSQL: the register of flags follows the rows."""
    gone = f"DELETE FROM {SCHEMA}.flagged f WHERE f.relation {EQ} {literal(shape.name)} AND f.row_key {EQ} {_key(shape, 'OLD')};"
    lines = [f"""    IF TG_OP {EQ} 'DELETE' THEN
        {gone}
        RETURN NULL;
    ELSIF TG_OP {EQ} 'UPDATE' AND ({key_changed}) THEN
        {gone}
    END IF;"""]  # fmt: skip
    for column in shape.shielded:
        ours = f"NEW.{ident(flag(column))}"
        lines.append(f"""    IF {ours} THEN
        INSERT INTO {SCHEMA}.flagged AS f (relation, "column", row_key, kinds)
        VALUES ({literal(shape.name)}, {literal(column)}, {_key(shape, "NEW")}, {_held(shape, column, "NEW")})
        ON CONFLICT (relation, row_key, "column") DO UPDATE SET state = 'open', kinds = excluded.kinds, found_at = excluded.found_at;
    ELSIF {ours} IS NULL THEN
        DELETE FROM {SCHEMA}.flagged f WHERE {_of(shape, column, "f")} AND f.row_key {EQ} {_key(shape, "NEW")} AND f.state IN ('open', 'kept');
    END IF;""")
    return "\n".join([*lines, "    RETURN NULL;"])


def _text_of(shapes: Sequence[Shape]) -> Piece:
    """Reads one text, for who looks at it."""
    branches = "".join(
        f"""
    IF {_asked(shape, column)} THEN
        RETURN (SELECT t.{ident(column)}::text FROM {shape.sql} t WHERE {_key(shape, "t")} {EQ} row_key);
    END IF;"""
        for shape in shapes
        for column in shape.shielded
    )
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.flagged_text(relation text, "column" text, row_key text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_variable
BEGIN{branches}
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.flagged_text IS 'One text, for who looks at it (promise {PROMISE})';
REVOKE ALL ON FUNCTION {SCHEMA}.flagged_text(text, text, text) FROM PUBLIC"""
    return _function("flagged_text", create)


def _settle(shapes: Sequence[Shape]) -> Piece:
    """Does with a text what an officer decided; what was not done is refused, and nothing is decided then."""
    branches = "\n".join(_settled(shape, column) for shape in shapes for column in shape.shielded)
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.settle_flagged(relation text, "column" text, row_key text, decision text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_variable
DECLARE
    still boolean;
BEGIN
{branches}
    PERFORM {SCHEMA}.says_no('this text is not there any more', '{PROMISE}', 'houvast flagged list shows what waits.');
EXCEPTION WHEN integrity_constraint_violation THEN
    PERFORM {SCHEMA}.says_no('the table takes no such text', '{PROMISE}', 'Remove it, or let the application delete the row.');
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.settle_flagged IS 'Does what was decided of a flagged text (promise {PROMISE})';
REVOKE ALL ON FUNCTION {SCHEMA}.settle_flagged(text, text, text, text) FROM PUBLIC"""
    return _function("settle_flagged", create)


def _settled(shape: Shape, column: str) -> str:
    live, text, ours = shape.relation.columns[column], f"t.{ident(column)}", f"t.{ident(flag(column))}"
    may = array(shape.table.columns[column].may_hold)
    empty = "''" if live.not_null else "NULL"
    change = f"""CASE decision WHEN 'redacted' THEN {SCHEMA}.redacted({text}::text, {may}) WHEN 'removed' THEN {empty} ELSE {text}::text END"""
    return f"""    IF {_asked(shape, column)} THEN
        UPDATE {shape.sql} t SET {ident(column)} = ({change})::{live.type}, {ident(flag(column))} = NULL
        WHERE {_key(shape, "t")} {EQ} row_key RETURNING {ours} INTO still;
        IF FOUND AND still THEN
            PERFORM {SCHEMA}.says_no('the words could not be taken out of this text', '{PROMISE}', 'Remove the text.');
        END IF;
        IF FOUND THEN RETURN; END IF;
    END IF;"""


def _asked(shape: Shape, column: str) -> str:
    return f'relation {EQ} {literal(shape.name)} AND "column" {EQ} {literal(column)}'


def _function(name: str, create: str) -> Piece:
    return Piece(f"function {name}", "function", Phase.ROWS, create, f"DROP FUNCTION {SCHEMA}.{name}", PROMISE,
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _words() -> str:
    """A digest of what is looked for."""
    return hashlib.sha256(with_words(queries("houvast.compiler", "reasons.sql")["personal_in"]).encode()).hexdigest()[
        :12
    ]


def _fill(shape: Shape, column: str) -> Piece:
    """The texts that were there before: each is looked at once, and again when the words that are looked for change."""
    ours = ident(flag(column))
    statement = f"""WITH f AS (UPDATE {shape.sql} t SET {ours} = true
    WHERE t.ctid >= {{low}} AND t.ctid < {{high}} AND t.{ours} IS NULL AND t.{ident(column)} IS NOT NULL AND {_held(shape, column, "t")} <> '{{}}'
    RETURNING {_key(shape, "t")} AS row_key, {_held(shape, column, "t")} AS kinds)
INSERT INTO {SCHEMA}.flagged (relation, "column", row_key, kinds)
SELECT {literal(shape.name)}, {literal(column)}, f.row_key, f.kinds FROM f ON CONFLICT DO NOTHING"""
    check = f"""SELECT count(*) FROM {SCHEMA}.flagged f WHERE {_of(shape, column, "f")} AND f.state = 'open'
AND NOT EXISTS (SELECT FROM {shape.sql} t WHERE {_key(shape, "t")} = f.row_key AND t.{ours})"""
    return Piece(f"fill flags {shape.name}.{column}", "fill", Phase.ROWS_FILL, f"{statement}\n-- {_words()}", "", PROMISE, needs=check,
                 fill=Fill(shape.name, statement, quiet=True))  # fmt: skip
