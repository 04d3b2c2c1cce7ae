"""What a session may call that has a use for one person's rights open: who used their data; that they were erased, corrected."""

from __future__ import annotations

from collections.abc import Mapping

from houvast.compiler.ground import PurposeSeat
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Layout
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, array, ident, literal
from houvast.policy.model import Action, Policy, PurposeKind

NO_CATEGORIES = "(NULL::text, NULL::text[])"
_OPEN_STEPS = f"""
    IF NOT EXISTS (SELECT FROM {SCHEMA}.request q WHERE q.id = of_request AND q.kind || ':' || q.key = who
                   AND q.verified_at IS NOT NULL AND q.closed_at IS NULL) THEN
        PERFORM {SCHEMA}.says_no('no such request of this person is open and checked', 'G05', 'houvast request list shows the requests.');
    END IF;
    INSERT INTO {SCHEMA}.step (request, kind, key, system, what, state)
    SELECT of_request, split_part(who, ':', 1), substr(who, strpos(who, ':') + 1), s.name, of_what, 'planned'
    FROM {SCHEMA}.concerned(split_part(who, ':', 1), substr(who, strpos(who, ':') + 1), of_what) s
    WHERE of_what = 'rectification' OR NOT EXISTS (
        SELECT FROM {SCHEMA}.step o WHERE o.request = of_request AND o.system = s.name AND o.what = of_what);
    INSERT INTO {SCHEMA}.step_value (step, role, sort, value)
    SELECT s.id, v.role, coalesce(v.sort, ''), v.value FROM {SCHEMA}.step s, jsonb_to_recordset(of_values) v (role text, sort text, value text)
    WHERE s.request = of_request AND s.what = of_what AND s.state = 'planned';
    PERFORM {SCHEMA}.know_by(array_agg(s.id)) FROM {SCHEMA}.step s
    WHERE s.request = of_request AND s.what = of_what AND s.state = 'planned';
    UPDATE {SCHEMA}.step s SET state = 'waiting', next_at = clock_timestamp()
    WHERE s.request = of_request AND s.what = of_what AND s.state = 'planned';"""
"""The steps of a request begin, in the transaction in which its data change here."""
_MARK = f"""
    INSERT INTO {SCHEMA}.mark (kind, key, request, place, column_name, row_key)
    SELECT split_part(who, ':', 1), substr(who, strpos(who, ':') + 1), of_request, of_table, of_column, r FROM unnest(of_rows) r;
    PERFORM {SCHEMA}.tell('document_marked', 'C34', jsonb_build_object('table', of_table, 'column', of_column, 'rows', cardinality(of_rows)),
        '{{}}', split_part(who, ':', 1), substr(who, strpos(who, ':') + 1));"""


def uses_of(policy: Policy, found: Mapping[str, PurposeSeat], *, fast: bool) -> Piece:
    """`SELECT * FROM houvast.uses_of('customer', '17')`, with a use for that person's rights open.

    sort: `one person`, a use for this person; `open`, uses of a purpose and login together that were not for one other
    person, with what the policy lets the purpose see; `refused`, a call that named this person (reason: why).
    """
    rights = [seat for seat in found.values() if seat.purpose.kind is PurposeKind.RIGHTS]
    tokens = [Token(seat.number, fast, seat.reader, seat.own) for seat in rights]
    opened = " OR ".join(f"({one.open} AND {one.part(4)} = who)" for one in tokens) or "false"
    promise = next((seat.purpose.promise for seat in rights if seat.purpose.promise), "C33")
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.uses_of(person_kind text, person_key text)
RETURNS TABLE (sort text, purpose text, role text, reason text, since timestamptz, until timestamptz, times bigint, categories text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    who CONSTANT text := person_kind || ':' || person_key;
BEGIN
    IF NOT coalesce({opened}, false)
       OR NOT EXISTS (SELECT FROM {SCHEMA}.request q WHERE q.kind = person_kind AND q.key = person_key AND q.closed_at IS NULL) THEN
        RAISE EXCEPTION 'Houvast refuses: who used somebody''s data is told for an open request of that person alone (promise {promise}).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open a use of the purpose for people''s rights, person => ..., first.';
    END IF;
    RETURN QUERY
    SELECT 'one person', p.name, coalesce(nullif(split_part(u.staff, ' ', 1), ''), u.login::text), u.reason, u.opened_at, coalesce(u.ended_at, u.until), 1::bigint, NULL::text[]
    FROM {SCHEMA}.use u JOIN {SCHEMA}.purpose p ON p.number = u.purpose WHERE u.kind = person_kind AND u.person = person_key
    UNION ALL
    SELECT 'open', p.name, u.login::text, NULL, min(u.opened_at), max(coalesce(u.ended_at, least(u.until, clock_timestamp()))), count(*), min(c.names)
    FROM {SCHEMA}.use u JOIN {SCHEMA}.purpose p ON p.number = u.purpose JOIN (VALUES
        {_categories(policy, found)}) c (purpose, names) ON c.purpose = p.name
    WHERE p.one <> 'person' AND (u.kind, u.person) IS DISTINCT FROM (person_kind, person_key)
      AND coalesce(u.ended_at, u.until) >= (SELECT coalesce(h.collected_at, '-infinity') FROM {SCHEMA}.person h
                                            WHERE h.kind = person_kind AND h.key = person_key)
    GROUP BY p.name, u.login
    UNION ALL
    SELECT 'refused', r.body ->> 'purpose', r.body ->> 'login', r.body ->> 'why', r.at, r.at, 1::bigint, NULL::text[]
    FROM (SELECT e.at, e.body FROM {SCHEMA}.entry e
          WHERE e.kind = 'use_refused' AND e.subject_kind = person_kind AND e.subject_key = person_key
          UNION ALL SELECT v.at, v.body FROM {SCHEMA}.event v
          WHERE v.kind = 'use_refused' AND v.subject_kind = person_kind AND v.subject_key = person_key) r
    ORDER BY 1, 5;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.uses_of IS 'Who used a person''s data (promise {promise})'"""
    return Piece("function uses_of", "function", Phase.PEOPLE, create, f"DROP FUNCTION {SCHEMA}.uses_of", promise,
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _categories(policy: Policy, found: Mapping[str, PurposeSeat]) -> str:
    """VALUES: what the policy lets each purpose see."""
    rows: list[str] = []
    for name, seat in found.items():
        declared = [u for u in policy.uses if name in u.purposes and Action.READ in u.actions]
        everything = seat.purpose.kind is PurposeKind.MIGRATION
        seen = policy.categories if everything else dict.fromkeys(c for u in declared for c in u.categories)
        rows += [f"({literal(name)}, {array(seen)})"] if seen else []
    return ",\n        ".join(rows) or NO_CATEGORIES


def telling_pieces(found: Mapping[str, PurposeSeat], layout: Layout, *, fast: bool) -> list[Piece]:
    """Told in the transaction of what was done, about the person of the use that is open: no caller says whom. An erasure
    is told of a checked request for it, in the transaction that changed so many rows, and leaves no more than it says; it
    also takes what Houvast itself remembers of their addresses that are gone, and ends what else is open for them."""
    rights = [
        Token(seat.number, fast, seat.reader) for seat in found.values() if seat.purpose.kind is PurposeKind.RIGHTS
    ]
    return [
        _telling(rights, "tell_erasure", "G05", "erased bigint, emptied bigint, left_to_others bigint, kept bigint", f"""
{_bound(layout)}
    PERFORM {SCHEMA}.tell('data_erased', 'G05', jsonb_build_object('erased', erased, 'emptied', emptied, 'left', left_to_others, 'kept', kept),
        '{{}}', split_part(who, ':', 1), substr(who, strpos(who, ':') + 1));
    INSERT INTO {SCHEMA}.erased (digest) SELECT encode({SCHEMA}.address_hash('person', who), 'hex')
    WHERE NOT EXISTS (SELECT FROM {SCHEMA}.erased e WHERE e.digest = encode({SCHEMA}.address_hash('person', who), 'hex'));
    DELETE FROM {SCHEMA}.contact_change c WHERE c.kind = split_part(who, ':', 1) AND c.key = substr(who, strpos(who, ':') + 1)
      AND NOT EXISTS (SELECT FROM {SCHEMA}.addresses_of(c.kind, c.key) a WHERE a.sort = c.sort);
    DELETE FROM {SCHEMA}.passkey k WHERE k.kind = split_part(who, ':', 1) AND k.key = substr(who, strpos(who, ':') + 1);
    DELETE FROM {SCHEMA}.oidc_link k WHERE k.kind = split_part(who, ':', 1) AND k.key = substr(who, strpos(who, ':') + 1);
    DELETE FROM {SCHEMA}.bounce b WHERE b.kind = split_part(who, ':', 1) AND b.key = substr(who, strpos(who, ':') + 1);
    DELETE FROM {SCHEMA}.outgoing o WHERE o.to_kind = split_part(who, ':', 1) AND o.to_key = substr(who, strpos(who, ':') + 1);
    DELETE FROM {SCHEMA}.outgoing o USING {SCHEMA}.checking c
    WHERE c.kind = split_part(who, ':', 1) AND c.key = substr(who, strpos(who, ':') + 1)
      AND o.template = 'code' AND c.stop = sha256(convert_to(o."values" ->> 'stop', 'UTF8'));
    PERFORM {SCHEMA}.end_sessions(c.id, NULL) FROM {SCHEMA}.checking c
    WHERE c.kind = split_part(who, ':', 1) AND c.key = substr(who, strpos(who, ':') + 1);
    UPDATE {SCHEMA}.checking c SET stopped_at = clock_timestamp()
    WHERE c.kind = split_part(who, ':', 1) AND c.key = substr(who, strpos(who, ':') + 1) AND c.stopped_at IS NULL AND NOT c.is_right;
    UPDATE {SCHEMA}.use u SET ended_at = clock_timestamp()
    WHERE u.kind = split_part(who, ':', 1) AND u.person = substr(who, strpos(who, ':') + 1) AND u.ended_at IS NULL AND u.id <> ours;"""),
        _telling(rights, "tell_correction", "C34", "of_table text, of_column text, of_rows bigint", f"""
    PERFORM {SCHEMA}.tell('data_corrected', 'C34', jsonb_build_object('table', of_table, 'column', of_column, 'rows', of_rows),
        '{{}}', split_part(who, ':', 1), substr(who, strpos(who, ':') + 1));"""),
        _telling(rights, "open_steps", "G05", "of_request bigint, of_what text, of_values jsonb", _OPEN_STEPS),
        _telling(rights, "mark_kept", "C34", "of_request bigint, of_table text, of_column text, of_rows text[]", _MARK),
    ]  # fmt: skip


def _bound(layout: Layout) -> str:
    """PL/pgSQL: refuses to tell of an erasure that was not asked for, or that did not happen in this transaction."""
    tables = array(shape.sql for shape in layout.shapes.values())
    whose = "split_part(who, ':', 1)", "substr(who, strpos(who, ':') + 1)"
    own = [
        f"CASE WHEN {whose[0]} = {literal(shape.kind)} THEN (SELECT count(*) FROM {shape.sql} t"
        f" WHERE t.{ident(shape.owner_column)} = {whose[1]}::{shape.owner_type}) ELSE 0 END"
        for shape in layout.shapes.values()
        if shape.kind and shape.owner_column and len(shape.derived_path(shape.owner_column)) == 1
    ]
    return f"""    IF NOT EXISTS (SELECT FROM {SCHEMA}.request q WHERE q.kind || ':' || q.key = who AND q."right" = 'erasure'
                   AND q.closed_at IS NULL AND q.verified_at IS NOT NULL AND NOT q.session) THEN
        RAISE EXCEPTION 'Houvast refuses: no checked request of this person to erase their data is open (promise G05).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Register the request and check who asks; then houvast person erase.';
    ELSIF least(erased, emptied, left_to_others, kept) < 0
       OR (SELECT sum(pg_stat_get_xact_tuples_deleted(t::regclass)) < erased
               OR sum(pg_stat_get_xact_tuples_deleted(t::regclass) + pg_stat_get_xact_tuples_updated(t::regclass)) < erased + emptied
           FROM unnest({tables}) t)
       OR ({" + ".join(own) or "0"}) > emptied + left_to_others + kept THEN
        RAISE EXCEPTION 'Houvast refuses: this transaction did not erase what it tells (promise G05).'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Tell it in the transaction that erases, with what that did: houvast person erase does both. It counts with track_counts.';
    END IF;"""


def _telling(rights: list[Token], name: str, promise: str, arguments: str, body: str) -> Piece:
    whens = " ".join(f"WHEN {one.open} THEN {one.part(4)}" for one in rights)
    uses = " ".join(f"WHEN {one.open} THEN {one.use}" for one in rights)
    who, ours = (f"CASE {whens} END", f"(CASE {uses} END)::bigint") if rights else ("NULL", "NULL")
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.{name}({arguments}) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    who CONSTANT text := {who};
    ours CONSTANT bigint := {ours};
BEGIN
    IF coalesce(who, '') = '' THEN
        RAISE EXCEPTION 'Houvast refuses: only who acts on a person''s own request tells what was done to their data (promise {promise}).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open a use of the purpose for people''s rights, person => ..., first.';
    END IF;{body}
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.{name} IS 'The log is told in the same transaction (promise {promise})'"""
    return Piece(f"function {name}", "function", Phase.PEOPLE, create, f"DROP FUNCTION {SCHEMA}.{name}", promise,
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip
