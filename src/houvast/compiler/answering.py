"""The function with which an application asks, for one person with an open request, who used their data."""

from __future__ import annotations

from collections.abc import Mapping

from houvast.compiler.ground import PurposeSeat
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, array, literal
from houvast.policy.model import Action, Policy, PurposeKind

NO_CATEGORIES = "(NULL::text, NULL::text[])"


def uses_of(policy: Policy, found: Mapping[str, PurposeSeat], *, fast: bool) -> Piece:
    """`SELECT * FROM houvast.uses_of('customer', '17')`, with a use for that person's rights open.

    sort: `one person`, a use for this person; `open`, uses of a purpose and login together that were not for one other
    person, with what the policy lets the purpose see; `refused`, a call that named this person (reason: why).
    """
    rights = [seat for seat in found.values() if seat.purpose.kind is PurposeKind.RIGHTS]
    tokens = [Token(seat.number, fast, seat.reader) for seat in rights]
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
    SELECT 'one person', p.name, u.login::text, u.reason, u.opened_at, coalesce(u.ended_at, u.until), 1::bigint, NULL::text[]
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
