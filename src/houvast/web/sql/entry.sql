-- name: make
-- One-time links by which staff come in, and how often somebody has tried. No names: tokens and callers are hashes.
CREATE TABLE IF NOT EXISTS houvast_desk.invitation (
    token bytea PRIMARY KEY, user_id integer NOT NULL REFERENCES houvast_desk.auth_user ON DELETE CASCADE,
    enters boolean NOT NULL, expires timestamptz NOT NULL, used timestamptz);
COMMENT ON TABLE houvast_desk.invitation IS 'One-time links of staff, by hash; enters: in without a second factor, for the demo';
CREATE TABLE IF NOT EXISTS houvast_desk.tried (
    caller bytea PRIMARY KEY, since timestamptz NOT NULL, times integer NOT NULL);
COMMENT ON TABLE houvast_desk.tried IS 'How often a caller tried to sign in since when, by keyed hash';
CREATE TABLE IF NOT EXISTS houvast_desk.once (
    key bytea PRIMARY KEY, asked bytea NOT NULL, at timestamptz NOT NULL DEFAULT now(), answer text);
COMMENT ON TABLE houvast_desk.once IS 'Calls of the API that are done once, by keyed hash; answers hold numbers and codes';

-- name: made
-- Whether all are there.
SELECT to_regclass('houvast_desk.tried') IS NOT NULL AND to_regclass('houvast_desk.once') IS NOT NULL;

-- name: invite
-- A new link; older ones of the same person no longer count.
WITH gone AS (DELETE FROM houvast_desk.invitation WHERE user_id = %(user)s)
INSERT INTO houvast_desk.invitation (token, user_id, enters, expires)
VALUES (%(token)s, %(user)s, %(enters)s, now() + %(hours)s * interval '1 hour');

-- name: accept
-- Use a link: once, and in time. Two at once: one of them gets the row.
UPDATE houvast_desk.invitation SET used = now()
WHERE token = %s AND used IS NULL AND expires > now() RETURNING user_id, enters;

-- name: count
-- Count a try for each caller and say the highest count; a caller whose time is over begins anew. One statement, so
-- that tries at the same moment cannot pass together.
WITH counted AS (
    INSERT INTO houvast_desk.tried AS t (caller, since, times)
    SELECT caller, now(), 1 FROM unnest(%(callers)s::bytea[]) AS c(caller)
    ON CONFLICT (caller) DO UPDATE SET
        since = CASE WHEN t.since < now() - %(seconds)s * interval '1 second' THEN now() ELSE t.since END,
        times = CASE WHEN t.since < now() - %(seconds)s * interval '1 second' THEN 1 ELSE t.times + 1 END
    RETURNING caller, times)
SELECT caller, times FROM counted;

-- name: forget
-- Counts whose time is long over.
WITH old AS (DELETE FROM houvast_desk.once WHERE at < now() - interval '1 day')
DELETE FROM houvast_desk.tried WHERE since < now() - interval '1 day';

-- name: has_log
-- Whether the database has a log to tell of it: a policy was applied.
SELECT to_regprocedure('houvast.tell_sign_in(text, text)') IS NOT NULL;

-- name: tell_sign_in
-- Tell the log that one of the staff signed in: role and method, and not who.
SELECT houvast.tell_sign_in(%s, %s);
