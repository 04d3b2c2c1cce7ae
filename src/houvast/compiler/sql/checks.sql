-- name: outgoing
-- Mail that waits to be sent: to an address, or to a person at the address on file when it is sent. `template`: which text,
-- filled with `values`; what stands in either is gone once it is sent. A blank is for an address that nobody here has: it
-- costs what a letter costs, and is not sent. Not sent either after `until` (promise C35).
CREATE TABLE IF NOT EXISTS houvast.outgoing (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), to_kind text COLLATE "C", to_key text COLLATE "C", address text,
    template text NOT NULL, language text NOT NULL DEFAULT 'nl' CHECK (language IN ('nl', 'en')),
    "values" jsonb NOT NULL DEFAULT '{}', blank boolean NOT NULL DEFAULT false,
    queued_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL DEFAULT 'infinity',
    tries int NOT NULL DEFAULT 0, sent_at timestamptz, dropped text CHECK (dropped IN ('blank', 'late', 'no address', 'refused')),
    CHECK ((to_kind IS NULL) = (to_key IS NULL)), CHECK (sent_at IS NULL OR dropped IS NULL),
    CHECK (blank OR sent_at IS NOT NULL OR dropped IS NOT NULL OR address IS NOT NULL OR to_key IS NOT NULL));
ALTER TABLE houvast.outgoing ADD COLUMN IF NOT EXISTS came_back_at timestamptz;
CREATE INDEX IF NOT EXISTS outgoing_waits ON houvast.outgoing (queued_at) WHERE sent_at IS NULL AND dropped IS NULL;
COMMENT ON TABLE houvast.outgoing IS 'Mail that waits to be sent to people, and when what went before was sent (promise C35).';

-- name: checking
-- Checks of who somebody is, each by a code that was sent to the address on file. Of a check for an address that nobody has,
-- everything is written but whose it is, so that no code answers it. A right try and a wrong one change the same bytes, and
-- a transaction tries once: what was counted of it (rows, write-ahead log) before it rolls back does not tell them apart
-- (promise C35).
CREATE TABLE IF NOT EXISTS houvast.checking (
    id uuid PRIMARY KEY, kind text COLLATE "C", key text COLLATE "C", salt bytea NOT NULL, code bytea NOT NULL, browser bytea NOT NULL,
    stop bytea NOT NULL, asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 minutes', stopped_at timestamptz,
    tries int NOT NULL DEFAULT 0 CHECK (tries <= 5), is_right boolean NOT NULL DEFAULT false,
    tried_at timestamptz NOT NULL DEFAULT 'epoch', tried_by xid8 NOT NULL DEFAULT '0', CHECK ((kind IS NULL) = (key IS NULL)));
CREATE INDEX IF NOT EXISTS checking_stop ON houvast.checking (stop);
COMMENT ON TABLE houvast.checking IS 'Checks of who somebody is by a code, which stands here as a salted hash (promise C35).';
INSERT INTO houvast.secret VALUES ('', 'checks', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))) ON CONFLICT DO NOTHING;

-- name: checked
-- How many codes were asked in an hour: for an address, for a person, from a network, in all. Whom or where stands here as
-- a keyed hash (promise C35).
CREATE TABLE IF NOT EXISTS houvast.checked (what bytea, hour timestamptz, count int NOT NULL, PRIMARY KEY (what, hour));
COMMENT ON TABLE houvast.checked IS 'How many codes were asked in an hour, by a keyed hash of whom and where (promise C35).';

-- name: person_session
-- People who proved who they are, in their browser. `xid`: a session counts once the transaction that made it has committed,
-- so that whoever tries a code and rolls back learns nothing. A wrong code makes one too, of nobody (promise C35).
CREATE TABLE IF NOT EXISTS houvast.person_session (
    secret bytea PRIMARY KEY, "check" uuid NOT NULL, live boolean NOT NULL, level int NOT NULL, method text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(), seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '8 hours', ended_at timestamptz,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(), request bigint);
ALTER TABLE houvast.person_session ADD COLUMN IF NOT EXISTS scopes text[] CHECK (scopes <@ '{see,choose,ask,copy}'::text[]),
    ADD COLUMN IF NOT EXISTS parent bytea;  -- of a token that a person gives to a program: what it may, and of which session it came
CREATE INDEX IF NOT EXISTS person_session_check ON houvast.person_session ("check");
COMMENT ON TABLE houvast.person_session IS 'Sessions of people on the pages: a hash of their secret, of which check, how sure, until when (promise C35).';

-- name: new_secret
-- A secret of 244 random bits: what a browser keeps, or a link holds (promise C35).
CREATE OR REPLACE FUNCTION houvast.new_secret() RETURNS text LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
COMMENT ON FUNCTION houvast.new_secret() IS 'A new secret (promise C35)';
REVOKE ALL ON FUNCTION houvast.new_secret() FROM PUBLIC;

-- name: new_code
-- A code of 8 characters out of 32 (40 bits), in Crockford's alphabet: without I, L, O and U, which are read or heard as
-- others (promise C35).
CREATE OR REPLACE FUNCTION houvast.new_code() RETURNS text LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN (SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(s.drawn, n) & 31) + 1, 1), '' ORDER BY n)
        FROM (SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS drawn) s, generate_series(0, 7) n);
COMMENT ON FUNCTION houvast.new_code() IS 'A new code for one check (promise C35)';
REVOKE ALL ON FUNCTION houvast.new_code() FROM PUBLIC;

-- name: typed_code
-- A code as somebody typed or pasted it: spaces and dashes go, small letters count, O is read as 0, I and L as 1 (promise C35).
CREATE OR REPLACE FUNCTION houvast.typed_code(code text) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN convert_to(translate(upper(regexp_replace(left(coalesce(code, ''), 40), '[^[:alnum:]]', '', 'g')), 'OIL', '011'), 'UTF8');
COMMENT ON FUNCTION houvast.typed_code(text) IS 'A code as it is compared (promise C35)';
REVOKE ALL ON FUNCTION houvast.typed_code(text) FROM PUBLIC;

-- name: count_asking
-- Counts a code that is asked, and says whether it may be sent: 5 an hour for an address and for a person, 20 from a network.
-- What is over that counts for nobody else. Beyond 1000 in all, each network still gets two and each person one: whoever asks
-- from many networks slows others down, and locks nobody out. Counted by adding, so that no two at once are counted as one, in
-- one order, so that nobody waits in a circle (promise C35).
CREATE OR REPLACE FUNCTION houvast.count_asking(address text, person text, network text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pepper CONSTANT bytea := (SELECT s.secret FROM houvast.secret s WHERE s.kind = '' AND s.key = 'checks');
    within boolean;
    within_less boolean;
    taken int;
BEGIN
    WITH asked AS (
        SELECT sha256(pepper || convert_to(w.what || ' ' || coalesce(w.of, ''), 'UTF8')) AS what, w.most, w.less
        FROM (VALUES ('address', address, 5, 1), ('person', person, 5, 1), ('network', network, 20, 2)) w (what, of, most, less)
    ), counted AS (
        INSERT INTO houvast.checked AS c (what, hour, count)
        SELECT a.what, date_trunc('hour', clock_timestamp()), 1 FROM asked a ORDER BY a.what
        ON CONFLICT (what, hour) DO UPDATE SET count = c.count + 1 RETURNING c.what, c.count
    )
    SELECT bool_and(c.count <= a.most), bool_and(c.count <= a.less) INTO within, within_less FROM counted c JOIN asked a USING (what);
    INSERT INTO houvast.checked AS c (what, hour, count)
    VALUES (sha256(pepper || 'all '::bytea), date_trunc('hour', clock_timestamp()), within::int)
    ON CONFLICT (what, hour) DO UPDATE SET count = c.count + within::int RETURNING c.count INTO taken;
    RETURN within AND (taken <= 1000 OR within_less);
END $$;
COMMENT ON FUNCTION houvast.count_asking(text, text, text) IS 'How often codes may be asked (promise C35)';
REVOKE ALL ON FUNCTION houvast.count_asking(text, text, text) FROM PUBLIC;

-- name: codes_asked
-- How many codes were asked this hour in all: beyond 1000 the worker raises an alarm (promise C35).
CREATE OR REPLACE FUNCTION houvast.codes_asked() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(c.count), 0) FROM houvast.checked c, houvast.secret s WHERE s.kind = '' AND s.key = 'checks'
        AND c.what = sha256(s.secret || 'all '::bytea) AND c.hour = date_trunc('hour', clock_timestamp())
$$;
COMMENT ON FUNCTION houvast.codes_asked() IS 'How many codes were asked this hour (promise C35)';
REVOKE ALL ON FUNCTION houvast.codes_asked() FROM PUBLIC;

-- name: counted
-- Counts one thing, and says whether it was at most so often this hour; atomically, as codes are counted (promise C35).
CREATE OR REPLACE FUNCTION houvast.counted(what text, "of" text, most int) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO houvast.checked AS c (what, hour, count)
    SELECT sha256(s.secret || convert_to(counted.what || ' ' || coalesce(counted."of", ''), 'UTF8')), date_trunc('hour', clock_timestamp()), 1
    FROM houvast.secret s WHERE s.kind = '' AND s.key = 'checks'
    ON CONFLICT (what, hour) DO UPDATE SET count = c.count + 1 RETURNING c.count <= most
$$;
COMMENT ON FUNCTION houvast.counted(text, text, int) IS 'Whether something was done at most so often this hour (promise C35)';
REVOKE ALL ON FUNCTION houvast.counted(text, text, int) FROM PUBLIC;

-- name: ask_code
-- For the pages: begins a check and queues its code to the address on file of the one person who has this identifier. For an
-- address that nobody has, or that several have, or that is too new, or too often asked for, the same is written, but for
-- whose it is, and the mail is a blank: the answer is the same (promise C35).
CREATE OR REPLACE FUNCTION houvast.ask_code(sort text, value text, browser text, network text, language text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made CONSTANT uuid := gen_random_uuid();
    plain CONSTANT text := houvast.new_code();
    stop CONSTANT text := houvast.new_secret();
    salt CONSTANT bytea := uuid_send(gen_random_uuid());
    asked CONSTANT text := sort || ' ' || houvast.normal(sort, value);
    whose text[];
    address text;
    changed boolean;
    sent boolean;
BEGIN
    IF length(value) > 320 OR coalesce(length(browser), 0) < 32 THEN
        RAISE EXCEPTION 'Houvast refuses: this cannot be asked so (promise C35).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'An address has at most 320 characters; the secret of the browser at least 32.';
    END IF;
    SELECT CASE WHEN count(*) = 1 THEN ARRAY[min(p.kind), min(p.key)] ELSE ARRAY['', ''] END INTO whose FROM houvast.persons_by(sort, value) p;
    address := houvast.reach_of(whose[1], whose[2]);
    changed := houvast.cooling_down(whose[1], whose[2], 'email');
    sent := houvast.count_asking(asked, coalesce(nullif(array_to_string(whose, ':'), ':'), asked), network)
            AND address IS NOT NULL AND NOT changed;
    INSERT INTO houvast.checking (id, kind, key, salt, code, browser, stop)
    VALUES (made, CASE WHEN sent THEN whose[1] END, CASE WHEN sent THEN whose[2] END, salt,
            sha256(salt || houvast.typed_code(plain)), sha256(convert_to(browser, 'UTF8')), sha256(convert_to(stop, 'UTF8')));
    INSERT INTO houvast.outgoing (address, template, language, "values", blank, until)
    VALUES (CASE WHEN sent THEN address END, 'code', CASE WHEN language = 'en' THEN 'en' ELSE 'nl' END,
            jsonb_build_object('code', left(plain, 4) || '-' || right(plain, 4), 'stop', stop), NOT sent, clock_timestamp() + interval '10 minutes');
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.ask_code(text, text, text, text, text) IS 'Begins a check by a code to the address on file (promise C35)';
REVOKE ALL ON FUNCTION houvast.ask_code(text, text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION houvast.ask_code(text, text, text, text, text) TO houvast_web;
    END IF;
END $$;

-- name: answer_code
-- For the pages: tries a code, and gives the secret of a session; whether the code was right, houvast.session_now says once
-- this has committed. The try is counted by the statement that compares: five, however many come at once (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_code("check" uuid, code text, browser text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    secret CONSTANT text := houvast.new_secret();
    is_right boolean;
BEGIN
    UPDATE houvast.checking c SET tries = c.tries + 1, tried_at = clock_timestamp(), tried_by = pg_current_xact_id(),
        is_right = c.kind IS NOT NULL AND c.code = sha256(c.salt || houvast.typed_code(answer_code.code))
    WHERE c.id = "check" AND c.tries < 5 AND c.tried_by <> pg_current_xact_id() AND NOT c.is_right AND c.stopped_at IS NULL AND c.until > clock_timestamp()
      AND c.browser = sha256(convert_to(answer_code.browser, 'UTF8'))
    RETURNING c.is_right INTO is_right;
    INSERT INTO houvast.person_session (secret, "check", live, level, method)
    VALUES (sha256(convert_to(secret, 'UTF8')), coalesce("check", gen_random_uuid()), coalesce(is_right, false), 2, 'code');
    RETURN secret;
END $$;
COMMENT ON FUNCTION houvast.answer_code(uuid, text, text) IS 'Tries a code (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_code(uuid, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.answer_code(uuid, text, text) TO houvast_web; END IF;
END $$;

-- name: session_now
-- For the pages: how a session stands, without whose it is; no row when it is none. `fresh`: used in the last 15 minutes, as
-- what is most sensitive asks (promise C35).
CREATE OR REPLACE FUNCTION houvast.session_now(secret text) RETURNS TABLE (level int, method text, since timestamptz, until timestamptz, fresh boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.level, s.method, s.since, s.until, s.seen_at > clock_timestamp() - interval '15 minutes' FROM houvast.person_session s
    WHERE s.secret = sha256(convert_to(session_now.secret, 'UTF8')) AND s.live AND s.ended_at IS NULL
      AND s.until > clock_timestamp() AND s.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()
$$;
COMMENT ON FUNCTION houvast.session_now(text) IS 'How the session of a person stands (promise C35)';
REVOKE ALL ON FUNCTION houvast.session_now(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.session_now(text) TO houvast_web; END IF;
END $$;

-- name: end_sessions
-- Ends sessions and the requests that stood open for them; of a check, or by a secret (promise C35).
CREATE OR REPLACE FUNCTION houvast.end_sessions(by_check uuid, by_secret bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH ended AS (
        UPDATE houvast.person_session s SET ended_at = clock_timestamp()
        WHERE (s."check" = by_check OR s.secret = by_secret OR s.parent = by_secret) AND s.ended_at IS NULL RETURNING s.request
    )
    UPDATE houvast.request q SET closed_at = clock_timestamp(), state = 'answered' FROM ended e WHERE q.id = e.request AND q.session AND q.closed_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.end_sessions(uuid, bytea) IS 'Ends sessions of people (promise C35)';
REVOKE ALL ON FUNCTION houvast.end_sessions(uuid, bytea) FROM PUBLIC;

-- name: end_session
-- For the pages: somebody signs out (promise C35).
CREATE OR REPLACE FUNCTION houvast.end_session(secret text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.end_sessions(NULL, sha256(convert_to(end_session.secret, 'UTF8')))
$$;
COMMENT ON FUNCTION houvast.end_session(text) IS 'Ends the session of a person (promise C35)';
REVOKE ALL ON FUNCTION houvast.end_session(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.end_session(text) TO houvast_web; END IF;
END $$;

-- name: stop_check
-- For the pages: whoever got the mail did not ask. The check ends, and a session that came of it. The answer never says
-- whether there was one (promise C35).
CREATE OR REPLACE FUNCTION houvast.stop_check(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stopped houvast.checking;
BEGIN
    UPDATE houvast.checking c SET stopped_at = coalesce(c.stopped_at, clock_timestamp())
    WHERE c.stop = sha256(convert_to(token, 'UTF8')) RETURNING c.* INTO stopped;
    PERFORM houvast.end_sessions(stopped.id, NULL);
END $$;
COMMENT ON FUNCTION houvast.stop_check(text) IS 'Ends a check that the person did not ask for (promise C35)';
REVOKE ALL ON FUNCTION houvast.stop_check(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.stop_check(text) TO houvast_web; END IF;
END $$;

-- name: live_session
-- Whose the session of a secret is. The first call opens the request under which it reads; the keeper's functions that act for
-- somebody in their session call this. `sensitive`: not when it was left alone for 15 minutes, and never again after that:
-- who finds a browser that was left alone does not freshen its session by looking first (promise C35).
DROP FUNCTION IF EXISTS houvast.live_session(text, boolean);
CREATE OR REPLACE FUNCTION houvast.live_session(secret text, sensitive boolean, VARIADIC may text[] DEFAULT '{}', OUT kind text, OUT key text, OUT request bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found houvast.person_session;
BEGIN
    SELECT s.* INTO found FROM houvast.person_session s
    WHERE s.secret = sha256(convert_to(live_session.secret, 'UTF8')) AND s.live AND s.ended_at IS NULL
      AND s.until > clock_timestamp() AND s.xid IS DISTINCT FROM pg_current_xact_id_if_assigned() FOR UPDATE;
    IF found.secret IS NULL OR found.parent IS NOT NULL AND NOT EXISTS (SELECT FROM houvast.person_session o
            WHERE o.secret = found.parent AND o.ended_at IS NULL AND o.until > clock_timestamp()) THEN
        PERFORM houvast.refuse('no session', (SELECT p.number FROM houvast.purpose p WHERE p.kind = 'rights' AND p.live ORDER BY p.number LIMIT 1), '');
        RAISE EXCEPTION 'Houvast refuses: this is the session of nobody (promise C35).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Ask for a code, and answer it; a session lasts 8 hours.';
    END IF;
    IF NOT found.scopes && may THEN  -- NULL: of a session that is nobody else's to use
        RAISE EXCEPTION 'Houvast refuses: the person did not give this token that (promise C35).' USING ERRCODE = 'invalid_grant_operation',
            HINT = CASE WHEN cardinality(may) = 0 THEN 'They do it themselves, signed in.' ELSE format('It needs the scope %s.', array_to_string(may, ' or ')) END;
    END IF;
    IF sensitive AND found.seen_at < clock_timestamp() - interval '15 minutes' THEN
        RAISE EXCEPTION 'Houvast refuses: this asks for a code of this moment (promise C35).'
            USING ERRCODE = 'invalid_authorization_specification', HINT = 'The session was left alone for 15 minutes. Ask for a new code.';
    END IF;
    SELECT c.kind, c.key INTO STRICT kind, key FROM houvast.checking c WHERE c.id = found."check";
    request := found.request;
    IF request IS NULL THEN
        INSERT INTO houvast.request (kind, key, channel, level, verified_at, session, state)
        VALUES (live_session.kind, live_session.key, 'portal', found.level, found.since, true, 'searching') RETURNING id INTO request;
        PERFORM houvast.tell('person_checked', 'C35', jsonb_build_object('outcome', 'right', 'method', found.method, 'level', found.level),
                             '{}', kind, key);
    END IF;
    UPDATE houvast.person_session s SET request = live_session.request,
        seen_at = CASE WHEN found.seen_at < clock_timestamp() - interval '15 minutes' THEN found.seen_at ELSE clock_timestamp() END
    WHERE s.secret = found.secret;
END $$;
COMMENT ON FUNCTION houvast.live_session IS 'Whose session a secret is (promise C35)';
REVOKE ALL ON FUNCTION houvast.live_session(text, boolean, text[]) FROM PUBLIC;

-- name: record_session_use
-- Records a use of the purpose for people's rights, for the person whose session this is and nobody else (promise C35).
CREATE OR REPLACE FUNCTION houvast.record_session_use(secret text, reason text, sensitive boolean, OUT id bigint, OUT role name, OUT path text,
    OUT kind text, OUT key text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found record;
    p houvast.purpose;
BEGIN
    SELECT s.* INTO found FROM houvast.live_session(secret, sensitive, 'see') s;
    SELECT q.* INTO p FROM houvast.purpose q WHERE q.kind = 'rights' AND q.live ORDER BY q.number LIMIT 1;
    IF p.number IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = p.own) OR NOT pg_has_role(session_user, p.own, 'MEMBER') THEN
        RAISE EXCEPTION 'Houvast refuses: this login does not read for people''s rights (promise C35).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'The pages for people connect as login houvast_people.';
    END IF;
    IF houvast.personal_in(reason) IS NOT NULL OR length(btrim(coalesce(reason, ''))) < 3 THEN
        RAISE EXCEPTION 'Houvast refuses: a use needs a reason, without personal data (promise C02).' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM houvast.version v WHERE v.effective <= statement_timestamp()) THEN
        RAISE EXCEPTION 'Houvast refuses: no version of the policy is in force yet (promise C57).' USING ERRCODE = 'insufficient_privilege';
    END IF;
    id := houvast.note_use(p.number, reason, found.kind || ':' || found.key, NULL, interval '5 minutes');
    role := p.own;
    path := p.path;
    kind := found.kind;
    key := found.key;
END $$;
COMMENT ON FUNCTION houvast.record_session_use(text, text, boolean) IS 'Records a use in the session of a person (promise C35)';
REVOKE ALL ON FUNCTION houvast.record_session_use(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.record_session_use(text, text, boolean) TO houvast_people;

-- name: open_session_use
-- For the pages for people: opens a use in the session of a person, and says whose it is (promise C35).
CREATE OR REPLACE FUNCTION houvast.open_session_use(secret text, reason text, sensitive boolean DEFAULT false, OUT use bigint, OUT kind text, OUT key text)
LANGUAGE plpgsql AS $$
DECLARE
    recorded record;
BEGIN
    SELECT r.* INTO recorded FROM houvast.record_session_use(secret, reason, sensitive) r;
    PERFORM pg_catalog.set_config('role', recorded.role::text, false);
    PERFORM pg_catalog.set_config('search_path', recorded.path, false);
    use := recorded.id;
    kind := recorded.kind;
    key := recorded.key;
END $$;
COMMENT ON FUNCTION houvast.open_session_use(text, text, boolean) IS 'Opens a use in the session of a person (promise C35)';
REVOKE ALL ON FUNCTION houvast.open_session_use(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.open_session_use(text, text, boolean) TO houvast_people;

-- name: say_choice
-- For the pages for people: somebody chooses in their own session about a purpose: `yes` or `no` to what asks for consent, `object`
-- to what does not, or `allow` it again. In force when this commits; whether it changed anything (promises C13, C35, G09).
CREATE OR REPLACE FUNCTION houvast.say_choice(secret text, purpose text, choice text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found record;
    changed boolean := false;
BEGIN
    SELECT s.* INTO found FROM houvast.live_session(secret, false, 'choose') s;
    IF choice IN ('yes', 'allow') THEN changed := houvast.end_stand(found.kind, found.key, 'objected', purpose); END IF;
    IF choice = 'allow' THEN  -- there is nothing to weigh any more
        INSERT INTO houvast.confirmed (what, who) SELECT 'withdraw ' || q.id, 'person' FROM houvast.request q
        WHERE q.kind = found.kind AND q.key = found.key AND q."right" = 'objection' AND q.closed_at IS NULL AND NOT q.session
        ON CONFLICT DO NOTHING;
        UPDATE houvast.request q SET state = 'withdrawn' WHERE q.kind = found.kind AND q.key = found.key AND q."right" = 'objection'
          AND q.closed_at IS NULL AND NOT q.session AND q.channel = 'portal'
          AND EXISTS (SELECT FROM houvast.request_text t WHERE t.request = q.id AND split_part(t.body, E'\n', 1) = say_choice.purpose);
        RETURN changed;
    END IF;
    IF choice IS NULL OR choice NOT IN ('yes', 'no', 'object') THEN
        RAISE EXCEPTION 'Houvast refuses: this is no choice (promise C13).' USING ERRCODE = 'invalid_parameter_value', HINT = 'Say yes, no, object or allow.';
    END IF;
    RETURN houvast.set_stand(found.kind, found.key, CASE choice WHEN 'yes' THEN 'consented' WHEN 'no' THEN 'withdrawn' ELSE 'objected' END,
                             purpose, 'person') OR changed;
END $$;
COMMENT ON FUNCTION houvast.say_choice(text, text, text) IS 'Somebody chooses about a purpose, in their own session (promise C13)';
REVOKE ALL ON FUNCTION houvast.say_choice(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.say_choice(text, text, text) TO houvast_people;

-- name: own_stands
-- For the pages for people: where the person of a session stands, and since when (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_stands(secret text) RETURNS TABLE (stand text, about text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see', 'choose') l;
    RETURN QUERY SELECT t.stand, t.about, min(t.since) FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.stand t ON t.kind = s.kind AND t.key = s.key GROUP BY t.stand, t.about ORDER BY 2, 1;
END $$;
COMMENT ON FUNCTION houvast.own_stands(text) IS 'Where the person of a session stands (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_stands(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_stands(text) TO houvast_people;

-- name: own_requests
-- For the pages for people: the requests of the person of a session, the newest first (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_requests(secret text) RETURNS TABLE (code uuid, "right" text, state text, received_at timestamptz, due_on date, closed_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see', 'ask') l;
    RETURN QUERY SELECT q.code, q."right", q.state, q.received_at, q.due_on, q.closed_at FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.request q ON q.kind = s.kind AND q.key = s.key AND NOT q.session ORDER BY q.id DESC LIMIT 50;
END $$;
COMMENT ON FUNCTION houvast.own_requests(text) IS 'The requests of the person of a session (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_requests(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_requests(text) TO houvast_people;

-- name: sweep_checks
-- For the worker: what has had its time goes; of a changed address, long after it has cooled down. A check that was tried in vain or stopped is told to the log, with whom it was
-- about; of addresses that nobody has nothing is (promise C35).
CREATE OR REPLACE FUNCTION houvast.sweep_checks() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.end_sessions(NULL, s.secret) FROM houvast.person_session s WHERE s.ended_at IS NULL AND s.until <= clock_timestamp() AND s.live;
    DELETE FROM houvast.person_session s WHERE coalesce(s.ended_at, s.until) < clock_timestamp() - interval '1 day'
        OR NOT s.live AND s.since < clock_timestamp() - interval '1 hour';
    WITH ended AS (
        DELETE FROM houvast.checking c WHERE c.until < clock_timestamp() - interval '1 day' RETURNING c.*
    )
    INSERT INTO houvast.event (kind, promise, body, subject_kind, subject_key)
    SELECT 'person_checked', 'C35', jsonb_build_object('outcome', CASE WHEN e.stopped_at IS NULL THEN 'wrong' ELSE 'stopped' END,
                                                       'method', 'code', 'level', 0), e.kind, e.key
    FROM ended e WHERE e.kind IS NOT NULL AND (e.stopped_at IS NOT NULL OR NOT e.is_right AND e.tries > 0);
    DELETE FROM houvast.contact_change c WHERE c.at < clock_timestamp() - interval '30 days';
    DELETE FROM houvast.checked c WHERE c.hour < clock_timestamp() - interval '2 hours';
    DELETE FROM houvast.outgoing o WHERE coalesce(o.sent_at, CASE WHEN o.dropped IS NOT NULL THEN o.queued_at END) < clock_timestamp() - interval '30 days';
END $$;
COMMENT ON FUNCTION houvast.sweep_checks() IS 'Takes away checks and sessions that have ended (promise C35)';
REVOKE ALL ON FUNCTION houvast.sweep_checks() FROM PUBLIC;
