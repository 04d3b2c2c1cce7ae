-- name: alone
-- One erasure of a person at a time. Everybody sees in pg_locks what is locked: only who has the key knows whom that means.
SELECT pg_try_advisory_lock(('x' || encode(substr(sha256(s.secret || convert_to('erasing ' || %s, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint)
FROM houvast.secret s WHERE s.kind = '' AND s.key = 'checks';

-- name: hold_still
-- Nobody places or lifts a hold until this transaction ends.
LOCK TABLE houvast.hold IN SHARE MODE;

-- name: certified
-- What a search afterwards found is told.
SELECT houvast.tell('erasure_certified', 'G05', jsonb_build_object('places', %(places)s::bigint, 'certificate_sha256', %(sha256)s::text));

-- name: number
-- The transaction that is open.
SELECT pg_current_xact_id();

-- name: seen_still
-- Whether somebody reads as of a moment before the end of that transaction, so that its dead rows cannot be cleaned yet.
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
               AND age(backend_xmin) >= age(%(number)s::text::xid8::xid))
    OR EXISTS (SELECT FROM pg_replication_slots WHERE age(xmin) >= age(%(number)s::text::xid8::xid))
    OR EXISTS (SELECT FROM pg_prepared_xacts WHERE age(transaction) >= age(%(number)s::text::xid8::xid));
