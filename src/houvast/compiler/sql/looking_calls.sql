-- name: function_looking_ask
-- Asks a customer to look together: the session's number, and the link that works once, for an hour (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_ask(problem bigint, reason text, minutes int, by text, OUT id bigint, OUT token text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'subcontractor');
BEGIN
    PERFORM houvast.end_looking();
    IF EXISTS (SELECT FROM houvast.looking l WHERE l.exchange = problem AND l.ended_at IS NULL) THEN
        PERFORM houvast.says_no('somebody looks together at this problem already, or was asked to', 'C40', 'End that session first.');
    END IF;
    looking_ask.token := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    INSERT INTO houvast.looking AS l (exchange, staff, subcontractor, reason, minutes, link, until)
    VALUES (problem, s.id, s.subcontractor, btrim(looking_ask.reason), looking_ask.minutes, sha256(convert_to(looking_ask.token, 'UTF8')), clock_timestamp())
    RETURNING l.id INTO looking_ask.id;
END $$;
COMMENT ON FUNCTION houvast.looking_ask IS 'Asks to look together (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_ask(bigint, text, int, text) FROM PUBLIC

-- name: function_looking_asked
-- What a link asks that was not used; looking at it changes nothing (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_asked(token text) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.shown_looking(l, '{}', 0) FROM houvast.looking l
    WHERE l.link = sha256(convert_to(token, 'UTF8')) AND l.state = 'asked' AND l.until > clock_timestamp()
$$;
COMMENT ON FUNCTION houvast.looking_asked IS 'What a link asks (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_asked(text) FROM PUBLIC

-- name: function_looking_answer
-- The customer says yes or no, once: the code of their page, '' after a no, NULL for a link that nobody has or that was used (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_answer(token text, accepts boolean, language text, statement_sha256 text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    code CONSTANT text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
BEGIN
    UPDATE houvast.looking l SET state = CASE WHEN accepts THEN 'accepted' ELSE 'ended' END, ended_by = CASE WHEN accepts THEN NULL ELSE 'customer' END,
        follow = CASE WHEN accepts THEN sha256(convert_to(code, 'UTF8')) END, language = CASE WHEN accepts THEN looking_answer.language END,
        statement_sha256 = CASE WHEN accepts THEN looking_answer.statement_sha256 END
    WHERE l.link = sha256(convert_to(token, 'UTF8')) AND l.state = 'asked' AND l.until > clock_timestamp();
    RETURN CASE WHEN FOUND THEN CASE WHEN accepts THEN code ELSE '' END END;
END $$;
COMMENT ON FUNCTION houvast.looking_answer IS 'The customer says yes or no to one session (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_answer(text, boolean, text, text) FROM PUBLIC

-- name: function_looking_follow
-- How their session stands, for the customer with its code, and what the other browser said after a signal; NULL for a code that nobody has (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_follow(follow text, after bigint) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.end_looking();
    RETURN (SELECT houvast.shown_looking(l, '{ready,answer}', after) FROM houvast.looking l WHERE l.follow = sha256(convert_to(looking_follow.follow, 'UTF8')));
END $$;
COMMENT ON FUNCTION houvast.looking_follow IS 'How a session stands, for the customer (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_follow(text, bigint) FROM PUBLIC

-- name: function_looking_move
-- The customer begins, pauses, goes on or ends; the end counts at once, and ending what has ended changes nothing (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_move(follow text, what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    becomes CONSTANT text := CASE what WHEN 'begin' THEN 'running' WHEN 'go on' THEN 'running' WHEN 'pause' THEN 'paused' WHEN 'end' THEN 'ended' END;
    now_is text;
BEGIN
    SELECT l.state INTO now_is FROM houvast.looking l WHERE l.follow = sha256(convert_to(looking_move.follow, 'UTF8')) FOR UPDATE;
    IF becomes = 'ended' AND now_is = 'ended' THEN RETURN; END IF;
    IF now_is IS NULL OR becomes IS NULL OR (what = 'begin') <> (now_is = 'accepted') AND becomes = 'running' THEN
        PERFORM houvast.says_no('nobody looks along before the customer has said yes to this session', 'C40', 'Wait until they have accepted it on their page.');
    END IF;
    UPDATE houvast.looking l SET state = becomes, ended_by = CASE becomes WHEN 'ended' THEN 'customer' END
    WHERE l.follow = sha256(convert_to(looking_move.follow, 'UTF8'));
END $$;
COMMENT ON FUNCTION houvast.looking_move IS 'The customer begins, pauses, goes on or ends (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_move(text, text) FROM PUBLIC

-- name: function_looking_say
-- What the customer's browser offers; what was offered and answered before is forgotten (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_say(follow text, body text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number CONSTANT bigint := (SELECT l.id FROM houvast.looking l WHERE l.follow = sha256(convert_to(looking_say.follow, 'UTF8')));
BEGIN
    DELETE FROM houvast.looking_signal s WHERE s.looking = number AND s.kind <> 'ready';
    INSERT INTO houvast.looking_signal (looking, kind, body) VALUES (coalesce(number, 0), 'offer', looking_say.body);
END $$;
COMMENT ON FUNCTION houvast.looking_say IS 'What the browser of the customer offers (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_say(text, text) FROM PUBLIC

-- name: function_named_looking
-- A session, for the one who was named for it and may look along now (promise C40).
CREATE OR REPLACE FUNCTION houvast.named_looking(number bigint, by text) RETURNS houvast.looking LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'subcontractor');
    l houvast.looking;
BEGIN
    PERFORM houvast.end_looking();
    SELECT t.* INTO l FROM houvast.looking t WHERE t.id = number AND t.staff = s.id;
    IF l.id IS NULL THEN
        PERFORM houvast.says_no('only the one to whom a problem was granted, and who was named, looks along', 'C40', 'An officer grants it on the page of the problem.');
    END IF;
    RETURN l;
END $$;
COMMENT ON FUNCTION houvast.named_looking IS 'A session, for the one who was named (promise C40)';
REVOKE ALL ON FUNCTION houvast.named_looking(bigint, text) FROM PUBLIC

-- name: function_looking_watch
-- How a session stands, for the one who was named, and what the customer's browser said after a signal (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_watch(number bigint, by text, after bigint) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN houvast.shown_looking(houvast.named_looking(number, by), '{offer}', after);
END $$;
COMMENT ON FUNCTION houvast.looking_watch IS 'How a session stands, for who looks along (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_watch(bigint, text, bigint) FROM PUBLIC

-- name: function_looking_reply
-- What the browser of who looks along says: that it is ready, or its answer to an offer (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_reply(number bigint, by text, kind text, body text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l CONSTANT houvast.looking := houvast.named_looking(number, by);
BEGIN
    INSERT INTO houvast.looking_signal (looking, kind, body) VALUES (l.id, CASE looking_reply.kind WHEN 'ready' THEN 'ready' ELSE 'answer' END, looking_reply.body);
END $$;
COMMENT ON FUNCTION houvast.looking_reply IS 'What the browser of who looks along says (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_reply(bigint, text, text, text) FROM PUBLIC

-- name: function_looking_leave
-- Whoever looks along ends it (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_leave(number bigint, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l CONSTANT houvast.looking := houvast.named_looking(number, by);
BEGIN
    UPDATE houvast.looking t SET state = 'ended', ended_by = 'specialist' WHERE t.id = l.id AND t.ended_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.looking_leave IS 'Whoever looks along ends it (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_leave(bigint, text) FROM PUBLIC

-- name: function_looking_mine
-- The sessions of a problem with their logs: for who was named, those of their own; officers and auditors read all (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_mine(problem bigint, by text) RETURNS SETOF jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'auditor', 'subcontractor');
BEGIN
    PERFORM houvast.end_looking();
    RETURN QUERY SELECT houvast.shown_looking(l, '{}', 0) || jsonb_build_object('own', l.staff = s.id) FROM houvast.looking l
        WHERE l.exchange = problem AND (l.staff = s.id OR s.role IN ('officer', 'auditor')) ORDER BY l.id DESC;
END $$;
COMMENT ON FUNCTION houvast.looking_mine IS 'The sessions of a problem (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_mine(bigint, text) FROM PUBLIC
