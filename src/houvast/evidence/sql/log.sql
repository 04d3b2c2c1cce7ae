-- name: log
-- The log that anyone can check: what happened waits in `event`, written in the transaction in which it happened; the
-- sequencer moves it to `entry`. Nobody but the keeper reads or writes these tables (promise C01).
CREATE TABLE IF NOT EXISTS houvast.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, nonce uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), kind text NOT NULL,
    promise text NOT NULL DEFAULT '' CHECK (promise ~ '^([A-Za-z][A-Za-z0-9_-]{0,39})?$'),
    body jsonb NOT NULL, sealed jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(sealed) = 'object' AND length(sealed::text) <= 20000),
    subject_kind text, subject_key text, CHECK ((subject_kind IS NULL) = (subject_key IS NULL)));
ALTER TABLE houvast.event DROP CONSTRAINT IF EXISTS event_is_of_a_kind;
-- A function, for PostgreSQL reads the whole text of a CHECK anew for each statement: 0.27 ms for all kinds.
CREATE OR REPLACE FUNCTION houvast.is_of_a_kind(kind text, body jsonb, sealed jsonb, subject_kind text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ BEGIN
{kinds}
END $$;
COMMENT ON FUNCTION houvast.is_of_a_kind(text, jsonb, jsonb, text) IS 'What each kind of event holds, and nothing else (promise C01).';
REVOKE ALL ON FUNCTION houvast.is_of_a_kind(text, jsonb, jsonb, text) FROM PUBLIC;
ALTER TABLE houvast.event ADD CONSTRAINT event_is_of_a_kind CHECK (houvast.is_of_a_kind(kind, body, sealed, subject_kind));
COMMENT ON TABLE houvast.event IS 'What happened and waits to be taken into the log, in the transaction of what happened (promise C01).';
CREATE TABLE IF NOT EXISTS houvast.entry (
    index bigint PRIMARY KEY, nonce uuid NOT NULL UNIQUE, at timestamptz NOT NULL, kind text NOT NULL, promise text NOT NULL,
    body jsonb NOT NULL, leaf text NOT NULL, sealed jsonb, subject_kind text, subject_key text);
ALTER TABLE houvast.entry ADD COLUMN IF NOT EXISTS erased_at timestamptz;
CREATE INDEX IF NOT EXISTS entry_subject ON houvast.entry (subject_kind, subject_key, index) WHERE subject_kind IS NOT NULL;
CREATE INDEX IF NOT EXISTS entry_kind ON houvast.entry (kind, index);
CREATE INDEX IF NOT EXISTS entry_promise ON houvast.entry (promise, index) WHERE promise <> '';
CREATE INDEX IF NOT EXISTS entry_minute ON houvast.entry (date_trunc('minute', at AT TIME ZONE 'UTC'), index) INCLUDE (at);
COMMENT ON TABLE houvast.entry IS 'The entries of the log in order, and what opens their sealed fields until it is erased (promise C01).';
CREATE TABLE IF NOT EXISTS houvast.secret (
    kind text COLLATE "C", key text COLLATE "C", secret bytea NOT NULL CHECK (length(secret) = 32), PRIMARY KEY (kind, key));
COMMENT ON TABLE houvast.secret IS 'From what each person''s entries are sealed with; destroyed at erasure. Of nobody: the log''s own (promise C01).';
CREATE TABLE IF NOT EXISTS houvast.checkpoint (
    size bigint PRIMARY KEY, root bytea NOT NULL CHECK (length(root) = 32), note text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.checkpoint IS 'What was signed of the log, when it had how many entries (promise C01).';

-- name: tell
-- Writes down that something happened, in the transaction in which it does; only the keeper's own functions call it
-- (promise C01).
CREATE OR REPLACE FUNCTION houvast.tell(kind text, promise text, body jsonb, sealed jsonb DEFAULT '{}',
    subject_kind text DEFAULT NULL, subject_key text DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO houvast.event (kind, promise, body, sealed, subject_kind, subject_key)
    VALUES (tell.kind, tell.promise, tell.body, tell.sealed, tell.subject_kind, tell.subject_key);
END;
REVOKE ALL ON FUNCTION houvast.tell(text, text, jsonb, jsonb, text, text) FROM PUBLIC;

-- name: tell_sign_in
-- For the pages: one of the staff signed in. Of the log their login may tell this and `tell_export` (promise C01).
CREATE OR REPLACE FUNCTION houvast.tell_sign_in(role text, method text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT houvast.tell('staff_signed_in', '', jsonb_build_object('role', tell_sign_in.role, 'method', tell_sign_in.method));
END;
REVOKE ALL ON FUNCTION houvast.tell_sign_in(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'houvast_web') THEN
        GRANT EXECUTE ON FUNCTION houvast.tell_sign_in(text, text) TO houvast_web;
    END IF;
END $$;

-- name: tell_export
-- For the pages: one of the staff took a part of the log along, to hand it out (promise C01).
CREATE OR REPLACE FUNCTION houvast.tell_export(role text, first bigint, last bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT houvast.tell('evidence_exported', '', jsonb_build_object('role', tell_export.role, 'first', tell_export.first, 'last', tell_export.last));
END;
REVOKE ALL ON FUNCTION houvast.tell_export(text, bigint, bigint) FROM PUBLIC;

-- name: shown
-- For the pages: what is public of the log, with times to the minute, and how it stands. It is all that their login may
-- read of it; what is sealed, whom an entry is about and every secret stay with the keeper (promise C01).
CREATE OR REPLACE VIEW houvast.public_entry AS
SELECT index, date_trunc('minute', at AT TIME ZONE 'UTC') AS minute, kind, promise, body, leaf FROM houvast.entry;
COMMENT ON VIEW houvast.public_entry IS 'The entries of the log without what is sealed in them; minute: in UTC (promise C01).';
CREATE OR REPLACE VIEW houvast.public_log AS
SELECT e.waiting, date_trunc('minute', e.oldest AT TIME ZONE 'UTC') AS oldest,
       coalesce((SELECT max(index) + 1 FROM houvast.entry), 0) AS entries, c.size, c.note, c.made_at
FROM (SELECT count(*) AS waiting, min(at) AS oldest FROM houvast.event) e
     LEFT JOIN (SELECT size, note, made_at FROM houvast.checkpoint ORDER BY size DESC LIMIT 1) c ON true;
COMMENT ON VIEW houvast.public_log IS 'How the log stands: what waits, and the newest checkpoint (promise C01).';
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'houvast_web') THEN
        GRANT EXECUTE ON FUNCTION houvast.tell_export(text, bigint, bigint) TO houvast_web;
        GRANT SELECT ON houvast.public_entry, houvast.public_log TO houvast_web;
    END IF;
END $$;
