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

-- name: take_back
-- Whatever lets somebody in, as it was when the backup was made: it may have been taken back since, and that is not known here. Each
-- is told in the log, as if an administrator took it back now. Tables of what this database does not use are not there.
DO $$
DECLARE
    entrance text;
BEGIN
    IF to_regclass('houvast.api_token') IS NOT NULL THEN
        PERFORM houvast.revoke_api_token(t.name) FROM houvast.api_token t WHERE t.revoked_at IS NULL;
    END IF;
    IF to_regclass('houvast.person_session') IS NOT NULL THEN
        PERFORM houvast.end_sessions(NULL, s.secret) FROM houvast.person_session s WHERE s.ended_at IS NULL;
    END IF;
    IF to_regclass('houvast.exchange_grant') IS NOT NULL THEN
        UPDATE houvast.exchange_grant SET ended_at = clock_timestamp() WHERE ended_at IS NULL;
    END IF;
    IF to_regclass('houvast.staff') IS NOT NULL THEN
        UPDATE houvast.staff SET ended_at = clock_timestamp(), secret = NULL WHERE ended_at IS NULL;
    END IF;
    FOREACH entrance IN ARRAY '{invitation,usersessions_usersession,mfa_authenticator,django_session}'::text[] LOOP
        IF to_regclass('houvast_desk.' || entrance) IS NOT NULL THEN EXECUTE format('DELETE FROM houvast_desk.%I', entrance); END IF;
    END LOOP;
    IF to_regclass('houvast_desk.auth_user') IS NOT NULL THEN UPDATE houvast_desk.auth_user SET is_active = false; END IF;
END $$;

-- name: back
-- Who was erased, is here again, and of whom this database does not know that: it is of before their erasure.
SELECT p.kind, p.key FROM houvast.person p
CROSS JOIN LATERAL (SELECT encode(houvast.address_hash('person', p.kind || ':' || p.key), 'hex') AS digest OFFSET 0) d
WHERE d.digest = ANY (%(digests)s) AND NOT EXISTS (SELECT FROM houvast.erased e WHERE e.digest = d.digest) ORDER BY 1, 2;
