-- name: passkey
-- A passkey of a canary that was used so often.
INSERT INTO houvast.passkey (credential, kind, key, alg, public, origin, counter)
VALUES (%(credential)s, %(kind)s, %(key)s, -7, %(public)s, %(origin)s, %(counter)s)
ON CONFLICT (credential) DO UPDATE SET (kind, key, counter) = (excluded.kind, excluded.key, excluded.counter);

-- name: gone
-- The passkey was taken away.
DELETE FROM houvast.passkey WHERE credential = %s;

-- name: ceremony
-- Something to sign, which is known beforehand. `mine`: for a passkey that is added, not for coming in.
INSERT INTO houvast.ceremony (id, kind, key, challenge, browser, until)
VALUES (%(id)s, CASE WHEN %(mine)s THEN %(kind)s END, CASE WHEN %(mine)s THEN %(key)s END, %(challenge)s,
        sha256(convert_to(%(browser)s, 'UTF8')), clock_timestamp() + %(seconds)s * interval '1 second');

-- name: answer
-- What a device signed.
SELECT houvast.answer_passkey(%s, %s, %s, %s, %s, %s);

-- name: live
-- Whether that gave a session.
SELECT count(*) FROM houvast.session_now(%s);

-- name: clear
-- What these attempts left goes.
WITH gone AS (DELETE FROM houvast.person_session WHERE secret IN (SELECT sha256(convert_to(s, 'UTF8')) FROM unnest(%(secrets)s::text[]) s)
              RETURNING "check", request),
     asked AS (DELETE FROM houvast.ceremony WHERE id = ANY (%(ceremonies)s::uuid[])),
     keys AS (DELETE FROM houvast.passkey WHERE credential = %(credential)s),
     requests AS (DELETE FROM houvast.request WHERE id IN (SELECT request FROM gone))
DELETE FROM houvast.checking WHERE id IN (SELECT "check" FROM gone);
