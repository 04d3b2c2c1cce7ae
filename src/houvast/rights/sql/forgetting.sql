-- name: wait
-- No round of the sequencer goes on meanwhile.
SELECT pg_advisory_xact_lock(7236541, 4);

-- name: waiting
-- What is told of this person and not yet in the log.
SELECT count(*) FROM houvast.event WHERE subject_kind = %s AND subject_key = %s;

-- name: close_entries
-- The entries about a person stay as they are signed; nothing opens them any more.
UPDATE houvast.entry SET sealed = NULL, subject_kind = NULL, subject_key = NULL, erased_at = clock_timestamp()
WHERE subject_kind = %s AND subject_key = %s;

-- name: close_uses
-- The register keeps who used data for what and when, and no longer whose.
UPDATE houvast.use SET kind = NULL, person = NULL, erased_at = clock_timestamp() WHERE kind = %s AND person = %s;

-- name: destroy_secret
-- What sealed them.
DELETE FROM houvast.secret WHERE kind = %s AND key = %s;
