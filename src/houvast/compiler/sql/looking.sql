-- name: table_looking
-- Sessions in which somebody who helps looks along with a customer: for one problem, by one named person, with a reason (promise C40).
-- `until`: when the state of now ends by itself: the link, the acceptance, the session.
CREATE TABLE IF NOT EXISTS houvast.looking (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    staff bigint NOT NULL REFERENCES houvast.staff, subcontractor bigint REFERENCES houvast.subcontractor,
    reason text NOT NULL CHECK (length(btrim(reason)) BETWEEN 3 AND 200), minutes int NOT NULL,
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'running', 'paused', 'ended')),
    link bytea UNIQUE, follow bytea UNIQUE, language text, statement_sha256 text, asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    accepted_at timestamptz, began_at timestamptz, until timestamptz NOT NULL, ended_at timestamptz,
    ended_by text CHECK (ended_by IN ('customer', 'specialist', 'time', 'closing')), use bigint REFERENCES houvast.use,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL AND ended_by IS NOT NULL)), CHECK (state NOT IN ('running', 'paused') OR use IS NOT NULL));
CREATE UNIQUE INDEX IF NOT EXISTS looking_one ON houvast.looking (exchange) WHERE ended_at IS NULL;
COMMENT ON TABLE houvast.looking IS 'Sessions of looking together (promise C40).';

-- name: table_looking_step
-- What happened in a session, for both to read (promise C40).
CREATE TABLE IF NOT EXISTS houvast.looking_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, looking bigint NOT NULL REFERENCES houvast.looking ON DELETE CASCADE,
    step text NOT NULL CHECK (step IN ('asked', 'accepted', 'began', 'paused', 'went on', 'ended')),
    by text NOT NULL CHECK (by IN ('customer', 'specialist', 'time', 'closing')), at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS looking_step_looking ON houvast.looking_step (looking);
COMMENT ON TABLE houvast.looking_step IS 'What happened in sessions of looking together (promise C40).';

-- name: table_looking_signal
-- What the two browsers tell each other to find one another. It holds addresses: unlogged, so that no copy of the database's log gets it,
-- and gone when its session ends (promise C40).
CREATE UNLOGGED TABLE IF NOT EXISTS houvast.looking_signal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, looking bigint NOT NULL REFERENCES houvast.looking ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('ready', 'offer', 'answer')), body text NOT NULL CHECK (length(body) <= 20000));
CREATE INDEX IF NOT EXISTS looking_signal_looking ON houvast.looking_signal (looking);
COMMENT ON TABLE houvast.looking_signal IS 'What two browsers tell each other while they look together (promise C40).';

-- name: function_may_look
-- Refuses unless this person may look along at this problem now: it is open, it was granted to them, and they may help (promises C40, C42).
CREATE OR REPLACE FUNCTION houvast.may_look(exchange_id bigint, member bigint, of_subcontractor bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.exchange e WHERE e.id = exchange_id AND e.closed_at IS NULL) THEN
        PERFORM houvast.says_no('looking together is for a problem that is open', 'C40', 'Ask anew, for a problem of its own.');
    ELSIF NOT EXISTS (SELECT FROM houvast.exchange_grant g WHERE g.exchange = exchange_id AND g.staff = member AND g.ended_at IS NULL
                      AND g.subcontractor IS NOT DISTINCT FROM of_subcontractor) THEN
        PERFORM houvast.says_no('only the one to whom a problem was granted, and who was named, looks along', 'C40', 'An officer grants it on the page of the problem.');
    END IF;
    PERFORM houvast.may_help(member, of_subcontractor);
END $$;
COMMENT ON FUNCTION houvast.may_look IS 'Who may look along now (promise C40)';
REVOKE ALL ON FUNCTION houvast.may_look(bigint, bigint, bigint) FROM PUBLIC

-- name: function_kept_looking
-- A session is asked, accepted by the customer in the words of now, runs for so many minutes, and ends for good (promise C40).
CREATE OR REPLACE FUNCTION houvast.kept_looking() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment CONSTANT timestamptz := clock_timestamp();
    changed CONSTANT text[] := '{state,link,follow,language,statement_sha256,accepted_at,began_at,until,ended_at,ended_by,use}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM houvast.exchange e WHERE e.id = OLD.exchange) THEN
            PERFORM houvast.says_no('a session stays on record as long as its problem', 'C40', 'End it.');
        END IF;
        RETURN OLD;
    ELSIF TG_OP = 'INSERT' THEN
        IF houvast.personal_in(NEW.reason) IS NOT NULL THEN
            PERFORM houvast.says_no('looking together needs a reason without personal data', 'C40', 'Say in a few words what has to be seen.');
        ELSIF NEW.minutes NOT BETWEEN 5 AND {most} OR NEW.link IS NULL THEN
            PERFORM houvast.says_no('looking together takes five minutes at least, and no longer than the policy says', 'C40', 'Ask for less time: it can be asked again.');
        END IF;
        PERFORM houvast.may_look(NEW.exchange, NEW.staff, NEW.subcontractor);
        NEW.state := 'asked'; NEW.follow := NULL; NEW.language := NULL; NEW.statement_sha256 := NULL; NEW.accepted_at := NULL; NEW.began_at := NULL;
        NEW.asked_at := moment; NEW.until := moment + interval '1 hour'; NEW.ended_at := NULL; NEW.ended_by := NULL; NEW.use := NULL;
        RETURN NEW;
    END IF;
    IF OLD.state = 'ended' OR NEW.state = OLD.state OR to_jsonb(OLD) - changed IS DISTINCT FROM to_jsonb(NEW) - changed
       OR OLD.state <> 'asked' AND (OLD.follow, OLD.language, OLD.statement_sha256) IS DISTINCT FROM (NEW.follow, NEW.language, NEW.statement_sha256) THEN
        PERFORM houvast.says_no('a session stays as it was asked and accepted, and once ended it is over', 'C40', 'Ask for another: the customer says yes to each.');
    END IF;
    NEW.accepted_at := OLD.accepted_at; NEW.began_at := OLD.began_at; NEW.until := OLD.until; NEW.use := OLD.use; NEW.ended_at := NULL; NEW.link := NULL;
    IF NEW.state = 'ended' THEN
        NEW.ended_at := moment; NEW.ended_by := coalesce(NEW.ended_by, 'time');
        RETURN NEW;
    ELSIF OLD.until <= moment THEN
        PERFORM houvast.says_no('the time of this session is over', 'C40', 'Ask for another: the customer says yes to each.');
    ELSIF NOT (OLD.state || ' ' || NEW.state) = ANY ('{asked accepted,accepted running,running paused,paused running}'::text[]) THEN
        PERFORM houvast.says_no('nobody looks along before the customer has said yes to this session', 'C40', 'Wait until they have accepted it on their page.');
    END IF;
    PERFORM houvast.may_look(NEW.exchange, NEW.staff, NEW.subcontractor);
    NEW.ended_by := NULL;
    IF NEW.state = 'accepted' THEN
        IF NEW.follow IS NULL OR NOT EXISTS (SELECT FROM (VALUES {texts}) t (language, statement) WHERE (t.language, t.statement) = (NEW.language, NEW.statement_sha256)) THEN
            PERFORM houvast.says_no('the customer says yes in the words of now, with their own link', 'C40', 'Open the link, and read what is asked.');
        END IF;
        NEW.accepted_at := moment; NEW.until := moment + interval '15 minutes';
    ELSIF OLD.state = 'accepted' THEN
        INSERT INTO houvast.use (staff, login, purpose, reason, "case", until, ended_at)
        SELECT s.role || ' ' || s.id, session_user, p.number, NEW.reason, 'exchange ' || x.id, moment + make_interval(mins => NEW.minutes), moment
        FROM houvast.exchange x JOIN houvast.purpose p ON p.name = x.purpose AND p.live JOIN houvast.staff s ON s.id = NEW.staff
        WHERE x.id = NEW.exchange RETURNING use.id INTO NEW.use;
        NEW.began_at := moment; NEW.until := moment + make_interval(mins => NEW.minutes);
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_looking() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.kept_looking() FROM PUBLIC

-- name: function_kept_signal
-- Two browsers find one another through us only while a session runs, for one picture in one direction: no sound, no other channel (promise C40).
CREATE OR REPLACE FUNCTION houvast.kept_signal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l houvast.looking;
BEGIN
    SELECT t.* INTO l FROM houvast.looking t WHERE t.id = NEW.looking FOR SHARE;
    IF TG_OP = 'UPDATE' OR l.state IS DISTINCT FROM 'running' OR l.until <= clock_timestamp() THEN
        PERFORM houvast.says_no('nothing goes between the two browsers unless a session runs', 'C40', 'Ask for another: the customer says yes to each.');
    ELSIF NEW.kind = 'ready' AND NEW.body <> '' OR NEW.kind <> 'ready' AND (SELECT count(*) FILTER (WHERE m[1] ~ '^m=') <> 1 OR count(*) FILTER (WHERE m[1] ~ '^m=video ') <> 1
            OR count(*) FILTER (WHERE m[1] ~ '^a=(sendrecv|sendonly|recvonly|inactive)\s*$') <> 1
            OR count(*) FILTER (WHERE m[1] ~ CASE NEW.kind WHEN 'offer' THEN '^a=sendonly\s*$' ELSE '^a=recvonly\s*$' END) <> 1
            FROM regexp_matches(NEW.body, '[^\r\n]+', 'g') m) THEN
        PERFORM houvast.says_no('only a picture goes, from the customer to who helps: no sound, no files, nothing back', 'C40', 'Use the pages of Houvast, which ask for nothing else.');
    ELSIF (SELECT count(*) FROM houvast.looking_signal s WHERE s.looking = NEW.looking) >= 60 THEN
        PERFORM houvast.says_no('the two browsers tried to find one another too often', 'C40', 'End it, and ask for another.');
    END IF;
    PERFORM houvast.may_look(l.exchange, l.staff, l.subcontractor);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_signal() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.kept_signal() FROM PUBLIC

-- name: function_kept_step
-- What happened stays on record as it happened (promise C40).
CREATE OR REPLACE FUNCTION houvast.kept_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM houvast.looking l WHERE l.id = OLD.looking) THEN
        PERFORM houvast.says_no('what happened in a session stays on record', 'C40', 'Write what is new beside it.');
    END IF;
    RETURN OLD;
END $$;
COMMENT ON FUNCTION houvast.kept_step() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.kept_step() FROM PUBLIC

-- name: function_tell_looking
-- Each step is written down for both and told in the same transaction; with the end go the addresses (promise C40).
CREATE OR REPLACE FUNCTION houvast.tell_looking() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    step CONSTANT text := CASE WHEN TG_OP = 'INSERT' THEN 'asked' WHEN NEW.state <> 'running' THEN NEW.state WHEN OLD.state = 'accepted' THEN 'began' ELSE 'went on' END;
    who CONSTANT text := CASE step WHEN 'asked' THEN 'specialist' WHEN 'ended' THEN NEW.ended_by ELSE 'customer' END;
BEGIN
    INSERT INTO houvast.looking_step (looking, step, by) VALUES (NEW.id, step, who);
    IF step = 'ended' THEN DELETE FROM houvast.looking_signal s WHERE s.looking = NEW.id; END IF;
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF step = 'accepted' THEN
        PERFORM houvast.tell('looking_accepted', 'C40', jsonb_build_object('statement_sha256', NEW.statement_sha256, 'language', NEW.language),
            jsonb_build_object('looking', NEW.id));
    ELSE
        PERFORM houvast.tell('looking_moved', 'C40', jsonb_build_object('step', step, 'by', who), jsonb_strip_nulls(jsonb_build_object('looking', NEW.id, 'use', NEW.use)));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_looking() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.tell_looking() FROM PUBLIC

-- name: function_stop_looking
-- When a problem is closed, a grant ends, or somebody leaves, what they look at together ends too (promises C40, C47).
CREATE OR REPLACE FUNCTION houvast.stop_looking() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.looking l SET state = 'ended', ended_by = 'closing' WHERE l.ended_at IS NULL AND CASE TG_TABLE_NAME WHEN 'exchange' THEN l.exchange = NEW.id
        WHEN 'staff' THEN l.staff = NEW.id ELSE (to_jsonb(NEW) ->> 'exchange')::bigint = l.exchange AND (to_jsonb(NEW) ->> 'staff')::bigint = l.staff END;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.stop_looking() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.stop_looking() FROM PUBLIC

-- name: function_end_looking
-- Ends what had its time: links that nobody used, acceptances without a session, sessions (promise C40).
CREATE OR REPLACE FUNCTION houvast.end_looking() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE houvast.looking l SET state = 'ended', ended_by = 'time' WHERE l.ended_at IS NULL AND l.until <= clock_timestamp()
$$;
COMMENT ON FUNCTION houvast.end_looking() IS 'Ends what had its time (promise C40)';
REVOKE ALL ON FUNCTION houvast.end_looking() FROM PUBLIC

-- name: function_shown_looking
-- How a session stands, with its log and what the other browser said after a signal (promise C40).
CREATE OR REPLACE FUNCTION houvast.shown_looking(l houvast.looking, kinds text[], after bigint) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('number', l.id, 'problem', l.exchange, 'state', l.state, 'until', l.until, 'minutes', l.minutes, 'reason', l.reason, 'role', s.role,
        'subcontractor', c.name, 'country', c.country, 'ended_by', l.ended_by,
        'log', (SELECT coalesce(jsonb_agg(jsonb_build_object('step', t.step, 'by', t.by, 'at', t.at) ORDER BY t.id), '[]') FROM houvast.looking_step t WHERE t.looking = l.id),
        'signals', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'kind', g.kind, 'body', g.body) ORDER BY g.id), '[]')
            FROM houvast.looking_signal g WHERE g.looking = l.id AND g.kind = ANY (kinds) AND g.id > after AND l.state = 'running'))
    FROM houvast.staff s LEFT JOIN houvast.subcontractor c ON c.id = l.subcontractor WHERE s.id = l.staff
$$;
COMMENT ON FUNCTION houvast.shown_looking IS 'How a session stands (promise C40)';
REVOKE ALL ON FUNCTION houvast.shown_looking(houvast.looking, text[], bigint) FROM PUBLIC
