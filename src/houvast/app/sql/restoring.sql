-- name: there
-- Whether erasures are remembered in this database.
SELECT to_regclass('houvast.erased') IS NOT NULL;

-- name: unmirrored
-- Whether an erasure is not yet written down outside of this database.
SELECT EXISTS (SELECT FROM houvast.erased WHERE mirrored_at IS NULL);

-- name: alone
-- One at a time writes them down.
SELECT pg_advisory_xact_lock(7236541, 9);

-- name: erased
-- Who was erased, and when.
SELECT digest, erased_at FROM houvast.erased;

-- name: mirrored
-- All that were read are written down.
UPDATE houvast.erased SET mirrored_at = clock_timestamp() WHERE mirrored_at IS NULL AND digest = ANY (%(digests)s);

-- name: back
-- Who was erased, is here again, and of whom this database does not know that: it is of before their erasure.
SELECT p.kind, p.key FROM houvast.person p
CROSS JOIN LATERAL (SELECT encode(houvast.address_hash('person', p.kind || ':' || p.key), 'hex') AS digest OFFSET 0) d
WHERE d.digest = ANY (%(digests)s) AND NOT EXISTS (SELECT FROM houvast.erased e WHERE e.digest = d.digest) ORDER BY 1, 2;
