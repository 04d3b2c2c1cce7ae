-- name: table_control
-- The register of controls, as `controls.yaml` declares them: each with who answers for it, how it is tested, and within how many
-- days again. One that the file does not name any more ends; what was found of it stays (promise C36).
CREATE TABLE IF NOT EXISTS houvast.control (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'), sort text NOT NULL CHECK (sort IN ('technical', 'administrative', 'physical')),
    owner text NOT NULL CHECK (owner ~ '^[a-z]{1,20}$'), test text NOT NULL CHECK (test ~ '^[a-z_]{1,40}$'),
    days int NOT NULL CHECK (days BETWEEN 1 AND 800), promise text NOT NULL, label_nl text NOT NULL, label_en text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(), ended_at timestamptz);
COMMENT ON TABLE houvast.control IS 'The register of controls: owner, test, period (promise C36).'

-- name: table_control_result
-- What was found of each control, and when. A row is written once, and stays as it was (promise C36).
CREATE TABLE IF NOT EXISTS houvast.control_result (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, control text NOT NULL REFERENCES houvast.control,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), passed boolean NOT NULL, how text NOT NULL CHECK (how IN ('measured', 'attested')),
    who text NOT NULL, found jsonb NOT NULL DEFAULT '[]', note text NOT NULL DEFAULT '' CHECK (length(note) <= 500));
CREATE INDEX IF NOT EXISTS control_result_newest ON houvast.control_result (control, id DESC);
COMMENT ON TABLE houvast.control_result IS 'What was found of each control; nothing in it changes (promise C36).'

-- name: function_control_result_kept
-- A result is of this moment, and in the way in which the control is tested: what a person says counts only with a code of their
-- own, in the same transaction, which makes it theirs. Afterwards it stays (promise C36).
CREATE OR REPLACE FUNCTION houvast.control_result_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c houvast.control;
    attested text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM houvast.says_no('what was found of a control stays as it was written down', 'C36', 'Test it again: houvast controls measure, or attest.');
    END IF;
    SELECT q.* INTO c FROM houvast.control q WHERE q.name = NEW.control AND q.ended_at IS NULL;
    IF c.name IS NULL THEN
        PERFORM houvast.says_no('there is no such control', 'C36', 'houvast controls lists them; what controls.yaml says counts once it is applied.');
    ELSIF (c.test = 'attested') <> (NEW.how = 'attested') THEN
        PERFORM houvast.says_no('this control is tested in another way', 'C36', 'houvast controls says how.');
    END IF;
    NEW.at := clock_timestamp();
    NEW.who := 'houvast';
    IF NEW.how = 'attested' THEN
        SELECT s.role || ' ' || s.id INTO attested FROM houvast.confirmed k JOIN houvast.staff s ON s.name = k.who AND s.ended_at IS NULL
        WHERE k.xid = pg_current_xact_id_if_assigned() AND k.what = 'attest ' || NEW.control AND s.role IN ('officer', c.owner);
        NEW.who := attested;
        IF attested IS NULL THEN
            PERFORM houvast.says_no('this is attested by an officer, or by who answers for it, with a code', 'C36', 'houvast controls attest NAME --by WHO --code CODE');
        ELSIF btrim(NEW.note) = '' THEN
            PERFORM houvast.says_no('an attestation says what was looked at', 'C36', 'Write in a few words what you looked at, and what you saw.');
        ELSIF houvast.personal_in(NEW.note) IS NOT NULL THEN
            PERFORM houvast.says_no('an attestation names nobody', 'C36', 'Leave out names, addresses and numbers of people.');
        END IF;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.control_result_kept IS 'Keeps promise C36';
REVOKE ALL ON FUNCTION houvast.control_result_kept() FROM PUBLIC

-- name: function_tell_control
-- Whatever was found of a control goes into the log, in the same transaction (promise C36).
CREATE OR REPLACE FUNCTION houvast.tell_control() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('control_tested', 'C36', jsonb_build_object('control', NEW.control, 'how', NEW.how,
        'outcome', CASE WHEN NEW.passed THEN 'passed' ELSE 'failed' END, 'role', CASE NEW.how WHEN 'attested' THEN split_part(NEW.who, ' ', 1) ELSE 'none' END),
        jsonb_build_object('result', NEW.id, 'note', NEW.note), NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_control IS 'Keeps promise C36';
REVOKE ALL ON FUNCTION houvast.tell_control() FROM PUBLIC

-- name: function_attest_control
-- For the pages and the command: one of the staff says, with a code that serves once, how a control stands (promise C36).
CREATE OR REPLACE FUNCTION houvast.attest_control(control text, by text, code text, passed boolean, note text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF length(attest_control.note) > 500 THEN  -- the constraint of the table would say in its error what was written
        PERFORM houvast.says_no('a note has at most 500 characters', 'C36', 'Write it shorter.');
    END IF;
    PERFORM houvast.confirm(by, code, 'attest ' || attest_control.control);
    INSERT INTO houvast.control_result (control, passed, how, who, note) VALUES ($1, $4, 'attested', '', $5) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.attest_control IS 'One of the staff says how a control stands (promise C36)';
REVOKE ALL ON FUNCTION houvast.attest_control(text, text, text, boolean, text) FROM PUBLIC

-- name: view_public_control
-- How each control stands now, for the pages. Red is what failed, and what was not tested within its period: since the last
-- test, or since it is in the register. A result of a moment that has not come yet is none (promise C36).
CREATE OR REPLACE VIEW houvast.public_control AS
SELECT c.name, c.sort, c.owner, c.test, c.days, c.promise, c.label_nl, c.label_en, c.since, r.at, r.passed, r.how, r.who, r.found, r.note, d.due,
    CASE WHEN NOT r.passed OR r.at > clock_timestamp() THEN 'failed' WHEN d.due <= clock_timestamp() THEN 'overdue' WHEN r.id IS NULL THEN 'waiting' ELSE 'good' END AS stands
FROM houvast.control c
LEFT JOIN LATERAL (SELECT q.* FROM houvast.control_result q WHERE q.control = c.name ORDER BY q.id DESC LIMIT 1) r ON true
CROSS JOIN LATERAL (SELECT coalesce(r.at, c.since) + make_interval(days => c.days) AS due) d
WHERE c.ended_at IS NULL;
COMMENT ON VIEW houvast.public_control IS 'How each control stands now (promise C36)'

-- name: table_backup
-- Backups that were made, tried, and restored: what they hash to, never what is in them (promise C38).
CREATE TABLE IF NOT EXISTS houvast.backup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL CHECK (what IN ('made', 'tried', 'restored')),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'), bytes bigint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.backup IS 'Backups that were made, tried and restored (promise C38).'

-- name: function_backup_kept
-- What was written down of a backup stays, and is of this moment (promise C38).
CREATE OR REPLACE FUNCTION houvast.backup_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM houvast.says_no('what was written down of a backup stays as it was', 'C38', 'Make another backup.');
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.backup_kept IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.backup_kept() FROM PUBLIC

-- name: function_tell_backup
-- A backup that was made, tried or restored goes into the log, in the same transaction (promise C38).
CREATE OR REPLACE FUNCTION houvast.tell_backup() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('backup_' || NEW.what, 'C38', jsonb_build_object('backup_sha256', NEW.sha256, 'bytes', NEW.bytes), '{}', NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_backup IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.tell_backup() FROM PUBLIC
