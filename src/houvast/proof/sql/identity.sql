-- name: check
-- A check of a canary, with a code that is known.
INSERT INTO houvast.checking (id, kind, key, salt, code, browser, stop)
VALUES (%(check)s, %(kind)s, %(key)s, 'salt', sha256('salt'::bytea || houvast.typed_code(%(code)s)),
        sha256(convert_to(%(browser)s, 'UTF8')), sha256(convert_to(gen_random_uuid()::text, 'UTF8')));

-- name: old
-- Its time is over.
UPDATE houvast.checking SET until = clock_timestamp() WHERE id = %s;

-- name: tries
-- How often it was tried.
SELECT tries FROM houvast.checking WHERE id = %s;

-- name: answer
-- Try a code.
SELECT houvast.answer_code(%s, %s, %s);

-- name: live
-- Whether that gave a session.
SELECT count(*) FROM houvast.session_now(%s);

-- name: ask
-- Ask a code for an address that nobody has.
SELECT houvast.ask_code('email', gen_random_uuid() || '@canary.example', %s, 'houvast prove', 'nl');

-- name: asked
-- The code of the mail that was queued last, which is a blank.
SELECT "values" ->> 'code' FROM houvast.outgoing WHERE blank ORDER BY queued_at DESC LIMIT 1;

-- name: request
-- A request of a canary of which nobody knows whose it is.
INSERT INTO houvast.request (id, kind, key) OVERRIDING SYSTEM VALUE VALUES (-471100, %(kind)s, %(key)s);

-- name: verified
-- It was checked.
UPDATE houvast.request SET verified_at = clock_timestamp(), level = 2 WHERE id = -471100;

-- name: consent
-- A purpose on consent that tells nobody of an objection by address; of marketing that would stay after the canary.
SELECT p.name FROM houvast.purpose p WHERE p.name = ANY (%s) AND p.live AND NOT houvast.is_marketing(p.name) ORDER BY p.name LIMIT 1;

-- name: stood
-- Whether the canary has said yes.
SELECT EXISTS (SELECT FROM houvast.stand WHERE kind = %s AND key = %s AND about = %s AND stand = 'consented');

-- name: unsay
-- What the canary said of it goes.
DELETE FROM houvast.stand WHERE kind = %s AND key = %s AND about = %s AND source = 'person';

-- name: clear
-- What these attempts left goes.
WITH gone AS (DELETE FROM houvast.person_session WHERE "check" = ANY (%(checks)s::uuid[]) RETURNING request),
     requests AS (DELETE FROM houvast.request WHERE id IN (SELECT request FROM gone) OR id = -471100),
     blanks AS (DELETE FROM houvast.outgoing WHERE blank AND "values" ->> 'code' = ANY (%(codes)s))
DELETE FROM houvast.checking WHERE id = ANY (%(checks)s::uuid[]);
