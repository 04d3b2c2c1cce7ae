"""Pieces that know each data subject: state, stands, and how a change reaches every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from houvast.compiler.columns import UNCONTESTED, contest_bit
from houvast.compiler.guard import PersonTerms, guard_expression
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.render import where_sql
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.words import SCHEMA, ident, literal, short
from houvast.datamap.model import Stand, Subject, Where
from houvast.policy.model import Policy

EQ = "OPERATOR(pg_catalog.=)"


def definer_trigger(name: str, body: str, promise: str, declare: str = "") -> Piece:
    """A trigger function that runs with the keeper's rights, whatever the search path of who fires it."""
    head = f"DECLARE\n{declare}" if declare else ""
    create = (
        f"CREATE OR REPLACE FUNCTION {SCHEMA}.{ident(name)}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n"
        f"SET search_path = pg_catalog, pg_temp AS $hv$\n"
        f"{head}BEGIN\n{body}\nEND $hv$;\n"
        f"COMMENT ON FUNCTION {SCHEMA}.{ident(name)}() IS {literal(f'Keeps promise {promise}')}"
    )
    return Piece(f"function {name}", "function", Phase.PEOPLE, create, f"DROP FUNCTION {SCHEMA}.{ident(name)}()",
                 promise, protects=True, as_keeper=True, replaces=True)  # fmt: skip


def trigger(
    name: str, table: str, sql: str, when: str, function: str, promise: str, *, level: str = "ROW", only: str = ""
) -> Piece:
    """A trigger on an application's table; `only` = the condition under which it fires."""
    condition = f" WHEN ({only})" if only else ""
    create = (
        f"CREATE OR REPLACE TRIGGER {ident(name)} {when}\n    FOR EACH {level}{condition} EXECUTE FUNCTION {SCHEMA}.{ident(function)}();\n"
        f"COMMENT ON TRIGGER {ident(name)} ON {sql} IS {literal(f'Keeps promise {promise}')}"
    )
    return Piece(f"trigger {name} on {table}", "trigger", Phase.PEOPLE, create, f"DROP TRIGGER {ident(name)} ON {sql}",
                 promise, protects=True, replaces=True, locks=table)  # fmt: skip


def watching(name: str, table: str, sql: str, columns: Sequence[str], function: str, promise: str) -> list[Piece]:
    """Triggers on rows that come, go, or end up with another value in one of these columns, whoever set it."""
    changed = " OR ".join(f"OLD.{ident(c)} IS DISTINCT FROM NEW.{ident(c)}" for c in columns)
    return [
        trigger(short(name), table, sql, f"AFTER INSERT OR DELETE ON {sql}", function, promise),
        trigger(short(f"{name}_changed"), table, sql, f"AFTER UPDATE ON {sql}", function, promise, only=changed),
    ]


def person_functions(bits: Mapping[str, int], versions: Sequence[Policy]) -> list[Piece]:
    """How a person's guard is computed, refreshed and spread to every row."""
    expression = guard_expression(bits, versions, PersonTerms())
    pieces = [Piece(
        "function guard_of", "function", Phase.PEOPLE,
        f"CREATE OR REPLACE FUNCTION {SCHEMA}.guard_of(facts text[], collected timestamptz, closed timestamptz)\n"
        f"RETURNS bigint LANGUAGE sql STABLE AS $hv$ SELECT {expression} $hv$;\n"
        f"COMMENT ON FUNCTION {SCHEMA}.guard_of IS 'The answers about a person, one bit each (promises C13, C30, C32, C56)'",
        f"DROP FUNCTION {SCHEMA}.guard_of", "C13", protects=True, as_keeper=True, replaces=True,
    ), Piece(
        "function refresh_person", "function", Phase.PEOPLE,
        f"""CREATE OR REPLACE FUNCTION {SCHEMA}.refresh_person(k text, who text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    PERFORM FROM {SCHEMA}.person p WHERE p.kind = k AND p.key = who FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    UPDATE {SCHEMA}.person p SET guard = {SCHEMA}.guard_of(s.facts, p.collected_at, p.closed_at), contested = s.contested
    FROM (SELECT coalesce(array_agg(t.stand || ':' || t.about), '{{}}') AS facts,
                 coalesce(array_agg(t.about) FILTER (WHERE t.stand = 'contested'), '{{}}') AS contested
          FROM {SCHEMA}.stand t WHERE t.kind = k AND t.key = who) s
    WHERE p.kind = k AND p.key = who;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.refresh_person IS 'A person''s answers follow their stands at once (promise C13)';
REVOKE ALL ON FUNCTION {SCHEMA}.refresh_person(text, text) FROM PUBLIC""",
        f"DROP FUNCTION {SCHEMA}.refresh_person", "C13", protects=True, as_keeper=True, replaces=True,
    )]  # fmt: skip
    pieces += [
        definer_trigger("stand_changed", f"""    IF TG_OP <> 'INSERT' THEN PERFORM {SCHEMA}.refresh_person(OLD.kind, OLD.key); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM {SCHEMA}.refresh_person(NEW.kind, NEW.key); END IF;
    RETURN NULL;""", "C13"),
        _ours(trigger("hv_stand", "houvast.stand", f"{SCHEMA}.stand",
                      f"AFTER INSERT OR UPDATE OR DELETE ON {SCHEMA}.stand", "stand_changed", "C13")),
    ]  # fmt: skip
    statement = f"""UPDATE {SCHEMA}.person p SET guard = f.guard, contested = f.contested
FROM (SELECT q.kind, q.key, {SCHEMA}.guard_of(coalesce(array_agg(s.stand || ':' || s.about) FILTER (WHERE s.stand IS NOT NULL), '{{}}'),
             q.collected_at, q.closed_at) AS guard,
             coalesce(array_agg(s.about) FILTER (WHERE s.stand = 'contested'), '{{}}') AS contested
      FROM {SCHEMA}.person q LEFT JOIN {SCHEMA}.stand s ON s.kind = q.kind AND s.key = q.key
      WHERE q.ctid >= {{low}} AND q.ctid < {{high}} GROUP BY q.kind, q.key, q.collected_at, q.closed_at) f
WHERE p.kind = f.kind AND p.key = f.key AND (p.guard, p.contested) IS DISTINCT FROM (f.guard, f.contested)"""
    lock = f"SELECT FROM {SCHEMA}.person q WHERE q.ctid >= {{low}} AND q.ctid < {{high}} FOR UPDATE"
    check = f"""SELECT count(*) FROM {SCHEMA}.person p LEFT JOIN (
    SELECT kind, key, array_agg(stand || ':' || about) AS facts FROM {SCHEMA}.stand GROUP BY kind, key) s USING (kind, key)
WHERE p.guard <> {SCHEMA}.guard_of(coalesce(s.facts, '{{}}'), p.collected_at, p.closed_at)"""
    pieces.append(Piece("fill answers", "fill", Phase.PEOPLE_FILL, statement + "\n-- " + expression, "", "C13",
                        needs=check, fill=Fill("houvast.person", statement, lock=lock, quiet=True)))  # fmt: skip
    return pieces


def sees_all_rows(promise: str) -> str:
    """PL/pgSQL that refuses an old snapshot: what it would miss, it could not close."""
    return f"""    IF pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.!~) '^read' THEN
        RAISE EXCEPTION 'Houvast refuses: in this isolation the change would miss rows that were written meanwhile (promise {promise}).'
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Make this change in a READ COMMITTED transaction.';
    END IF;"""


def spread_pieces(layout: Layout, asked: Mapping[str, int]) -> list[Piece]:
    """A change in a person's answers reaches every row of theirs in the same transaction."""
    lines = "\n".join(
        f"    {text};" for shape in layout.shapes.values() if (text := _spread(layout, shape, asked[shape.name]))
    )
    watched = ("guard", "contested", "closed_at")
    only = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in watched)
    found = [
        definer_trigger("spread_person", f"{sees_all_rows('C13')}\n{lines}\n    RETURN NULL;", "C13"),
        _ours(trigger("hv_spread", "houvast.person", f"{SCHEMA}.person", f"AFTER UPDATE ON {SCHEMA}.person",
                      "spread_person", "C13", only=only)),
    ]  # fmt: skip
    return [replace(piece, phase=Phase.ROWS) for piece in found]


def _ours(piece: Piece) -> Piece:
    return replace(piece, as_keeper=True, locks="")


def _spread(layout: Layout, shape: Shape, asked: int) -> str:
    """Touch every row of a person, where a row asks what changed: its own trigger then reads the person anew."""
    if not shape.kind:
        return ""
    changed = f"(OLD.guard OPERATOR(pg_catalog.#) NEW.guard) OPERATOR(pg_catalog.&) {asked} OPERATOR(pg_catalog.<>) 0"
    changed += " OR OLD.contested IS DISTINCT FROM NEW.contested" if shape.contestable else ""
    changed += " OR OLD.closed_at IS DISTINCT FROM NEW.closed_at" if shape.keeps_closed else ""
    which = f"NEW.kind {EQ} {literal(shape.kind)} AND ({changed})"
    touch = f"UPDATE {shape.sql} SET hv_guard = ~hv_guard WHERE"
    if shape.owner_column:
        return f"IF {which} THEN {touch} {_owned(layout, shape)}; END IF"
    owner = f"SELECT o.row_key FROM {shape.owners_table} o WHERE o.person {EQ} NEW.key::{shape.person_type}"
    return f"IF {which} THEN {touch} {shape.hanging(shape.shared_by, f'IN ({owner})')}; END IF"


def _owned(layout: Layout, shape: Shape) -> str:
    """SQL: the row is of this person; where its owner is derived by one foreign key, through that key, which has an index
    where the derived column has none."""
    own = f"{ident(shape.owner_column)} {EQ} NEW.key::{shape.owner_type}"
    path = shape.derived_path(shape.owner_column)
    key = next((k for k in shape.relation.foreign_keys if k.columns == path[:1]), None)
    parent = layout.shapes.get(key.table) if key and len(path) == 2 else None
    if key is None or parent is None or parent.owner_column != path[-1]:
        return own
    above = f"SELECT p.{ident(key.target_columns[0])} FROM {parent.sql} p WHERE p.{ident(parent.owner_column)}"
    return f"{ident(key.columns[0])} IN ({above} {EQ} NEW.key::{parent.owner_type}) AND {own}"


def guard_of_row(shape: Shape, asked: int) -> str:
    """SQL that turns a person `p` into the guard of a row of this table: the answers that are asked there."""
    both, either = "OPERATOR(pg_catalog.&)", "OPERATOR(pg_catalog.|)"
    answers = f"p.guard {both} {asked}"
    contested = " | ".join(
        f"CASE WHEN {literal(f'{shape.name}.{c}')} = ANY (p.contested) THEN {contest_bit(shape, c)}::bigint ELSE 0 END"
        for c in shape.contestable
    )
    if not contested:
        return f"{answers} {either} {UNCONTESTED}"
    return (
        f"{answers} {either} CASE WHEN p.contested = '{{}}' THEN {UNCONTESTED} ELSE {UNCONTESTED} & ~({contested}) END"
    )


def subject_pieces(subject: Subject, shape: Shape, promise: str) -> list[Piece]:
    """Every row of a subject's table is a person: made with it, closed with it, gone with it."""
    kind = literal(subject.kind)
    key, table = ident(subject.key), shape.sql
    since = (
        f"coalesce(NEW.{ident(subject.since)}, pg_catalog.clock_timestamp())"
        if subject.since
        else "pg_catalog.clock_timestamp()"
    )
    closed = f"NEW.{ident(subject.closed)}" if subject.closed else "NULL::timestamptz"
    name = short(f"subject_{shape.id}")
    born = f"""    INSERT INTO {SCHEMA}.person (kind, key, collected_at, closed_at, guard, contested)
    SELECT {kind}, NEW.{key}::text, {since}, {closed}, {SCHEMA}.guard_of(coalesce(pg_catalog.array_agg(s.stand || ':' || s.about), '{{}}'), {since}, {closed}),
        coalesce(pg_catalog.array_agg(s.about) FILTER (WHERE s.stand {EQ} 'contested'), '{{}}')
    FROM {SCHEMA}.stand s WHERE s.kind {EQ} {kind} AND s.key {EQ} NEW.{key}::text
    ON CONFLICT DO NOTHING;
    RETURN NEW;"""
    pieces = [
        definer_trigger(f"{name}_new", born, promise),
        trigger("a_hv_subject", shape.name, table, f"BEFORE INSERT ON {table}", f"{name}_new", promise),
        definer_trigger(f"{name}_gone", f"""    DELETE FROM {SCHEMA}.person p WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{key}::text;
    DELETE FROM {SCHEMA}.stand p WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{key}::text;
    DELETE FROM {SCHEMA}.contact_change p WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{key}::text;
    DELETE FROM {SCHEMA}.passkey p WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{key}::text;
    DELETE FROM {SCHEMA}.oidc_link p WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{key}::text;
    DELETE FROM {SCHEMA}.bounce p WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{key}::text;
    DELETE FROM {SCHEMA}.message p WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{key}::text;
    DELETE FROM {SCHEMA}.opt_out_code p WHERE p.kind {EQ} {kind} AND p.key {EQ} OLD.{key}::text;
    DELETE FROM {SCHEMA}.outgoing p WHERE p.to_kind {EQ} {kind} AND p.to_key {EQ} OLD.{key}::text AND p.template {EQ} 'contact_changed';
    DELETE FROM {SCHEMA}.link p WHERE {kind} {EQ} p.kind AND OLD.{key}::text {EQ} p.key
        OR {kind} {EQ} p.other_kind AND OLD.{key}::text {EQ} p.other_key;
    RETURN NULL;""", promise),
        trigger("hv_subject_gone", shape.name, table, f"AFTER DELETE ON {table}", f"{name}_gone", promise),
    ]  # fmt: skip
    if subject.closed:
        column = ident(subject.closed)
        pieces += [
            definer_trigger(f"{name}_closed", f"""    PERFORM FROM {SCHEMA}.person p
    WHERE p.kind {EQ} {kind} AND p.key {EQ} NEW.{key}::text FOR UPDATE;
    UPDATE {SCHEMA}.person p SET closed_at = NEW.{column}, guard = {SCHEMA}.guard_of(
        coalesce((SELECT pg_catalog.array_agg(s.stand || ':' || s.about) FROM {SCHEMA}.stand s
                  WHERE s.kind {EQ} p.kind AND s.key {EQ} p.key), '{{}}'), p.collected_at, NEW.{column})
    WHERE p.kind {EQ} {kind} AND p.key {EQ} NEW.{key}::text;
    RETURN NULL;""", "C30"),
            trigger("hv_subject_closed", shape.name, table,
                    f"AFTER UPDATE ON {table}", f"{name}_closed", "C30",
                    only=f"OLD.{column} IS DISTINCT FROM NEW.{column}"),
        ]  # fmt: skip
    now_since = f"coalesce(t.{ident(subject.since)}, clock_timestamp())" if subject.since else "clock_timestamp()"
    now_closed = f"t.{ident(subject.closed)}" if subject.closed else "NULL::timestamptz"
    statement = f"""INSERT INTO {SCHEMA}.person (kind, key, collected_at, closed_at, guard)
SELECT {kind}, t.key, t.since, t.closed, {SCHEMA}.guard_of(coalesce(s.facts, '{{}}'), t.since, t.closed)
FROM (SELECT t.{key}::text AS key, {now_since} AS since, {now_closed} AS closed FROM {table} t
      WHERE t.ctid >= {{low}} AND t.ctid < {{high}} FOR SHARE) t
CROSS JOIN LATERAL (SELECT array_agg(stand || ':' || about) AS facts FROM {SCHEMA}.stand a WHERE a.kind = {kind} AND a.key = t.key) s
ON CONFLICT DO NOTHING"""
    check = f"""SELECT count(*) FROM {table} t WHERE NOT EXISTS (
    SELECT FROM {SCHEMA}.person p WHERE p.kind = {kind} AND p.key = t.{key}::text AND p.closed_at IS NOT DISTINCT FROM {now_closed})"""
    pieces.append(Piece(f"fill persons {subject.kind}", "fill", Phase.PEOPLE_FILL, statement, "", promise, needs=check,
                        fill=Fill(shape.name, statement)))  # fmt: skip
    return pieces


def where_columns(where: Where) -> list[str]:
    """The columns that a condition on rows looks at."""
    return [*where.conditions, *filter(None, (where.starts, where.ends))]


def conditions_of(where: Where) -> tuple[str, str, str]:
    """SQL of the condition on the new row, on the old one, and on a row `t`."""
    new, old, row = (where_sql(where, lambda name, of=of: f"{of}.{ident(name)}") for of in ("NEW", "OLD", "t"))
    return new, old, row


def unequal(one: str, other: str) -> str:
    """How many rows are in one of two queries and not in the other."""
    return f"SELECT (SELECT count(*) FROM ({one} EXCEPT {other}) a) + (SELECT count(*) FROM ({other} EXCEPT {one}) b)"


def stand_pieces(number: int, found: Stand, layout_table: tuple[str, str, str], promise: str) -> list[Piece]:
    """Rows of the application that say where a person stands; `layout_table`: (name, sql, key column)."""
    name, table, key_column = layout_table
    person, key = ident(found.path[0]), ident(key_column)
    about = found.purpose
    condition, condition_old, condition_row = conditions_of(found.where)
    source = f"{literal(f'{name}#{number}:')} || NEW.{key}::text"
    trigger_name = short(f"stand_{name.replace('.', '_')}_{found.stand}_{about}")
    old_source = source.replace("NEW.", "OLD.")
    withdrawn = ""
    if found.stand != "objected":
        withdrawn = (f" AND NOT EXISTS (SELECT FROM {SCHEMA}.stand w WHERE w.kind = {literal(found.kind)} AND w.key = t.{person}::text"
                     f" AND w.stand = 'withdrawn' AND w.about = {literal(about)})")  # fmt: skip
    body = f"""    IF TG_OP <> 'INSERT' THEN DELETE FROM {SCHEMA}.stand s WHERE s.source {EQ} ({old_source}); END IF;
    IF TG_OP {EQ} 'DELETE' THEN RETURN NULL; END IF;
    IF {condition} AND NEW.{person} IS NOT NULL THEN
{_given_anew(found, condition_old) if withdrawn else ""}        INSERT INTO {SCHEMA}.stand (kind, key, stand, about, source)
        VALUES ({literal(found.kind)}, NEW.{person}::text, {literal(found.stand)}, {literal(about)}, {source})
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;"""
    columns = list(dict.fromkeys([key_column, found.path[0], *where_columns(found.where)]))
    statement = f"""INSERT INTO {SCHEMA}.stand (kind, key, stand, about, source)
SELECT {literal(found.kind)}, t.{person}::text, {literal(found.stand)}, {literal(about)}, {source.replace("NEW.", "t.")}
FROM {table} t WHERE t.ctid >= {{low}} AND t.ctid < {{high}} AND {condition_row} AND t.{person} IS NOT NULL{withdrawn}
FOR SHARE
ON CONFLICT DO NOTHING"""
    now_is = (f"SELECT {literal(found.kind)}, t.{person}::text, {source.replace('NEW.', 't.')} FROM {table} t"
              f" WHERE {condition_row} AND t.{person} IS NOT NULL{withdrawn}")  # fmt: skip
    kept = (f"SELECT s.kind, s.key, s.source FROM {SCHEMA}.stand s WHERE s.source ^@ {literal(f'{name}#{number}:')}"
            f" AND s.stand = {literal(found.stand)} AND s.about = {literal(about)}")  # fmt: skip
    return [
        definer_trigger(trigger_name, body, promise),
        *watching(f"hv_{trigger_name}", name, table, columns, trigger_name, promise),
        Piece(f"fill {trigger_name}", "fill", Phase.PEOPLE_FILL, statement, "", promise,
              needs=unequal(now_is, kept), fill=Fill(name, statement)),
    ]  # fmt: skip


def _given_anew(found: Stand, before: str) -> str:
    """PL/pgSQL: a yes that was not there before ends a withdrawal; one that was there stays withdrawn."""
    person = ident(found.path[0])
    said = f"w.kind {EQ} {literal(found.kind)} AND w.key {EQ} NEW.{person}::text AND w.stand {EQ} 'withdrawn' AND w.about {EQ} {literal(found.purpose)}"
    before = f"TG_OP {EQ} 'UPDATE' AND coalesce({before}, false) AND OLD.{person} {EQ} NEW.{person}"
    return f"""        IF {before} THEN
            IF EXISTS (SELECT FROM {SCHEMA}.stand w WHERE {said}) THEN RETURN NULL; END IF;
        ELSE
            DELETE FROM {SCHEMA}.stand w WHERE {said};
        END IF;
"""
