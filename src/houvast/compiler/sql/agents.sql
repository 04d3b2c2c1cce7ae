-- name: agent
-- Agents of the Data Rights Protocol 1.0: by which key their messages are signed, where they are reached, how they call us. Of the
-- token that they show a digest is kept (promise C35).
CREATE TABLE IF NOT EXISTS houvast.agent (
    id text PRIMARY KEY CHECK (id ~ '^[A-Z][A-Z0-9_]{1,59}$'), name text NOT NULL CHECK (length(btrim(name)) BETWEEN 2 AND 200),
    address text NOT NULL CHECK (address ~ '^[^@[:space:]]+@[^@[:space:]]+$'), business text NOT NULL CHECK (business ~ '^[A-Z][A-Z0-9_]{1,59}$'),
    verify_key bytea NOT NULL CHECK (length(verify_key) = 32), made_at timestamptz NOT NULL DEFAULT clock_timestamp(), revoked_at timestamptz,
    token bytea, token_at timestamptz);
COMMENT ON TABLE houvast.agent IS 'Agents of people, each with the key of its messages (promise C35).';

-- name: agent_message
-- Messages that came, until they are over: none counts twice (promise C35).
CREATE TABLE IF NOT EXISTS houvast.agent_message (digest bytea PRIMARY KEY, agent text NOT NULL REFERENCES houvast.agent, until timestamptz NOT NULL);
COMMENT ON TABLE houvast.agent_message IS 'Digests of messages of agents that came already (promise C35).';

-- name: agent_request
-- What agents asked. The address stands here until the worker has looked whose it is: of somebody unknown the same is kept, asked
-- and answered (promise C35).
CREATE TABLE IF NOT EXISTS houvast.agent_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), agent text NOT NULL REFERENCES houvast.agent, exercise text NOT NULL, "right" text,
    reference text NOT NULL CHECK (length(reference) <= 200), language text NOT NULL CHECK (language IN ('nl', 'en')),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(), expires_at timestamptz NOT NULL, due_on date NOT NULL, address text,
    taken_at timestamptz, request bigint REFERENCES houvast.request ON DELETE SET NULL, revoked_at timestamptz);
CREATE INDEX IF NOT EXISTS agent_request_waits ON houvast.agent_request (received_at) WHERE taken_at IS NULL;
CREATE INDEX IF NOT EXISTS agent_request_agent ON houvast.agent_request (agent, received_at);
CREATE INDEX IF NOT EXISTS agent_request_request ON houvast.agent_request (request);
COMMENT ON TABLE houvast.agent_request IS 'What agents asked for people, and what it became (promise C35).';

-- name: register_agent
-- For an administrator: an agent may ask for people from now on, by messages that this key signed. One that was revoked comes back with
-- another key (promise C35).
CREATE OR REPLACE FUNCTION houvast.register_agent(id text, name text, address text, business text, verify_key bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(id, '') !~ '^[A-Z][A-Z0-9_]{1,59}$' OR coalesce(business, '') !~ '^[A-Z][A-Z0-9_]{1,59}$' OR length(btrim(coalesce(name, ''))) NOT BETWEEN 2 AND 200
       OR coalesce(address, '') !~ '^[^@[:space:]]+@[^@[:space:]]+$' OR length(address) > 320 OR coalesce(length(verify_key), 0) <> 32 THEN
        PERFORM houvast.says_no('an agent has an identifier, a name, a mail address and a key of 32 bytes', 'C35',
            'Identifiers are of capitals, digits and underscores, as in the directory of the Data Rights Protocol.');
    ELSIF EXISTS (SELECT FROM houvast.agent a WHERE a.id = register_agent.id AND a.revoked_at IS NULL)
       OR EXISTS (SELECT FROM houvast.agent a WHERE a.verify_key = register_agent.verify_key) THEN
        PERFORM houvast.says_no('this agent or this key is there already', 'C35', 'Revoke it first: houvast agent revoke. A key is of one agent, once.');
    END IF;
    INSERT INTO houvast.agent AS a (id, name, address, business, verify_key)
    VALUES (register_agent.id, btrim(register_agent.name), register_agent.address, register_agent.business, register_agent.verify_key)
    ON CONFLICT ON CONSTRAINT agent_pkey DO UPDATE SET name = excluded.name, address = excluded.address, business = excluded.business,
        verify_key = excluded.verify_key, made_at = clock_timestamp(), revoked_at = NULL, token = NULL, token_at = NULL;
    PERFORM houvast.tell('token_given', 'C35', jsonb_build_object('token', id, 'login', '', 'role', 'none', 'scopes', 'agent', 'days', 0), '{}', NULL, NULL);
END $$;
COMMENT ON FUNCTION houvast.register_agent IS 'Lets an agent ask for people, and tells the log (promise C35)';
REVOKE ALL ON FUNCTION houvast.register_agent(text, text, text, text, bytea) FROM PUBLIC;

-- name: revoke_agent
-- For an administrator: an agent asks no longer, and what it asked and nobody confirmed ends; whether there was one (promise C35).
CREATE OR REPLACE FUNCTION houvast.revoke_agent(id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.agent a SET revoked_at = clock_timestamp(), token = NULL WHERE a.id = revoke_agent.id AND a.revoked_at IS NULL;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.end_mandate(b.mandate, 'late') FROM houvast.agent_request r JOIN houvast.by_mandate b ON b.request = r.request
        JOIN houvast.mandate m ON m.id = b.mandate AND m.confirmed_at IS NULL WHERE r.agent = revoke_agent.id;
    PERFORM houvast.tell('token_revoked', 'C35', jsonb_build_object('token', id, 'login', '', 'role', 'none'), '{}', NULL, NULL);
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.revoke_agent IS 'An agent asks no longer, and tells the log (promise C35)';
REVOKE ALL ON FUNCTION houvast.revoke_agent(text) FROM PUBLIC;

-- name: with_agent
-- Whose the token of an agent is, for the functions below. Digests are compared as those of tokens are (promise C35).
CREATE OR REPLACE FUNCTION houvast.with_agent(token text) RETURNS houvast.agent
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found houvast.agent;
    salt CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
    SELECT a.* INTO found FROM houvast.agent a WHERE a.id = split_part(coalesce(with_agent.token, ''), '.', 2) AND a.revoked_at IS NULL;
    IF sha256(salt || sha256(convert_to(coalesce(with_agent.token, ''), 'UTF8'))) IS DISTINCT FROM sha256(salt || found.token) THEN
        RAISE EXCEPTION 'Houvast refuses: this token is of no agent (promise C35).' USING ERRCODE = 'invalid_authorization_specification',
            HINT = 'POST /v1/agent/{agent-id} gives one.';
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.with_agent IS 'Whose the token of an agent is (promise C35)';
REVOKE ALL ON FUNCTION houvast.with_agent(text) FROM PUBLIC;

-- name: heard_agent
-- A signed message is for us, of now, and came for the first time (Data Rights Protocol 1.0, section 3.07). The pages checked who
-- signed it; that it counts once is counted here, by what was signed (promise C35).
CREATE OR REPLACE FUNCTION houvast.heard_agent(found houvast.agent, says text, business text, issued timestamptz, expires timestamptz, digest bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong text;
BEGIN
    wrong := CASE WHEN says IS DISTINCT FROM found.id THEN 'is not of the agent that shows it'
        WHEN heard_agent.business IS DISTINCT FROM found.business THEN 'is for another business'
        WHEN issued IS NULL OR issued > clock_timestamp() THEN 'was not issued yet'
        WHEN expires IS NULL OR expires <= clock_timestamp() THEN 'has expired'
        WHEN expires > clock_timestamp() + interval '31 days' THEN 'is to count for more than a month' END;
    IF wrong IS NULL THEN
        INSERT INTO houvast.agent_message (digest, agent, until) VALUES (heard_agent.digest, found.id, expires) ON CONFLICT ON CONSTRAINT agent_message_pkey DO NOTHING;
        IF NOT FOUND THEN wrong := 'came before'; END IF;
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: this message % (promise C35).', wrong USING ERRCODE = 'insufficient_privilege', HINT = 'Sign a new one.';
    END IF;
END $$;
COMMENT ON FUNCTION houvast.heard_agent IS 'Whether a message of an agent counts, once (promise C35)';
REVOKE ALL ON FUNCTION houvast.heard_agent(houvast.agent, text, text, timestamptz, timestamptz, bytea) FROM PUBLIC;

-- name: api_agent_key
-- For the API: by which key the messages of an agent are signed; of one that is none nothing comes (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_key(agent text) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.verify_key FROM houvast.agent a WHERE a.id = api_agent_key.agent AND a.revoked_at IS NULL
$$;
COMMENT ON FUNCTION houvast.api_agent_key IS 'The key of an agent (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent_key(text) FROM PUBLIC;

-- name: api_agent
-- For the API: whose the token of an agent is, and by which key its messages are signed (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent(token text) RETURNS TABLE (id text, verify_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT a.id, a.verify_key FROM houvast.with_agent(token) a;
END $$;
COMMENT ON FUNCTION houvast.api_agent IS 'Whose the token of an agent is (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent(text) FROM PUBLIC;

-- name: api_agent_token
-- For the API: a token for an agent whose signed message asks for one; the one before counts no longer (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_token(agent text, says text, business text, issued timestamptz, expires timestamptz, digest bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found houvast.agent;
    made CONSTANT text := concat_ws('.', 'hva', agent, houvast.new_secret());
BEGIN
    SELECT a.* INTO found FROM houvast.agent a WHERE a.id = api_agent_token.agent AND a.revoked_at IS NULL FOR UPDATE;
    PERFORM houvast.heard_agent(found, says, business, issued, expires, digest);
    UPDATE houvast.agent a SET token = sha256(convert_to(made, 'UTF8')), token_at = clock_timestamp() WHERE a.id = found.id;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.api_agent_token IS 'A token for an agent (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent_token(text, text, text, timestamptz, timestamptz, bytea) FROM PUBLIC;

-- name: api_agent_exercise
-- For the API: takes in what an agent asks for somebody. Whose it is the worker looks up later, so that nothing shows here whether
-- they are known; what is not covered is denied at once, whoever it is (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_exercise(token text, says text, business text, issued timestamptz, expires timestamptz, digest bytea,
    exercise text, reference text, address text, language text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found CONSTANT houvast.agent := houvast.with_agent(token);
    asked CONSTANT text := CASE WHEN exercise IN ('access', 'access:categories', 'access:specific') THEN 'access' WHEN exercise = 'deletion' THEN 'erasure' END;
    made uuid;
BEGIN
    PERFORM houvast.heard_agent(found, says, business, issued, expires, digest);
    IF asked IS NULL AND (exercise IS NULL OR exercise NOT IN ('sale:opt_out', 'sale:opt_in')) OR length(coalesce(reference, '')) > 200 OR length(coalesce(address, '')) > 320 THEN
        RAISE EXCEPTION 'Houvast refuses: this exercise is none of the protocol (promise C33).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Ask access, access:categories, access:specific, deletion, sale:opt_out or sale:opt_in.';
    ELSIF (SELECT count(*) FROM houvast.agent_request r WHERE r.agent = found.id AND r.received_at > clock_timestamp() - interval '1 hour') >= 500 THEN
        RAISE EXCEPTION 'Houvast refuses: this agent asked 500 times in an hour (promise C35).' USING ERRCODE = 'configuration_limit_exceeded', HINT = 'Try again later.';
    END IF;
    INSERT INTO houvast.agent_request AS r (agent, exercise, "right", reference, language, expires_at, due_on, address, taken_at)
    VALUES (found.id, api_agent_exercise.exercise, asked, coalesce(api_agent_exercise.reference, ''), CASE api_agent_exercise.language WHEN 'en' THEN 'en' ELSE 'nl' END,
            expires, houvast.due_on(clock_timestamp(), false, 0), CASE WHEN asked IS NOT NULL THEN coalesce(api_agent_exercise.address, '') END,
            CASE WHEN asked IS NULL THEN clock_timestamp() END)
    RETURNING r.id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.api_agent_exercise IS 'Takes in what an agent asks for somebody (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent_exercise(text, text, text, timestamptz, timestamptz, bytea, text, text, text, text) FROM PUBLIC;

-- name: api_agent_status
-- For the API: how what an agent asked stands, in the words of the protocol (sections 3.02, 3.03). Of what another asked, and of what
-- nobody did, nothing is said. Until the person confirms, somebody unknown and somebody known are the same; after thirty days both
-- are denied (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_status(token text, number uuid, OUT reference text, OUT status text, OUT reason text, OUT details text,
    OUT received_at timestamptz, OUT due_on date, OUT expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found CONSTANT houvast.agent := houvast.with_agent(token);
    moment CONSTANT timestamptz := clock_timestamp();
    r houvast.agent_request;
    q houvast.request;
    late boolean;
BEGIN
    SELECT t.* INTO r FROM houvast.agent_request t WHERE t.id = number AND t.agent = found.id;
    IF r.id IS NULL THEN
        RAISE EXCEPTION 'Houvast refuses: this agent asked nothing of this number (promise C35).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Ask about the request_id that came with the answer.';
    END IF;
    SELECT t.* INTO q FROM houvast.request t WHERE t.id = r.request AND (t.verified_at IS NOT NULL OR EXISTS (SELECT FROM houvast.denied d WHERE d.request = t.id));
    late := r.received_at + interval '30 days' <= moment;
    reference := r.reference;
    received_at := r.received_at;
    due_on := CASE WHEN q.verified_at IS NULL THEN r.due_on ELSE q.due_on END;
    SELECT s.status, s.reason, s.details INTO api_agent_status.status, api_agent_status.reason, api_agent_status.details FROM (VALUES
        (r."right" IS NULL, 'denied', 'claim_not_covered', 'Personal data is not sold here: there is nothing to opt out of.'),
        (r.revoked_at IS NOT NULL, 'revoked', NULL, NULL),
        (coalesce(r.taken_at, moment) > r.expires_at, 'expired', NULL, NULL),
        (r.taken_at IS NULL, 'open', NULL, NULL),
        (EXISTS (SELECT FROM houvast.denied d WHERE d.request = q.id), 'denied', 'suspected_fraud', 'The person says that they did not ask this.'),
        (q.verified_at IS NULL AND late, 'denied', 'insuf_verification', 'It was not confirmed within thirty days.'),
        (q.verified_at IS NULL AND q.closed_at IS NULL, 'in_progress', 'need_user_verification', 'The person is asked at the address that is on file, if there is one.'),
        (q.state = 'answered', 'fulfilled', NULL, NULL),
        (q.state = 'withdrawn', 'revoked', NULL, NULL),
        (q.state = 'refused' AND q.reason = 'identity_failure', 'denied', 'insuf_verification', q.reason),
        (q.state = 'refused' AND q.reason = 'no_data', 'denied', 'no_match', q.reason),
        (q.state = 'refused' AND q.reason = 'excessive', 'denied', 'too_many_requests', q.reason),
        (q.state = 'refused' AND q.reason IN ('unfounded', 'accurate'), 'denied', 'other', q.reason),
        (q.state = 'refused', 'denied', 'claim_not_covered', q.reason),
        (q.state = 'delayed', 'in_progress', NULL, q.reason),
        (true, 'in_progress', NULL, NULL)) s (applies, status, reason, details) WHERE s.applies LIMIT 1;
    expires_at := CASE WHEN api_agent_status.status = 'in_progress' AND api_agent_status.reason IS NOT NULL THEN r.received_at + interval '30 days'
        WHEN api_agent_status.status NOT IN ('open', 'in_progress') THEN coalesce(q.closed_at, r.revoked_at, r.received_at) + interval '60 days' END;
END $$;
COMMENT ON FUNCTION houvast.api_agent_status IS 'How what an agent asked stands (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent_status(text, uuid) FROM PUBLIC;

-- name: api_agent_revoke
-- For the API: an agent no longer asks what it asked, and its mandate ends; false when that was over already (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_revoke(token text, number uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands CONSTANT text := (SELECT s.status FROM houvast.api_agent_status(token, number) s);
BEGIN
    IF stands = 'revoked' THEN RETURN true; ELSIF stands NOT IN ('open', 'in_progress') THEN RETURN false; END IF;
    UPDATE houvast.agent_request r SET revoked_at = clock_timestamp(), address = NULL, taken_at = coalesce(r.taken_at, clock_timestamp()) WHERE r.id = number;
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.api_agent_revoke IS 'An agent no longer asks what it asked (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent_revoke(text, uuid) FROM PUBLIC;

-- name: take_agent_requests
-- For the worker: looks whose the requests of agents are. The one person who has this address is asked whether the agent may ask it
-- for them; until they say yes, it waits. Of nobody, of two, and of an address that is too new, nothing more happens. The same
-- that waits already is not asked twice, and nobody is asked about more than five; how many were looked at (promise C35).
CREATE OR REPLACE FUNCTION houvast.take_agent_requests() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r houvast.agent_request;
    a houvast.agent;
    whose text[];
    number bigint;
    waiting int;
    done int := 0;
BEGIN
    PERFORM houvast.end_mandate(b.mandate, 'late') FROM houvast.agent_request t JOIN houvast.by_mandate b ON b.request = t.request
        JOIN houvast.mandate m ON m.id = b.mandate AND m.ended_at IS NULL WHERE t.revoked_at IS NOT NULL;
    FOR r IN SELECT t.* FROM houvast.agent_request t WHERE t.taken_at IS NULL ORDER BY t.received_at LIMIT 100 FOR UPDATE SKIP LOCKED LOOP
        number := NULL;
        SELECT t.* INTO a FROM houvast.agent t WHERE t.id = r.agent AND t.revoked_at IS NULL;
        SELECT CASE WHEN count(*) = 1 THEN ARRAY[min(p.kind), min(p.key)] END INTO whose FROM houvast.persons_by('email', r.address) p;
        IF a.id IS NOT NULL AND r.expires_at > clock_timestamp() AND whose IS NOT NULL AND houvast.reach_of(whose[1], whose[2]) IS NOT NULL
           AND NOT houvast.cooling_down(whose[1], whose[2], 'email') THEN
            PERFORM FROM houvast.person p WHERE p.kind = whose[1] AND p.key = whose[2] FOR UPDATE;
            SELECT min(q.id) FILTER (WHERE t.agent = r.agent AND q."right" = r."right" AND q.closed_at IS NULL AND q.verified_at IS NULL),
                   count(DISTINCT q.id) FILTER (WHERE q.received_at > clock_timestamp() - interval '1 day' OR q.closed_at IS NULL AND q.verified_at IS NULL)
            INTO number, waiting
            FROM houvast.agent_request t JOIN houvast.request q ON q.id = t.request
            WHERE q.kind = whose[1] AND q.key = whose[2];
            IF number IS NULL AND waiting < 5 THEN
                BEGIN  -- one that cannot be taken in stops none of the others
                    SELECT q.id INTO number FROM houvast.take_request(whose[1] || ':' || whose[2], r."right", 'agent', r.language, r.received_at) q;
                    PERFORM houvast.record_mandate(number, 'agent', a.name, a.address, ARRAY[r."right"], clock_timestamp() + interval '180 days');
                EXCEPTION WHEN check_violation THEN number := NULL;
                END;
            END IF;
        END IF;
        UPDATE houvast.agent_request t SET taken_at = clock_timestamp(), address = NULL, request = number WHERE t.id = r.id;
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;
COMMENT ON FUNCTION houvast.take_agent_requests IS 'Looks whose the requests of agents are (promise C35)';
REVOKE ALL ON FUNCTION houvast.take_agent_requests() FROM PUBLIC;

-- name: sweep_agents
-- For the worker: what agents asked is forgotten sixty days after it ended, and messages once they are over (promise C35).
CREATE OR REPLACE FUNCTION houvast.sweep_agents() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM houvast.agent_message m WHERE m.until < clock_timestamp();
    DELETE FROM houvast.agent_request r WHERE r.taken_at IS NOT NULL AND r.received_at < clock_timestamp() - interval '60 days'
        AND NOT EXISTS (SELECT FROM houvast.request q WHERE q.id = r.request AND q.verified_at IS NOT NULL AND coalesce(q.closed_at, clock_timestamp()) > clock_timestamp() - interval '60 days')
$$;
COMMENT ON FUNCTION houvast.sweep_agents() IS 'What agents asked is forgotten in time (promise C35)';
REVOKE ALL ON FUNCTION houvast.sweep_agents() FROM PUBLIC;
