-- name: there
-- Whether the log's tables are in this database.
SELECT to_regclass('houvast.event') IS NOT NULL AND to_regclass('houvast.checkpoint') IS NOT NULL;

-- name: tell
-- Write down that something happened.
SELECT houvast.tell(%(kind)s, %(promise)s, %(body)s::jsonb, %(sealed)s::jsonb, %(subject_kind)s, %(subject_key)s);

-- name: unpublished
-- How many events and entries are under no checkpoint yet.
SELECT (SELECT count(*) FROM houvast.event) + coalesce((SELECT max(index) + 1 FROM houvast.entry), 0)
       - coalesce((SELECT max(size) FROM houvast.checkpoint), 0);

-- name: wait_for_sequencer
-- Let a round that is under way end, and none begin but this session's own, until the end of the transaction.
SELECT pg_advisory_xact_lock(7236541, 4);

-- name: hold_events
-- Let no event in until the end of the transaction.
LOCK TABLE houvast.event IN ACCESS EXCLUSIVE MODE;

-- name: lock
-- One sequencer at a time.
SELECT pg_try_advisory_lock(7236541, 4);

-- name: unlock
-- Let another sequencer work.
SELECT pg_advisory_unlock(7236541, 4);

-- name: become_keeper
-- The log's tables are the keeper's.
SET ROLE houvast_keeper;

-- name: resign
-- Be the login again.
RESET ROLE;

-- name: is_due
-- Whether anything waits to be taken or published. Quick.
SELECT g.told > 0 OR EXISTS (SELECT FROM houvast.event)
       OR coalesce((SELECT max(index) + 1 FROM houvast.entry), 0) > coalesce((SELECT max(size) FROM houvast.checkpoint), 0)
FROM (SELECT houvast.gather_refusals() AS told OFFSET 0) g;

-- name: size
-- How many entries there are.
SELECT coalesce(max(index) + 1, 0) FROM houvast.entry;

-- name: last_time
-- When the last entry happened.
SELECT at FROM houvast.entry ORDER BY index DESC LIMIT 1;

-- name: last_checkpoints
-- The two newest checkpoints, newest first.
SELECT size, root, note, made_at FROM houvast.checkpoint ORDER BY size DESC LIMIT 2;

-- name: root_at
-- The root that was signed at a size.
SELECT root FROM houvast.checkpoint WHERE size = %s;

-- name: gather
-- Refused calls, which no rollback undid, become events.
SELECT houvast.gather_refusals();

-- name: waiting
-- The oldest events.
SELECT id, nonce, at, kind, promise, body::text, sealed::text, subject_kind, subject_key FROM houvast.event ORDER BY id LIMIT %s;

-- name: file
-- Events move into the log, each with its number and its canonical bytes; what the outbox holds of them stays in the
-- database.
WITH gone AS (
    DELETE FROM houvast.event e
    USING unnest(string_to_array(%(ids)s, ',')::bigint[], string_to_array(%(indexes)s, ',')::bigint[],
                 string_to_array(%(leaves)s, E'\n')) AS given (id, index, leaf)
    WHERE e.id = given.id
    RETURNING given.index, e.nonce, e.at, e.kind, e.promise, e.body, given.leaf, e.sealed, e.subject_kind, e.subject_key
) INSERT INTO houvast.entry (index, nonce, at, kind, promise, body, leaf, sealed, subject_kind, subject_key)
SELECT index, nonce, at, kind, promise, body, leaf, sealed, subject_kind, subject_key FROM gone;

-- name: make_secrets
-- A secret for each person, and for the log itself, that has none.
INSERT INTO houvast.secret SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[]) ON CONFLICT DO NOTHING;

-- name: secrets
-- The secrets of these, as they are now.
SELECT s.kind, s.key, s.secret FROM houvast.secret s JOIN unnest(%s::text[], %s::text[]) u (kind, key) USING (kind, key);

-- name: copy
-- Entries, many at a time.
COPY houvast.entry (index, nonce, at, kind, promise, body, leaf, sealed, subject_kind, subject_key) FROM STDIN;

-- name: leaves
-- The canonical bytes of a range of entries.
SELECT leaf FROM houvast.entry WHERE index >= %s AND index < %s ORDER BY index;

-- name: drop_known
-- Events that are in the log already: it was adopted from its store.
DELETE FROM houvast.event e USING houvast.entry n WHERE n.nonce = e.nonce;

-- name: checkpoint
-- What was signed, before it is published.
INSERT INTO houvast.checkpoint (size, root, note) VALUES (%s, %s, %s) ON CONFLICT (size) DO UPDATE SET note = excluded.note;

-- name: between
-- The first entry from one moment on, and the one after the last before another. OFFSET 0: by the index of minutes, not
-- along all entries until one fits.
SELECT coalesce((SELECT min(e.index) FROM (SELECT index FROM houvast.entry WHERE at >= %(start)s
           AND date_trunc('minute', at AT TIME ZONE 'UTC') >= date_trunc('minute', %(start)s::timestamptz AT TIME ZONE 'UTC') OFFSET 0) e),
           (SELECT max(index) + 1 FROM houvast.entry), 0),
       coalesce((SELECT max(e.index) + 1 FROM (SELECT index FROM houvast.entry WHERE at < %(stop)s
           AND date_trunc('minute', at AT TIME ZONE 'UTC') <= date_trunc('minute', %(stop)s::timestamptz AT TIME ZONE 'UTC') OFFSET 0) e), 0);

-- name: of_person
-- The entries about a person that can still be opened, oldest first.
SELECT index, leaf, sealed FROM houvast.entry WHERE subject_kind = %s AND subject_key = %s ORDER BY index;

-- name: secret
-- What seals the entries of a person.
SELECT secret FROM houvast.secret WHERE kind = %s AND key = %s;

-- name: status
-- How the log stands: waiting events and the oldest, entries, newest checkpoint.
SELECT (SELECT count(*) FROM houvast.event), (SELECT min(at) FROM houvast.event),
       (SELECT coalesce(max(index) + 1, 0) FROM houvast.entry),
       c.size, c.made_at FROM (SELECT 1) one LEFT JOIN (
           SELECT size, made_at FROM houvast.checkpoint ORDER BY size DESC LIMIT 1) c ON true;
