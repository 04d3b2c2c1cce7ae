-- name: table_emergency
-- Emergency entrances: a login gets a purpose that it does not have, for some minutes, because a named officer says why (promise C38).
CREATE TABLE IF NOT EXISTS houvast.emergency (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, purpose text NOT NULL, login name NOT NULL, reason text NOT NULL CHECK (length(reason) <= 500),
    minutes int NOT NULL, who text NOT NULL, opened_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL,
    ended_at timestamptz, reviewed_at timestamptz, reviewer text);
CREATE UNIQUE INDEX IF NOT EXISTS emergency_open ON houvast.emergency (login, purpose) WHERE ended_at IS NULL;
ALTER TABLE houvast.emergency ADD COLUMN IF NOT EXISTS lifts boolean NOT NULL DEFAULT false;  -- a limit of a purpose that the login has
COMMENT ON TABLE houvast.emergency IS 'Emergency entrances: who, why, until when, and who looked at it (promise C38).'

-- name: function_emergency_kept
-- An emergency is opened by an officer with a code, for at most four hours, with a reason that names nobody, where another officer can
-- look at it; it ends when the login has the purpose no longer, and then that other one looks at it with a code; nothing else of it
-- changes (promise C38).
CREATE OR REPLACE FUNCTION houvast.emergency_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p houvast.purpose;
    confirmed CONSTANT text := CASE TG_OP WHEN 'INSERT' THEN 'emergency ' || NEW.purpose || ' ' || NEW.login WHEN 'UPDATE' THEN 'review emergency ' || OLD.id END;
    officer text;
BEGIN
    IF TG_OP NOT IN ('INSERT', 'UPDATE') THEN
        PERFORM houvast.says_no('an emergency stays written down', 'C38', 'Let another officer look at it: houvast emergency review NUMBER.');
    END IF;
    SELECT s.role || ' ' || s.id INTO officer FROM houvast.confirmed k JOIN houvast.staff s ON s.name = k.who AND s.ended_at IS NULL AND s.role = 'officer'
    WHERE k.xid = pg_current_xact_id_if_assigned() AND k.what = confirmed;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.purpose, NEW.login, NEW.reason, NEW.minutes, NEW.who, NEW.opened_at, NEW.until, NEW.lifts) IS DISTINCT FROM
           (OLD.id, OLD.purpose, OLD.login, OLD.reason, OLD.minutes, OLD.who, OLD.opened_at, OLD.until, OLD.lifts)
           OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
           OR OLD.reviewed_at IS NOT NULL AND (NEW.reviewed_at, NEW.reviewer) IS DISTINCT FROM (OLD.reviewed_at, OLD.reviewer) THEN
            PERFORM houvast.says_no('what was written down of an emergency stays as it was', 'C38', 'It can end, and be looked at by another officer.');
        ELSIF NEW.reviewed_at IS NOT NULL AND OLD.reviewed_at IS NULL AND OLD.ended_at IS NULL THEN
            PERFORM houvast.says_no('an emergency is looked at after it has ended', 'C38', 'End it first: houvast emergency end NUMBER.');
        ELSIF NEW.reviewed_at IS NOT NULL AND OLD.reviewed_at IS NULL AND (officer IS NULL OR officer = OLD.who) THEN
            PERFORM houvast.says_no('an emergency is looked at by another officer, with a code', 'C38', 'houvast emergency review NUMBER --by WHO --code CODE');
        ELSIF NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL AND NOT OLD.lifts AND EXISTS (SELECT FROM houvast.purpose q JOIN pg_roles r ON r.rolname = q.role
                JOIN pg_roles l ON l.rolname = OLD.login WHERE q.name = OLD.purpose AND pg_has_role(l.oid, r.oid, 'MEMBER')) THEN
            PERFORM houvast.says_no('this login still has the purpose of the emergency', 'C38', 'Take away its membership of the role of that purpose, also by way of other roles; then end it.');
        END IF;
        IF NEW.ended_at IS NOT NULL THEN NEW.ended_at := coalesce(OLD.ended_at, clock_timestamp()); END IF;
        IF NEW.reviewed_at IS NOT NULL AND OLD.reviewed_at IS NULL THEN NEW.reviewed_at := clock_timestamp(); NEW.reviewer := officer; END IF;
        RETURN NEW;
    END IF;
    SELECT q.* INTO p FROM houvast.purpose q WHERE q.name = NEW.purpose AND q.live AND q.role <> '' AND q.kind <> 'migration';
    IF p.number IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = NEW.login AND r.rolcanlogin AND NOT r.rolsuper AND r.rolname !~ '^houvast_') THEN
        PERFORM houvast.says_no('an emergency is of a login and a purpose of the policy', 'C38', 'houvast access list names them.');
    ELSIF pg_has_role(NEW.login, p.role, 'MEMBER') AND ((houvast.volume_of(p.number)).purpose IS NULL
           OR EXISTS (SELECT FROM houvast.emergency e WHERE e.login = NEW.login AND e.purpose = p.name AND e.ended_at IS NULL)) THEN
        PERFORM houvast.says_no('this login has this purpose already', 'C38', 'Open a use as always.');
    ELSIF officer IS NULL THEN
        PERFORM houvast.says_no('an emergency is opened by an officer, with a code', 'C38', 'houvast emergency open PURPOSE LOGIN --by WHO --code CODE');
    ELSIF NOT EXISTS (SELECT FROM houvast.staff s WHERE s.role = 'officer' AND s.secret IS NOT NULL AND s.ended_at IS NULL AND s.role || ' ' || s.id <> officer) THEN
        PERFORM houvast.says_no('nobody else could look at this emergency afterwards', 'C38', 'Give codes to another officer first: houvast staff code NAME.');
    ELSIF NEW.minutes NOT BETWEEN 1 AND 240 THEN
        PERFORM houvast.says_no('an emergency lasts four hours at most', 'C38', 'Say --minutes, from 1 to 240.');
    ELSIF length(btrim(NEW.reason)) < 10 OR houvast.personal_in(NEW.reason) IS NOT NULL THEN
        PERFORM houvast.says_no('an emergency has a reason that names nobody', 'C38', 'Say in a few words what happened, without names, addresses and numbers of people.');
    END IF;
    NEW.who := officer;
    NEW.lifts := pg_has_role(NEW.login, p.role, 'MEMBER');
    NEW.opened_at := clock_timestamp();
    NEW.until := NEW.opened_at + make_interval(mins => NEW.minutes);
    NEW.ended_at := NULL; NEW.reviewed_at := NULL; NEW.reviewer := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.emergency_kept IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.emergency_kept() FROM PUBLIC

-- name: function_tell_emergency
-- That one was opened, ended, and looked at goes into the log, in the same transaction (promise C38).
CREATE OR REPLACE FUNCTION houvast.tell_emergency() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of CONSTANT jsonb := jsonb_build_object('purpose', NEW.purpose, 'login', NEW.login);
    number CONSTANT jsonb := jsonb_build_object('emergency', NEW.id);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM houvast.tell('emergency_opened', 'C38', of || jsonb_build_object('minutes', NEW.minutes, 'role', split_part(NEW.who, ' ', 1)),
                             number || jsonb_build_object('reason', NEW.reason), NULL, NULL);
        RETURN NULL;
    END IF;
    IF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN PERFORM houvast.tell('emergency_ended', 'C38', of, number, NULL, NULL); END IF;
    IF OLD.reviewed_at IS NULL AND NEW.reviewed_at IS NOT NULL THEN
        PERFORM houvast.tell('emergency_reviewed', 'C38', of || jsonb_build_object('role', split_part(NEW.reviewer, ' ', 1)), number, NULL, NULL);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_emergency IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.tell_emergency() FROM PUBLIC

-- name: function_emergency_bounds
-- A use under an emergency ends with it at the latest, and none begins after its time, whether somebody took the purpose away by then or
-- not; where it lifted a limit of use, the limit counts again (promise C38).
CREATE OR REPLACE FUNCTION houvast.emergency_bounds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ends CONSTANT timestamptz := (SELECT e.until FROM houvast.emergency e JOIN houvast.purpose p ON p.name = e.purpose
                                  WHERE e.login = NEW.login AND p.number = NEW.purpose AND e.ended_at IS NULL
                                    AND (NOT e.lifts OR e.until > clock_timestamp()));
BEGIN
    IF ends <= clock_timestamp() THEN
        RAISE EXCEPTION 'Houvast refuses: the time of this emergency is over (promise C38).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'An officer opens another one: houvast emergency open.';
    END IF;
    NEW.until := least(NEW.until, ends);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.emergency_bounds IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.emergency_bounds() FROM PUBLIC

-- name: function_open_emergency
-- For an administrator, who then gives the login the purpose: an officer opens an emergency with a code; its number (promise C38).
CREATE OR REPLACE FUNCTION houvast.open_emergency(purpose text, login name, by text, code text, reason text, minutes int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF length(open_emergency.reason) > 500 THEN  -- the constraint of the table would say in its error what was written
        PERFORM houvast.says_no('a reason has at most 500 characters', 'C38', 'Write it shorter.');
    END IF;
    PERFORM houvast.confirm(by, code, 'emergency ' || open_emergency.purpose || ' ' || open_emergency.login);
    INSERT INTO houvast.emergency (purpose, login, reason, minutes, who, until) VALUES ($1, $2, $5, $6, '', clock_timestamp()) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.open_emergency IS 'An officer opens an emergency entrance (promise C38)';
REVOKE ALL ON FUNCTION houvast.open_emergency(text, name, text, text, text, int) FROM PUBLIC

-- name: function_review_emergency
-- Another officer looked at an emergency, with a code (promise C38).
CREATE OR REPLACE FUNCTION houvast.review_emergency(number bigint, by text, code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.confirm(by, code, 'review emergency ' || number);
    UPDATE houvast.emergency e SET reviewed_at = clock_timestamp() WHERE e.id = number;
    IF NOT FOUND THEN
        PERFORM houvast.says_no('there is no such emergency', 'C38', 'houvast emergency list names them.');
    END IF;
END $$;
COMMENT ON FUNCTION houvast.review_emergency IS 'Another officer looked at an emergency (promise C38)';
REVOKE ALL ON FUNCTION houvast.review_emergency(bigint, text, text) FROM PUBLIC
