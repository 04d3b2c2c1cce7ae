-- name: table_denied
-- Requests of which the person says that they did not make them (promise C35).
CREATE TABLE IF NOT EXISTS houvast.denied (
    request bigint PRIMARY KEY REFERENCES houvast.request ON DELETE CASCADE, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    how text NOT NULL CHECK (how IN ('link', 'session', 'letter')));
COMMENT ON TABLE houvast.denied IS 'Requests that somebody made in the name of somebody else, as that person says (promise C35).';

-- name: table_case_code
-- Codes in letters by post, each for one request: longer than those by mail, and for fourteen days. As with those, a right try
-- and a wrong one change the same bytes, and a transaction tries once (promise C35).
CREATE TABLE IF NOT EXISTS houvast.case_code (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request bigint NOT NULL REFERENCES houvast.request ON DELETE CASCADE,
    salt bytea NOT NULL, code bytea NOT NULL, made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '14 days', ended_at timestamptz, settled_at timestamptz,
    tries int NOT NULL DEFAULT 0 CHECK (tries <= 5), is_right boolean NOT NULL DEFAULT false,
    tried_at timestamptz NOT NULL DEFAULT 'epoch', tried_by xid8 NOT NULL DEFAULT '0');
CREATE INDEX IF NOT EXISTS case_code_request ON houvast.case_code (request);
COMMENT ON TABLE houvast.case_code IS 'Codes in letters by post, as salted hashes, each bound to one request (promise C35).';

-- name: function_check_case
-- It was checked whose an open request is: that is told, and one that waited for it goes on (promise C35).
CREATE OR REPLACE FUNCTION houvast.check_case(number bigint, level int, method text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q houvast.request;
BEGIN
    UPDATE houvast.request r SET verified_at = clock_timestamp(), level = check_case.level,
        state = CASE r.state WHEN 'identity' THEN 'searching' ELSE r.state END
    WHERE r.id = number AND r.key IS NOT NULL AND r.closed_at IS NULL AND r.verified_at IS NULL AND NOT r.session RETURNING r.* INTO q;
    IF q.id IS NULL THEN RETURN false; END IF;
    PERFORM houvast.tell('person_checked', 'C35', jsonb_build_object('outcome', 'right', 'method', method, 'level', check_case.level), '{}', q.kind, q.key);
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.check_case IS 'It was checked whose a request is (promise C35)';
REVOKE ALL ON FUNCTION houvast.check_case(bigint, int, text) FROM PUBLIC

-- name: function_deny_case
-- The person did not ask this: the request ends, and codes for it; the officer is alarmed (promise C35).
CREATE OR REPLACE FUNCTION houvast.deny_case(number bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q houvast.request;
BEGIN
    INSERT INTO houvast.confirmed (what, who) VALUES ('withdraw ' || number, 'person') ON CONFLICT DO NOTHING;
    UPDATE houvast.request r SET state = 'withdrawn' WHERE r.id = number AND r.key IS NOT NULL AND r.closed_at IS NULL AND NOT r.session RETURNING r.* INTO q;
    IF q.id IS NULL THEN RETURN false; END IF;
    INSERT INTO houvast.denied (request, how) VALUES (number, deny_case.how);
    UPDATE houvast.case_code c SET ended_at = clock_timestamp() WHERE c.request = number AND c.ended_at IS NULL;
    UPDATE houvast.use u SET ended_at = clock_timestamp() FROM houvast.purpose p
    WHERE p.number = u.purpose AND p.kind = 'rights' AND u.kind = q.kind AND u.person = q.key AND u.ended_at IS NULL AND NOT EXISTS (
        SELECT FROM houvast.request o WHERE o.kind = q.kind AND o.key = q.key AND o.closed_at IS NULL AND o.verified_at IS NOT NULL);
    PERFORM houvast.tell('person_checked', 'C35', jsonb_build_object('outcome', 'stopped', 'method',
        CASE deny_case.how WHEN 'letter' THEN 'letter' WHEN 'session' THEN 'session' ELSE 'code' END, 'level', 0), '{}', q.kind, q.key);
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.deny_case IS 'A request that its person did not make ends (promise C35)';
REVOKE ALL ON FUNCTION houvast.deny_case(bigint, text) FROM PUBLIC

-- name: function_not_me
-- For the pages: whoever got a letter about a request did not ask it. Its reference is known to who asked and to who got the
-- letter; the answer never says whether there was one (promise C35).
CREATE OR REPLACE FUNCTION houvast.not_me(reference uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.deny_case(q.id, 'link') FROM houvast.request q
    WHERE q.code = not_me.reference AND NOT q.session AND q.closed_at IS NULL AND q."right" NOT IN ('complaint', 'question')
$$;
COMMENT ON FUNCTION houvast.not_me IS 'Somebody did not make the request that they got a letter about (promise C35)';
REVOKE ALL ON FUNCTION houvast.not_me(uuid) FROM PUBLIC

-- name: function_print_code
-- For whoever prints a letter by post: a new code for a request that waits to be checked, and the address on file. That is a
-- recorded use. A code that was printed before no longer counts; three letters in thirty days at most (promise C35).
CREATE OR REPLACE FUNCTION houvast.print_code(number bigint, OUT code text, OUT address text[], OUT until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain CONSTANT text := houvast.new_code() || left(houvast.new_code(), 4);
    fresh CONSTANT bytea := uuid_send(gen_random_uuid());
    q houvast.request;
BEGIN
    SELECT r.* INTO q FROM houvast.request r WHERE r.id = number AND NOT r.session FOR UPDATE;
    IF q.key IS NULL OR q.closed_at IS NOT NULL OR q.verified_at IS NOT NULL THEN
        PERFORM houvast.says_no('no open request of this number waits to be checked', 'C35', 'houvast request list shows the requests and their states.');
    END IF;
    address := houvast.post_of(q.kind, q.key);
    IF address IS NULL THEN
        PERFORM houvast.says_no('no postal address of this person is on file, or it is contested', 'C35',
            'Check them in another way: a code by mail, or in person. Ask for no address: a code goes to one that is known already.');
    ELSIF (SELECT count(*) FROM houvast.case_code c WHERE c.request = number AND c.made_at > clock_timestamp() - interval '30 days') >= 3 THEN
        PERFORM houvast.says_no('three letters with a code were printed for this request in thirty days', 'C35', 'Check them in another way.');
    END IF;
    PERFORM houvast.open_case(number, 'prints a letter with a code');
    UPDATE houvast.case_code c SET ended_at = clock_timestamp() WHERE c.request = number AND c.ended_at IS NULL;
    INSERT INTO houvast.case_code AS c (request, salt, code) VALUES (number, fresh, sha256(fresh || houvast.typed_code(plain))) RETURNING c.until INTO until;
    INSERT INTO houvast.confirmed (what, who) VALUES ('post ' || number, 'an administrator') ON CONFLICT DO NOTHING;  -- its letter may go
    code := left(plain, 4) || '-' || substr(plain, 5, 4) || '-' || right(plain, 4);
END $$;
COMMENT ON FUNCTION houvast.print_code IS 'A code for a letter by post (promise C35)';
REVOKE ALL ON FUNCTION houvast.print_code(bigint) FROM PUBLIC

-- name: function_answer_case_code
-- For the pages: tries the code of a letter. Whether it was right, houvast.settle_case_code acts on once this has committed. The
-- try is counted by the statement that compares: five, however many come at once (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_case_code(reference uuid, code text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE houvast.case_code c SET tries = c.tries + 1, tried_at = clock_timestamp(), tried_by = pg_current_xact_id(),
        is_right = c.code = sha256(c.salt || houvast.typed_code(answer_case_code.code))
    FROM houvast.request q
    WHERE q.code = answer_case_code.reference AND c.request = q.id AND q.closed_at IS NULL AND c.tries < 5 AND c.tried_by <> pg_current_xact_id()
      AND NOT c.is_right AND c.ended_at IS NULL AND c.until > clock_timestamp()
$$;
COMMENT ON FUNCTION houvast.answer_case_code IS 'Tries the code of a letter (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_case_code(uuid, text) FROM PUBLIC

-- name: function_settle_case_code
-- For the pages: what follows from a right code, within ten minutes: `yes`, the request is theirs and goes on; `no`, they did not
-- ask it. NULL when no right code was tried, or this transaction tried it (promise C35).
CREATE OR REPLACE FUNCTION houvast.settle_case_code(reference uuid, choice text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c houvast.case_code;
    m bigint;
BEGIN
    SELECT t.* INTO c FROM houvast.case_code t JOIN houvast.request q ON q.id = t.request
    WHERE q.code = reference AND t.is_right AND t.ended_at IS NULL AND t.settled_at IS NULL AND t.tried_at > clock_timestamp() - interval '10 minutes'
      AND t.tried_by IS DISTINCT FROM pg_current_xact_id_if_assigned() FOR UPDATE OF t;
    IF c.id IS NULL OR choice IS NULL OR choice NOT IN ('yes', 'no') THEN RETURN NULL; END IF;
    UPDATE houvast.case_code t SET settled_at = clock_timestamp(), ended_at = clock_timestamp() WHERE t.id = c.id;
    SELECT b.mandate INTO m FROM houvast.by_mandate b WHERE b.request = c.request;
    IF m IS NOT NULL AND choice = 'yes' THEN PERFORM houvast.confirm_mandate(m, 'letter');
    ELSIF m IS NOT NULL THEN PERFORM houvast.end_mandate(m, 'letter');
    ELSIF choice = 'no' THEN PERFORM houvast.deny_case(c.request, 'letter');
    ELSE PERFORM houvast.check_case(c.request, 4, 'letter');
    END IF;
    RETURN choice;
END $$;
COMMENT ON FUNCTION houvast.settle_case_code IS 'What follows from the right code of a letter (promise C35)';
REVOKE ALL ON FUNCTION houvast.settle_case_code(uuid, text) FROM PUBLIC

-- name: function_own_unchecked
-- For the pages for people: their requests of which it was not checked whose they are; `enough`: whether this session is (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_unchecked(secret text) RETURNS TABLE (code uuid, "right" text, channel text, received_at timestamptz, enough boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false) l;
    RETURN QUERY SELECT q.code, q."right", q.channel, q.received_at, houvast.session_level(secret) >= houvast.needed_level(q."right", q.kind, q.key)
    FROM (SELECT whose.kind, whose.key) s JOIN houvast.request q ON q.kind = s.kind AND q.key = s.key
    WHERE NOT q.session AND q.closed_at IS NULL AND q.verified_at IS NULL
      AND NOT EXISTS (SELECT FROM houvast.by_mandate b WHERE b.request = q.id) ORDER BY q.id LIMIT 50;
END $$;
COMMENT ON FUNCTION houvast.own_unchecked IS 'The requests that wait until it is known whose they are (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_unchecked(text) FROM PUBLIC

-- name: function_claim_case
-- For the pages for people: somebody in their own session says of a request in their name that it is theirs, or not. `yes`, `no`, or
-- `more`: what is asked weighs more than this session shows. NULL when there is no such request (promise C35).
CREATE OR REPLACE FUNCTION houvast.claim_case(secret text, reference uuid, choice text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
    q houvast.request;
    sure CONSTANT int := houvast.session_level(secret);
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    SELECT r.* INTO q FROM houvast.request r WHERE r.code = reference AND r.kind = s.kind AND r.key = s.key AND NOT r.session
        AND r.closed_at IS NULL AND r.verified_at IS NULL AND NOT EXISTS (SELECT FROM houvast.by_mandate b WHERE b.request = r.id);
    IF q.id IS NULL OR choice IS NULL OR choice NOT IN ('yes', 'no') THEN RETURN NULL;
    ELSIF choice = 'no' THEN PERFORM houvast.deny_case(q.id, 'session');
    ELSIF sure < houvast.needed_level(q."right", q.kind, q.key) THEN RETURN 'more';
    ELSE PERFORM houvast.check_case(q.id, sure, houvast.session_method(secret));
    END IF;
    RETURN choice;
END $$;
COMMENT ON FUNCTION houvast.claim_case IS 'Somebody says in their session whether a request is theirs (promise C35)';
REVOKE ALL ON FUNCTION houvast.claim_case(text, uuid, text) FROM PUBLIC

-- name: function_session_level
-- How sure a live session is; 0 for none (promise C35).
CREATE OR REPLACE FUNCTION houvast.session_level(secret text) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT s.level FROM houvast.session_now(session_level.secret) s), 0)
$$;
COMMENT ON FUNCTION houvast.session_level IS 'How sure a session is (promise C35)';
REVOKE ALL ON FUNCTION houvast.session_level(text) FROM PUBLIC

-- name: function_session_method
-- By what somebody showed who they are (promise C35).
CREATE OR REPLACE FUNCTION houvast.session_method(secret text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.method FROM houvast.session_now(session_method.secret) s
$$;
COMMENT ON FUNCTION houvast.session_method IS 'By what a session came about (promise C35)';
REVOKE ALL ON FUNCTION houvast.session_method(text) FROM PUBLIC

-- name: function_has_second_way
-- Whether there is a way besides mail by which somebody can show who they are (promise C35).
CREATE OR REPLACE FUNCTION houvast.has_second_way(kind text, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.post_of(has_second_way.kind, has_second_way.key) IS NOT NULL OR EXISTS (SELECT FROM houvast.passkey p
        WHERE p.kind = has_second_way.kind AND p.key = has_second_way.key AND p.made_at < clock_timestamp() - interval '3 days')
$$;
COMMENT ON FUNCTION houvast.has_second_way IS 'Whether there is a second way to check somebody (promise C35)';
REVOKE ALL ON FUNCTION houvast.has_second_way(text, text) FROM PUBLIC

-- name: function_needed_level
-- How sure it must be whose a request is. What weighs more (erasing, closing, changing what codes go to, a copy with special data)
-- asks for two ways, where a second one is on file (promise C35).
CREATE OR REPLACE FUNCTION houvast.needed_level("right" text, kind text, key text) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN needed_level."right" IN ('complaint', 'question') THEN 0
        WHEN needed_level."right" IN ('objection', 'withdrawal', 'stop') THEN 1
        WHEN houvast.has_second_way(needed_level.kind, needed_level.key) AND (needed_level."right" IN ('erasure', 'closing', 'rectification')
             OR needed_level."right" IN ('access', 'portability') AND needed_level.kind = ANY ({special})) THEN 3
        ELSE 2 END
$$;
COMMENT ON FUNCTION houvast.needed_level IS 'How sure it must be whose a request is (promise C35)';
REVOKE ALL ON FUNCTION houvast.needed_level(text, text, text) FROM PUBLIC
