-- name: exists
-- Whether the desk was made here, with everything that this release puts in it.
SELECT to_regclass('houvast_desk.mail') IS NOT NULL AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'houvast_web');

-- name: lock
-- One program at a time makes the desk; until the end of the transaction.
SELECT pg_advisory_xact_lock(7236541, 3);

-- name: web_role
-- What the pages' login may do beyond logging in; no row when there is no such login.
SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
       OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid OR m.roleid = r.oid)
FROM pg_roles r WHERE rolname = 'houvast_web';

-- name: make_web_role
-- The login as which the pages connect. It has no password until somebody gives it one.
CREATE ROLE houvast_web LOGIN;

-- name: comment_web_role
-- Roles belong to the whole server: say what this one is.
COMMENT ON ROLE houvast_web IS 'Houvast: the pages connect as this login; it reaches schema houvast_desk alone (promise C38)';

-- name: make
-- What Houvast's pages and worker remember. It holds no personal data of the application's.
CREATE SCHEMA IF NOT EXISTS houvast_desk;
COMMENT ON SCHEMA houvast_desk IS 'Houvast: results of runs, alarms, and what its pages and worker need';
CREATE TABLE IF NOT EXISTS houvast_desk.run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('prove', 'drift', 'scan', 'apply')),
    started timestamptz NOT NULL, ended timestamptz NOT NULL DEFAULT clock_timestamp(),
    outcome text NOT NULL CHECK (outcome IN ('good', 'finding', 'failed')),
    partial boolean NOT NULL DEFAULT false,
    result jsonb NOT NULL);
CREATE INDEX IF NOT EXISTS run_kind ON houvast_desk.run (kind, id);
COMMENT ON TABLE houvast_desk.run IS 'What each prove, drift, scan and apply found; partial: of some promises only';
CREATE TABLE IF NOT EXISTS houvast_desk.proof (
    run bigint REFERENCES houvast_desk.run ON DELETE CASCADE, place int, promise text NOT NULL, outcome text NOT NULL,
    tried int NOT NULL, passed int NOT NULL, sorts jsonb NOT NULL, proof jsonb NOT NULL, PRIMARY KEY (run, place));
CREATE INDEX IF NOT EXISTS proof_promise ON houvast_desk.proof (promise, run DESC);
COMMENT ON TABLE houvast_desk.proof IS 'What a prove found of each promise; attempts of older runs are let go';
CREATE TABLE IF NOT EXISTS houvast_desk.alarm (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL, key text NOT NULL,
    raised timestamptz NOT NULL DEFAULT clock_timestamp(),
    text jsonb NOT NULL, promise text, mailed timestamptz, settled timestamptz);
ALTER TABLE houvast_desk.alarm ADD COLUMN IF NOT EXISTS letter uuid;
CREATE UNIQUE INDEX IF NOT EXISTS alarm_open ON houvast_desk.alarm (kind, key) WHERE settled IS NULL;
COMMENT ON TABLE houvast_desk.alarm IS 'What somebody must look at; settled when a later run does not find it any more';
CREATE TABLE IF NOT EXISTS houvast_desk.mail (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text NOT NULL UNIQUE, arrived timestamptz NOT NULL DEFAULT clock_timestamp(),
    sender text NOT NULL, recipients text[] NOT NULL, subject text NOT NULL, body text NOT NULL);
COMMENT ON TABLE houvast_desk.mail IS 'Mail that the demo''s own mail server took in; empty anywhere else';

-- name: grant
-- The pages read what the runs found and cannot forge it; the other tables here are their own. To the log they can tell
-- that one of the staff signed in or took a part of it along, and of the log they read what is public. Of cases they read what
-- names nobody; whom one is of and what was written, only by `read_case`, once `open_case` recorded a use.
GRANT USAGE ON SCHEMA houvast_desk TO houvast_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA houvast_desk TO houvast_web;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA houvast_desk TO houvast_web;
REVOKE INSERT, UPDATE, DELETE ON houvast_desk.run, houvast_desk.proof, houvast_desk.alarm, houvast_desk.mail FROM houvast_web;
DO $$ DECLARE
    asked regprocedure;
BEGIN
    FOR asked IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'houvast' AND (p.proname ^@ 'api_' OR p.proname ^@ 'exchange_' OR p.proname ^@ 'looking_' OR p.proname ^@ 'report_') LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO houvast_web', asked);
    END LOOP;
    IF to_regprocedure('houvast.tell_sign_in(text, text)') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.tell_sign_in(text, text) TO houvast_web;
    END IF;
    IF to_regprocedure('houvast.stop_check(text)') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.ask_code(text, text, text, text, text), houvast.answer_code(uuid, text, text),
            houvast.session_now(text), houvast.end_session(text), houvast.stop_check(text) TO houvast_web;
    END IF;
    IF to_regprocedure('houvast.not_me(uuid)') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.not_me, houvast.answer_case_code, houvast.settle_case_code, houvast.asked_mandate,
            houvast.answer_mandate, houvast.begin_passkey, houvast.answer_passkey TO houvast_web;
    END IF;
    IF to_regproc('houvast.answer_oidc') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.oidc_place, houvast.begin_oidc, houvast.take_oidc, houvast.answer_oidc TO houvast_web;
    END IF;
    IF to_regprocedure('houvast.opt_out(uuid)') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.opt_out(uuid) TO houvast_web;
    END IF;
    IF to_regclass('houvast.public_log') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.tell_export(text, bigint, bigint) TO houvast_web;
        GRANT SELECT ON houvast.public_entry, houvast.public_log TO houvast_web;
    END IF;
    IF to_regproc('houvast.answers_to') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.answers_to TO houvast_web;
    END IF;
    IF to_regclass('houvast.public_control') IS NOT NULL THEN
        GRANT SELECT ON houvast.public_control TO houvast_web;
        GRANT EXECUTE ON FUNCTION houvast.attest_control TO houvast_web;
    END IF;
    IF to_regclass('houvast.public_access_review') IS NOT NULL THEN
        GRANT SELECT ON houvast.public_access, houvast.public_access_review TO houvast_web;
        GRANT EXECUTE ON FUNCTION houvast.access_now, houvast.sign_access TO houvast_web;
    END IF;
    IF to_regclass('houvast.public_case') IS NOT NULL THEN
        GRANT SELECT ON houvast.public_case, houvast.public_breach TO houvast_web;
        GRANT EXECUTE ON FUNCTION houvast.complain, houvast.follow_request, houvast.take_request, houvast.move_request, houvast.open_case, houvast.read_case,
            houvast.draft_letter, houvast.approve_letter, houvast.send_letter, houvast.record_breach, houvast.change_breach TO houvast_web;
    END IF;
    IF to_regclass('houvast.public_step') IS NOT NULL THEN
        GRANT SELECT ON houvast.public_step TO houvast_web;
        GRANT EXECUTE ON FUNCTION houvast.take_hook TO houvast_web;
    END IF;
    IF to_regclass('houvast.public_flagged') IS NOT NULL THEN
        GRANT SELECT ON houvast.public_flagged TO houvast_web;
        GRANT EXECUTE ON FUNCTION houvast.open_flagged, houvast.read_flagged, houvast.decide_flagged TO houvast_web;
    END IF;
    IF to_regclass('houvast.public_incoming') IS NOT NULL THEN
        GRANT SELECT ON houvast.public_incoming TO houvast_web;
        GRANT EXECUTE ON FUNCTION houvast.open_mail, houvast.read_mail, houvast.accept_mail, houvast.dismiss_mail TO houvast_web;
    END IF;
    IF to_regproc('houvast.ask_trends') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.ask_trends TO houvast_web;
    END IF;
    IF to_regproc('houvast.ask_shown') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.ask_shown, houvast.shown_stands, houvast.read_shown, houvast.read_judged, houvast.take_out, houvast.let_stand, houvast.take_back TO houvast_web;
    END IF;
END $$;

-- name: may_connect
-- Whether the pages may connect to this database: where CONNECT was taken from everybody, they may not.
SELECT has_database_privilege('houvast_web', current_database(), 'CONNECT');

-- name: queue_tables
-- The tables of the worker's queue, which the pages do not touch.
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'houvast_desk'::regnamespace AND c.relkind IN ('r', 'p', 'S')
  AND c.relname ^@ 'procrastinate_';

-- name: record
-- Store what a run found.
INSERT INTO houvast_desk.run (kind, started, outcome, partial, result)
VALUES (%(kind)s, %(started)s, %(outcome)s, %(partial)s, %(result)s::jsonb) RETURNING id;

-- name: record_proof
-- What a prove found of one promise.
INSERT INTO houvast_desk.proof (run, place, promise, outcome, tried, passed, sorts, proof)
VALUES (%(run)s, %(place)s, %(promise)s, %(outcome)s, %(tried)s, %(passed)s, %(sorts)s::jsonb, %(proof)s::jsonb);

-- name: thin
-- Of older proofs the outcome and the counts stay, and no attempts: there are thousands in each.
UPDATE houvast_desk.proof SET proof = proof - 'attempts'
WHERE proof ? 'attempts' AND run NOT IN (SELECT id FROM houvast_desk.run WHERE kind = 'prove' ORDER BY id DESC LIMIT 10);

-- name: last
-- The newest run of a kind that looked at everything.
SELECT id, kind, started, ended, outcome, result FROM houvast_desk.run
WHERE kind = %s AND NOT partial ORDER BY id DESC LIMIT 1;

-- name: last_ended
-- The newest run of a kind that looked at everything and came to an end.
SELECT id, kind, started, ended, outcome, result FROM houvast_desk.run
WHERE kind = %s AND NOT partial AND outcome <> 'failed' ORDER BY id DESC LIMIT 1;

-- name: recent
-- The newest runs.
SELECT id, kind, started, ended, outcome, result FROM houvast_desk.run ORDER BY id DESC LIMIT %s;

-- name: of_run
-- What one prove found of every promise, in the order of the policy.
SELECT proof FROM houvast_desk.proof WHERE run = %s ORDER BY place;

-- name: proofs
-- The newest proof of each promise since the last run that looked at all, without its attempts.
SELECT DISTINCT ON (p.promise) p.promise, r.ended, p.outcome, p.tried, p.passed, p.sorts
FROM houvast_desk.proof p JOIN houvast_desk.run r ON r.id = p.run
WHERE p.run >= coalesce((SELECT max(id) FROM houvast_desk.run WHERE kind = 'prove' AND outcome <> 'failed' AND NOT partial), 0)
ORDER BY p.promise, p.run DESC;

-- name: proof
-- The newest proof of one promise, with its attempts.
SELECT r.ended, p.proof FROM houvast_desk.proof p JOIN houvast_desk.run r ON r.id = p.run
WHERE p.promise = %s ORDER BY p.run DESC LIMIT 1;

-- name: raise_alarm
-- Raise an alarm; one that is open already only says how it is now.
INSERT INTO houvast_desk.alarm (kind, key, text, promise) VALUES (%s, %s, %s::jsonb, %s)
ON CONFLICT (kind, key) WHERE settled IS NULL DO UPDATE SET text = excluded.text
RETURNING CASE WHEN xmax = 0 THEN id END;

-- name: open_keys
-- Which alarms of a kind are open.
SELECT key FROM houvast_desk.alarm WHERE kind = %s AND settled IS NULL;

-- name: claim
-- The new alarms go into one letter, which keeps its number until it is sent.
WITH letter AS (SELECT gen_random_uuid() AS number)
UPDATE houvast_desk.alarm SET letter = letter.number FROM letter WHERE alarm.letter IS NULL AND alarm.settled IS NULL;

-- name: waiting
-- Whether an alarm was not mailed yet.
SELECT EXISTS (SELECT FROM houvast_desk.alarm WHERE mailed IS NULL AND (letter IS NOT NULL OR settled IS NULL));

-- name: letters
-- The letters that are to be sent, with their alarms.
SELECT letter, array_agg(text ORDER BY id), array_agg(promise ORDER BY id) FROM houvast_desk.alarm
WHERE letter IS NOT NULL AND mailed IS NULL GROUP BY letter ORDER BY min(id);

-- name: mailed
-- A letter was sent.
UPDATE houvast_desk.alarm SET mailed = clock_timestamp() WHERE letter = %s;

-- name: take_in
-- Mail that arrived at the demo's mail server; what arrives twice is kept once.
INSERT INTO houvast_desk.mail (message_id, sender, recipients, subject, body) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (message_id) DO NOTHING;

-- name: settle
-- These are not found any more.
UPDATE houvast_desk.alarm SET settled = clock_timestamp() WHERE kind = %s AND settled IS NULL AND NOT key = ANY (%s) RETURNING id;

-- name: alarms
-- The open alarms, oldest first.
SELECT id, kind, raised, text, promise, settled FROM houvast_desk.alarm WHERE settled IS NULL ORDER BY id;

-- name: mails
-- The newest mail that the demo's own mail server took in.
SELECT id, arrived, sender, recipients, subject, body FROM houvast_desk.mail ORDER BY id DESC LIMIT %s;

-- name: remove
-- Take the desk away with everything in it, and what the pages could tell the log and read of it.
DROP SCHEMA IF EXISTS houvast_desk CASCADE;
DO $$ DECLARE
    asked regprocedure;
BEGIN
    FOR asked IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'houvast' AND (p.proname ^@ 'api_' OR p.proname ^@ 'exchange_' OR p.proname ^@ 'looking_' OR p.proname ^@ 'report_') AND to_regrole('houvast_web') IS NOT NULL LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM houvast_web', asked);
    END LOOP;
    IF to_regprocedure('houvast.tell_sign_in(text, text)') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.tell_sign_in(text, text) FROM houvast_web;
    END IF;
    IF to_regprocedure('houvast.stop_check(text)') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.ask_code(text, text, text, text, text), houvast.answer_code(uuid, text, text),
            houvast.session_now(text), houvast.end_session(text), houvast.stop_check(text) FROM houvast_web;
    END IF;
    IF to_regprocedure('houvast.not_me(uuid)') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.not_me, houvast.answer_case_code, houvast.settle_case_code, houvast.asked_mandate,
            houvast.answer_mandate, houvast.begin_passkey, houvast.answer_passkey FROM houvast_web;
    END IF;
    IF to_regproc('houvast.answer_oidc') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.oidc_place, houvast.begin_oidc, houvast.take_oidc, houvast.answer_oidc FROM houvast_web;
    END IF;
    IF to_regprocedure('houvast.opt_out(uuid)') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.opt_out(uuid) FROM houvast_web;
    END IF;
    IF to_regclass('houvast.public_log') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.tell_export(text, bigint, bigint) FROM houvast_web;
        REVOKE ALL ON houvast.public_entry, houvast.public_log FROM houvast_web;
    END IF;
    IF to_regproc('houvast.answers_to') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.answers_to FROM houvast_web;
    END IF;
    IF to_regproc('houvast.ask_trends') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.ask_trends FROM houvast_web;
    END IF;
    IF to_regclass('houvast.public_flagged') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON houvast.public_flagged FROM houvast_web;
        REVOKE ALL ON FUNCTION houvast.open_flagged, houvast.read_flagged, houvast.decide_flagged FROM houvast_web;
    END IF;
    IF to_regclass('houvast.public_control') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON houvast.public_control FROM houvast_web;
        REVOKE ALL ON FUNCTION houvast.attest_control FROM houvast_web;
    END IF;
    IF to_regclass('houvast.public_access_review') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON houvast.public_access, houvast.public_access_review FROM houvast_web;
        REVOKE ALL ON FUNCTION houvast.access_now, houvast.sign_access FROM houvast_web;
    END IF;
    IF to_regclass('houvast.public_case') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON houvast.public_case, houvast.public_breach FROM houvast_web;
        REVOKE ALL ON FUNCTION houvast.complain, houvast.follow_request, houvast.take_request, houvast.move_request, houvast.open_case, houvast.read_case,
            houvast.draft_letter, houvast.approve_letter, houvast.send_letter, houvast.record_breach, houvast.change_breach FROM houvast_web;
    END IF;
    IF to_regclass('houvast.public_step') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON houvast.public_step FROM houvast_web;
        REVOKE ALL ON FUNCTION houvast.take_hook FROM houvast_web;
    END IF;
    IF to_regclass('houvast.public_incoming') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON houvast.public_incoming FROM houvast_web;
        REVOKE ALL ON FUNCTION houvast.open_mail, houvast.read_mail, houvast.accept_mail, houvast.dismiss_mail FROM houvast_web;
    END IF;
    IF to_regproc('houvast.ask_shown') IS NOT NULL AND to_regrole('houvast_web') IS NOT NULL THEN
        REVOKE ALL ON FUNCTION houvast.ask_shown, houvast.shown_stands, houvast.read_shown, houvast.read_judged, houvast.take_out, houvast.let_stand, houvast.take_back FROM houvast_web;
    END IF;
END $$;

-- name: web_role_used
-- Whether the pages' login still holds something: the desk of another database of this server, most likely.
SELECT EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = to_regrole('houvast_web'));

-- name: remove_web_role
-- The last desk of this server is gone, and with it the pages' login.
DROP ROLE IF EXISTS houvast_web;
