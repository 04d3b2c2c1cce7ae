-- name: table_prepared
-- What the worker makes for somebody whose session asked for it: a copy of their data, the plan of an erasure, their receipts.
-- It lies here until that session has ended, a day at most, and no other session gets it; no job names anybody (promise C33).
CREATE TABLE IF NOT EXISTS houvast.prepared (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), session bytea NOT NULL REFERENCES houvast.person_session ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, what text NOT NULL CHECK (what IN ('access', 'portability', 'plan', 'receipts')),
    language text NOT NULL DEFAULT 'nl' CHECK (language IN ('nl', 'en')), request bigint REFERENCES houvast.request ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL, tries int NOT NULL DEFAULT 0,
    failed boolean NOT NULL DEFAULT false, made_at timestamptz, content bytea, taken_at timestamptz, CHECK ((made_at IS NULL) = (content IS NULL)));
CREATE INDEX IF NOT EXISTS prepared_session ON houvast.prepared (session);
COMMENT ON TABLE houvast.prepared IS 'What the worker made for the session of a person: copies, plans, receipts; nobody but its keeper reads it (promise C33).';

-- name: function_is_done
-- Whether what a person asked in their own session was done there: the copy was taken, the account is closed (promise G18).
CREATE OR REPLACE FUNCTION houvast.is_done(number bigint, "right" text, kind text, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN is_done."right" IN ('access', 'portability') THEN EXISTS (SELECT FROM houvast.prepared d WHERE d.request = number AND d.taken_at IS NOT NULL)
        WHEN is_done."right" = 'closing' THEN EXISTS (SELECT FROM houvast.person p WHERE p.kind = is_done.kind AND p.key = is_done.key AND p.closed_at IS NOT NULL)
        WHEN is_done."right" = 'stop' THEN EXISTS (SELECT FROM houvast.stand s WHERE s.kind = is_done.kind AND s.key = is_done.key AND s.stand = 'stopped')
        ELSE false END
$$;
COMMENT ON FUNCTION houvast.is_done IS 'Whether a request was done in the session of the person (promise G18)';
REVOKE ALL ON FUNCTION houvast.is_done(bigint, text, text, text) FROM PUBLIC

-- name: function_ask_own
-- For the pages for people: somebody asks something in their own session, which is the check of who they are. What needs a code
-- of this moment gets one. An objection counts at once, until it was weighed; a value that they say is wrong is used no longer,
-- where the map lets it be contested; stopping counts at once. `about`: the purpose, or TABLE.COLUMN. The same that is open is
-- not asked twice (promises C33, C35, G08).
CREATE OR REPLACE FUNCTION houvast.ask_own(secret text, "right" text, language text, words text DEFAULT '', about text DEFAULT '', OUT code uuid, OUT due_on date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found record;
    checked record;
    said CONSTANT text := concat_ws(E'\n\n', nullif(btrim(ask_own.about), ''), nullif(btrim(words), ''));
    wanted CONSTANT text := ask_own."right";
    number bigint;
BEGIN
    SELECT s.* INTO found FROM houvast.live_session(secret, coalesce(wanted IN ('access', 'portability', 'closing', 'erasure'), false),
        CASE WHEN wanted IN ('access', 'portability') THEN 'copy' WHEN wanted = 'objection' THEN 'choose' ELSE 'ask' END) s;
    SELECT r.level, r.verified_at INTO checked FROM houvast.request r WHERE r.id = found.request;
    PERFORM FROM houvast.person p WHERE p.kind = found.kind AND p.key = found.key FOR UPDATE;  -- one request at a time
    IF length(said) > 20000 THEN
        PERFORM houvast.says_no('that is longer than 20,000 characters', 'C33', 'Write it shorter.');
    ELSIF wanted IN ('rectification', 'restriction') AND length(btrim(coalesce(words, ''))) < 3 THEN
        PERFORM houvast.says_no('this asks for a few words of your own', 'C33', 'Say why, or what is right.');
    END IF;
    IF wanted NOT IN ('objection', 'rectification', 'question', 'complaint') THEN
        SELECT q.code, q.due_on INTO ask_own.code, ask_own.due_on FROM houvast.request q
        WHERE q.kind = found.kind AND q.key = found.key AND q."right" = wanted AND q.closed_at IS NULL AND NOT q.session
          AND q.verified_at IS NOT NULL ORDER BY q.id LIMIT 1;
    ELSIF wanted = 'objection' THEN
        SELECT q.code, q.due_on INTO ask_own.code, ask_own.due_on FROM houvast.request q JOIN houvast.request_text t ON t.request = q.id
        WHERE q.kind = found.kind AND q.key = found.key AND q."right" = wanted AND q.closed_at IS NULL AND NOT q.session
          AND split_part(t.body, E'\n', 1) = ask_own.about ORDER BY q.id LIMIT 1;
    END IF;
    IF ask_own.code IS NULL THEN
        IF (SELECT count(*) FROM houvast.request q WHERE q.kind = found.kind AND q.key = found.key AND q.closed_at IS NULL AND NOT q.session) >= 20 THEN
            PERFORM houvast.says_no('twenty requests of this person are open', 'C33', 'Wait for our answer, or withdraw one.');
        END IF;
        INSERT INTO houvast.request AS q (kind, key, "right", channel, language, verified_at, level)
        VALUES (found.kind, found.key, wanted, 'portal', ask_own.language, checked.verified_at, checked.level)
        RETURNING q.id, q.code, q.due_on INTO number, ask_own.code, ask_own.due_on;
        IF said <> '' THEN INSERT INTO houvast.request_text (request, body) VALUES (number, said); END IF;
        IF wanted NOT IN ('access', 'portability', 'closing', 'stop') THEN  -- these are done at once, or later by the staff
            UPDATE houvast.request q SET state = 'acknowledged' WHERE q.id = number;
        END IF;
    END IF;
    IF wanted = 'objection' THEN PERFORM houvast.set_stand(found.kind, found.key, 'objected', ask_own.about, 'person'); END IF;
    IF wanted = 'rectification' AND houvast.place_of(found.kind, ask_own.about) = ask_own.about THEN
        PERFORM houvast.set_stand(found.kind, found.key, 'contested', ask_own.about, 'person');
    END IF;
    IF wanted = 'stop' THEN
        PERFORM houvast.set_stand(found.kind, found.key, 'stopped', '', 'person');
        UPDATE houvast.request q SET closed_at = clock_timestamp() WHERE q.code = ask_own.code;
    END IF;
END $$;
COMMENT ON FUNCTION houvast.ask_own IS 'Somebody asks something in their own session (promise C33)';
REVOKE ALL ON FUNCTION houvast.ask_own(text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.ask_own(text, text, text, text, text) TO houvast_people

-- name: function_withdraw_own
-- For the pages for people: somebody no longer asks what they asked; whether there was something open (promise G18).
CREATE OR REPLACE FUNCTION houvast.withdraw_own(secret text, code uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
    number bigint;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'ask') l;
    SELECT q.id INTO number FROM houvast.request q
    WHERE q.kind = whose.kind AND q.key = whose.key AND q.code = withdraw_own.code AND NOT q.session AND q.closed_at IS NULL;
    IF number IS NULL THEN RETURN false; END IF;
    INSERT INTO houvast.confirmed (what, who) VALUES ('withdraw ' || number, 'person') ON CONFLICT DO NOTHING;
    UPDATE houvast.request q SET state = 'withdrawn' WHERE q.id = number;
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.withdraw_own IS 'Somebody no longer asks what they asked (promise G18)';
REVOKE ALL ON FUNCTION houvast.withdraw_own(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.withdraw_own(text, uuid) TO houvast_people

-- name: function_done_own
-- For the pages for people: what somebody asked in their own session was done there, so that the request ends (promise G18).
CREATE OR REPLACE FUNCTION houvast.done_own(secret text, code uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'ask') l;
    UPDATE houvast.request q SET closed_at = clock_timestamp() FROM (SELECT whose.kind, whose.key) s
    WHERE q.kind = s.kind AND q.key = s.key AND q.code = done_own.code AND NOT q.session AND q.closed_at IS NULL AND q.state = 'received'
      AND houvast.is_done(q.id, q."right", q.kind, q.key);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION houvast.done_own IS 'What somebody asked was done in their own session (promise G18)';
REVOKE ALL ON FUNCTION houvast.done_own(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.done_own(text, uuid) TO houvast_people

-- name: function_own_letters
-- For the pages for people: the letters that were sent about their requests, by the code of each (promise C33).
CREATE OR REPLACE FUNCTION houvast.own_letters(secret text) RETURNS TABLE (code uuid, subject text, body text, sent_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see') l;
    RETURN QUERY SELECT q.code, l.subject, l.body, l.sent_at FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.request q ON q.kind = s.kind AND q.key = s.key AND NOT q.session
        JOIN houvast.letter l ON l.request = q.id AND l.sent_at IS NOT NULL ORDER BY l.sent_at, l.id;
END $$;
COMMENT ON FUNCTION houvast.own_letters IS 'The letters about the requests of the person of a session (promise C33)';
REVOKE ALL ON FUNCTION houvast.own_letters(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_letters(text) TO houvast_people

-- name: function_own_steps
-- For the pages for people: how far every other system is with what they asked, by the code of each request; by the name that
-- people know it by, and never why it did not work, which may tell where it is (promise G05).
CREATE OR REPLACE FUNCTION houvast.own_steps(secret text) RETURNS TABLE (code uuid, label_nl text, label_en text, stands text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT DISTINCT q.code, coalesce(y.label_nl, ''), coalesce(y.label_en, ''),
            CASE WHEN t.state = 'waiting' AND t.error <> '' THEN 'again' WHEN t.state = 'done' AND y.sort = 'recipient' THEN 'told' ELSE t.state END
        FROM houvast.live_session(secret, false) s
        JOIN houvast.request q ON q.kind = s.kind AND q.key = s.key AND NOT q.session
        JOIN houvast.step t ON t.request = q.id LEFT JOIN houvast.system y ON y.name = t.system ORDER BY 1, 2, 4;
END $$;
COMMENT ON FUNCTION houvast.own_steps IS 'How far other systems are with the requests of the person of a session (promise G05)';
REVOKE ALL ON FUNCTION houvast.own_steps(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_steps(text) TO houvast_people

-- name: function_own_kind
-- For the pages for people: which kind of people the person of a session is one of (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_kind(secret text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT s.kind FROM houvast.live_session(secret, false, 'see', 'choose', 'ask', 'copy') s);
END $$;
COMMENT ON FUNCTION houvast.own_kind IS 'Which kind of people the person of a session is one of (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_kind(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_kind(text) TO houvast_people

-- name: function_own_history
-- For the pages for people: what they chose before, and what was weighed, from the log; the newest first (promise G09).
CREATE OR REPLACE FUNCTION houvast.own_history(secret text) RETURNS TABLE (at timestamptz, what text, about text, change text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see') l;
    RETURN QUERY SELECT h.at, coalesce(h.body ->> 'what', 'weighed'), coalesce(h.sealed ->> 'about', h.body ->> 'purpose', ''), coalesce(h.body ->> 'change', 'ended')
        FROM (SELECT whose.kind, whose.key) s CROSS JOIN LATERAL (
            SELECT e.at, e.body, e.sealed, e.index AS place FROM houvast.entry e
            WHERE e.kind IN ('person_state_changed', 'objection_weighed') AND e.subject_kind = s.kind AND e.subject_key = s.key AND e.sealed IS NOT NULL
            UNION ALL SELECT v.at, v.body, v.sealed, 4000000000000000000 + v.id FROM houvast.event v
            WHERE v.kind IN ('person_state_changed', 'objection_weighed') AND v.subject_kind = s.kind AND v.subject_key = s.key) h
        WHERE coalesce(h.body ->> 'what', 'weighed') IN ('consented', 'withdrawn', 'objected', 'weighed', 'restricted', 'stopped', 'closed', 'contested')
        ORDER BY h.place DESC LIMIT 50;
END $$;
COMMENT ON FUNCTION houvast.own_history IS 'What the person of a session chose before (promise G09)';
REVOKE ALL ON FUNCTION houvast.own_history(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_history(text) TO houvast_people

-- name: function_prepare_own
-- For the pages for people: has something made for the session of a person, by the worker. A copy is a request as well, and
-- asks for a code of this moment. What is being made is not asked twice (promises C33, C35).
CREATE OR REPLACE FUNCTION houvast.prepare_own(secret text, what text, language text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ours CONSTANT bytea := sha256(convert_to(prepare_own.secret, 'UTF8'));
    is_copy CONSTANT boolean := coalesce(prepare_own.what IN ('access', 'portability'), false);
    found record;
    asked uuid;
    made uuid;
BEGIN
    IF prepare_own.what IS NULL OR prepare_own.what NOT IN ('access', 'portability', 'plan', 'receipts') THEN
        PERFORM houvast.says_no('nothing of that name is made for anybody', 'C33', 'Ask for access, portability, plan or receipts.');
    END IF;
    SELECT s.kind, s.key INTO found FROM houvast.live_session(secret, is_copy, CASE WHEN is_copy THEN 'copy' ELSE 'see' END) s;
    SELECT d.id INTO made FROM houvast.prepared d WHERE d.session = ours AND d.what = prepare_own.what AND d.made_at IS NULL AND NOT d.failed;
    IF made IS NOT NULL THEN RETURN made; END IF;
    IF (SELECT count(*) FROM houvast.prepared d WHERE d.kind = found.kind AND d.key = found.key AND d.asked_at > clock_timestamp() - interval '1 hour') >= 20 THEN
        PERFORM houvast.says_no('this was asked for twenty times in an hour', 'C33', 'Wait an hour, or use what was made.');
    END IF;
    IF is_copy THEN SELECT a.code INTO asked FROM houvast.ask_own(secret, prepare_own.what, prepare_own.language) a; END IF;
    DELETE FROM houvast.prepared d WHERE d.session = ours AND d.what = prepare_own.what;
    INSERT INTO houvast.prepared (session, kind, key, what, language, request, until)
    SELECT ours, found.kind, found.key, prepare_own.what, prepare_own.language,
           CASE WHEN is_copy THEN (SELECT q.id FROM houvast.request q WHERE q.code = asked) END, least(s.until, clock_timestamp() + interval '1 day')
    FROM houvast.person_session s WHERE s.secret = ours RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.prepare_own IS 'Has something made for the session of a person (promise C33)';
REVOKE ALL ON FUNCTION houvast.prepare_own(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.prepare_own(text, text, text) TO houvast_people

-- name: function_own_prepared
-- For the pages for people: what was made for this session, without what is in it (promise C33).
CREATE OR REPLACE FUNCTION houvast.own_prepared(secret text) RETURNS TABLE (id uuid, what text, asked_at timestamptz, made_at timestamptz, until timestamptz,
    failed boolean, size int, taken_at timestamptz) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see', 'copy') l;
    RETURN QUERY SELECT d.id, d.what, d.asked_at, d.made_at, d.until, d.failed, length(d.content), d.taken_at FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.prepared d ON d.kind = s.kind AND d.key = s.key
        WHERE d.session = sha256(convert_to(own_prepared.secret, 'UTF8')) AND d.until > clock_timestamp() ORDER BY d.asked_at;
END $$;
COMMENT ON FUNCTION houvast.own_prepared IS 'What was made for the session of a person (promise C33)';
REVOKE ALL ON FUNCTION houvast.own_prepared(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_prepared(text) TO houvast_people

-- name: function_take_own
-- For the pages for people: what was made for this session, to that session alone. A copy asks for a code of this moment; that it
-- was handed out is told, and answers the request (promises C33, C35, G18).
CREATE OR REPLACE FUNCTION houvast.take_own(secret text, what text) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_copy CONSTANT boolean := coalesce(take_own.what IN ('access', 'portability'), false);
    d houvast.prepared;
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, is_copy, CASE WHEN is_copy THEN 'copy' ELSE 'see' END) l;
    SELECT p.* INTO d FROM (SELECT whose.kind, whose.key) s JOIN houvast.prepared p ON p.kind = s.kind AND p.key = s.key
    WHERE p.session = sha256(convert_to(take_own.secret, 'UTF8')) AND p.what = take_own.what AND p.made_at IS NOT NULL AND p.until > clock_timestamp()
    FOR UPDATE OF p;
    IF d.id IS NULL THEN RETURN NULL; END IF;
    UPDATE houvast.prepared p SET taken_at = coalesce(p.taken_at, clock_timestamp()) WHERE p.id = d.id;
    IF is_copy THEN
        PERFORM houvast.tell('copy_handed_out', 'C33', jsonb_build_object('right', d.what),
            jsonb_build_object('copy_sha256', encode(sha256(d.content), 'hex')), d.kind, d.key);
        UPDATE houvast.request q SET closed_at = clock_timestamp() WHERE q.id = d.request AND q.closed_at IS NULL AND q.state = 'received';
    END IF;
    RETURN d.content;
END $$;
COMMENT ON FUNCTION houvast.take_own IS 'Hands what was made to the session of the person, and tells it (promise C33)';
REVOKE ALL ON FUNCTION houvast.take_own(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.take_own(text, text) TO houvast_people

-- name: function_sweep_prepared
-- For the worker: what had its time goes, and so does what was made for a session that has ended (promise C33).
CREATE OR REPLACE FUNCTION houvast.sweep_prepared() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM houvast.prepared d USING houvast.person_session s
    WHERE s.secret = d.session AND (d.until <= clock_timestamp() OR s.ended_at IS NOT NULL OR s.until <= clock_timestamp())
$$;
COMMENT ON FUNCTION houvast.sweep_prepared IS 'Takes away what was made for sessions that have ended (promise C33)';
REVOKE ALL ON FUNCTION houvast.sweep_prepared() FROM PUBLIC

-- name: function_own_scopes
-- For the API: what a session, or a token that came of one, may do of what a person may (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_scopes(secret text) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.live_session(secret, false, 'see', 'choose', 'ask', 'copy');
    RETURN (SELECT coalesce(s.scopes, '{see,choose,ask,copy,all}') FROM houvast.person_session s WHERE s.secret = sha256(convert_to(own_scopes.secret, 'UTF8')));
END $$;
COMMENT ON FUNCTION houvast.own_scopes IS 'What a session may do (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_scopes(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_scopes(text) TO houvast_people

-- name: function_narrow_session
-- For the API: a person gives a program a token that may do a part of what they may, until it ends or their own session does. It
-- is as sure as their session is, and gives no further tokens (promise C35).
CREATE OR REPLACE FUNCTION houvast.narrow_session(secret text, scopes text[], minutes int, OUT token text, OUT until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ours CONSTANT bytea := sha256(convert_to(narrow_session.secret, 'UTF8'));
    made CONSTANT text := houvast.new_secret();
BEGIN
    PERFORM houvast.live_session(secret, true);
    IF coalesce(cardinality(scopes), 0) = 0 OR NOT scopes <@ '{see,choose,ask,copy}'::text[] OR minutes IS NULL OR minutes NOT BETWEEN 1 AND 480 THEN
        PERFORM houvast.says_no('a token has scopes, and ends within eight hours', 'C35', 'Name what it may: see, choose, ask, copy; and for how many minutes.');
    ELSIF (SELECT count(*) FROM houvast.person_session s WHERE s.parent = ours AND s.ended_at IS NULL AND s.until > clock_timestamp()) >= 10 THEN
        PERFORM houvast.says_no('ten tokens of this session count already', 'C35', 'Sign one of them out.');
    END IF;
    INSERT INTO houvast.person_session AS n (secret, "check", live, level, method, until, scopes, parent)
    SELECT sha256(convert_to(made, 'UTF8')), s."check", true, s.level, s.method, least(s.until, clock_timestamp() + make_interval(mins => minutes)),
           ARRAY(SELECT DISTINCT a FROM unnest(narrow_session.scopes) a ORDER BY a), ours
    FROM houvast.person_session s WHERE s.secret = ours RETURNING n.until INTO narrow_session.until;
    token := made;
END $$;
COMMENT ON FUNCTION houvast.narrow_session IS 'A token that may do a part of what a session may (promise C35)';
REVOKE ALL ON FUNCTION houvast.narrow_session(text, text[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.narrow_session(text, text[], int) TO houvast_people
