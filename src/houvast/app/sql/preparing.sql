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

-- name: next_shown
-- The same of copies that one of the staff asked to see; whose it is, the request says.
UPDATE houvast.shown s SET tries = s.tries + 1 FROM houvast.request q WHERE q.id = s.request AND s.use = (
    SELECT w.use FROM houvast.shown w JOIN houvast.request o ON o.id = w.request
    WHERE w.made_at IS NULL AND NOT w.failed AND w.until > clock_timestamp() AND o.closed_at IS NULL
      AND w.asked_at + w.tries * w.tries * interval '1 second' <= clock_timestamp() ORDER BY w.tries, w.asked_at LIMIT 1)
RETURNING s.use, q.kind || ':' || q.key, q."right", s.language, s.tries;

-- name: show_none
-- What was shown before goes.
DELETE FROM houvast.shown_row WHERE use = %s;

-- name: show_row
-- A row with what goes of it.
INSERT INTO houvast.shown_row (use, place, "table", key, marked, cells) VALUES (%s, %s, %s, %s, %s, %s::jsonb);

-- name: shown
-- It was made.
UPDATE houvast.shown SET made_at = clock_timestamp() WHERE use = %s;

-- name: not_shown
-- It cannot be made.
UPDATE houvast.shown SET failed = true WHERE use = %s;

-- name: sweep_shown
-- What was shown and had its time goes; whether the disk is to be cleaned of it.
SELECT houvast.sweep_shown();

-- name: clean_shown
-- And goes from the disk.
VACUUM (INDEX_CLEANUP ON) houvast.shown_row, houvast.shown;

-- name: shows
-- Whether copies are shown here: a database to which an older release applied its policy shows none.
SELECT to_regclass('houvast.shown') IS NOT NULL;
