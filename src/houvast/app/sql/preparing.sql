-- name: there
-- Whether a policy is kept here under which things are made for people.
SELECT to_regclass('houvast.prepared') IS NOT NULL;

-- name: alone
-- One worker at a time makes them.
SELECT pg_try_advisory_lock(7236541, 7);

-- name: next
-- What was tried least, the oldest first, each again 1, 4, 9 seconds and so on after it was asked; that it is tried is written
-- down before it is made.
UPDATE houvast.prepared d SET tries = d.tries + 1 WHERE d.id = (
    SELECT w.id FROM houvast.prepared w WHERE w.made_at IS NULL AND NOT w.failed AND w.until > clock_timestamp()
      AND w.asked_at + w.tries * w.tries * interval '1 second' <= clock_timestamp() ORDER BY w.tries, w.asked_at LIMIT 1)
RETURNING d.id, d.kind, d.key, d.what, d.language, d.tries;

-- name: made
-- It was made.
UPDATE houvast.prepared SET made_at = clock_timestamp(), content = %s WHERE id = %s;

-- name: failed
-- It cannot be made.
UPDATE houvast.prepared SET failed = true WHERE id = %s;

-- name: sweep
-- What had its time goes.
SELECT houvast.sweep_prepared();
