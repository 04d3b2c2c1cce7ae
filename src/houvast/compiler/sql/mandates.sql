-- name: table_mandate
-- Who may ask for somebody else, what, and until when. It counts once the person confirmed it, at an address of theirs that was
-- known already. Who holds it and where they are reached stands here alone (promise C35).
CREATE TABLE IF NOT EXISTS houvast.mandate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL,
    sort text NOT NULL CHECK (sort IN ('lawyer', 'parent', 'guardian', 'agent')),
    holder text NOT NULL CHECK (length(btrim(holder)) BETWEEN 2 AND 200), address text NOT NULL CHECK (address ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    rights text[] NOT NULL CHECK (cardinality(rights) > 0), until timestamptz NOT NULL, token bytea NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(), confirmed_at timestamptz, confirmed_by text, level int, ended_at timestamptz,
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)));
CREATE INDEX IF NOT EXISTS mandate_token ON houvast.mandate (token);
CREATE INDEX IF NOT EXISTS mandate_person ON houvast.mandate (kind, key);
COMMENT ON TABLE houvast.mandate IS 'Mandates to ask for somebody else, each checked with that person (promise C35).';

-- name: table_by_mandate
-- Which requests were made by whom of a mandate (promise C35).
CREATE TABLE IF NOT EXISTS houvast.by_mandate (
    request bigint PRIMARY KEY REFERENCES houvast.request ON DELETE CASCADE, mandate bigint NOT NULL REFERENCES houvast.mandate ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS by_mandate_of ON houvast.by_mandate (mandate);
COMMENT ON TABLE houvast.by_mandate IS 'Requests that were made by mandate (promise C35).';

-- name: function_in_force
-- Whether a mandate was confirmed, has not ended, and covers a right (promise C35).
CREATE OR REPLACE FUNCTION houvast.in_force(mandate bigint, "right" text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM houvast.mandate m WHERE m.id = in_force.mandate AND m.confirmed_at IS NOT NULL AND m.ended_at IS NULL
                   AND m.until > clock_timestamp() AND in_force."right" = ANY (m.rights))
$$;
COMMENT ON FUNCTION houvast.in_force IS 'Whether a mandate counts (promise C35)';
REVOKE ALL ON FUNCTION houvast.in_force(bigint, text) FROM PUBLIC

-- name: function_mandate_counts
-- Nobody says that a request by mandate was checked before the mandate is in force; and none goes on once it has ended (promise C35).
CREATE OR REPLACE FUNCTION houvast.mandate_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.verified_at IS DISTINCT FROM OLD.verified_at OR NEW.state NOT IN ('acknowledged', 'identity', 'refused', 'withdrawn')) AND EXISTS (
            SELECT FROM houvast.by_mandate b WHERE b.request = NEW.id AND NOT houvast.in_force(b.mandate, NEW."right")) THEN
        PERFORM houvast.says_no('the person has not confirmed that somebody may ask this for them, or no longer', 'C35',
            'Wait for their answer, or print a letter: houvast request post.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.mandate_counts() IS 'Keeps promise C35'

-- name: function_record_mandate
-- Somebody asks for somebody else: what they may ask and until when, as they say. The person is asked, at the address on file;
-- until they confirm, the request waits (promise C35).
CREATE OR REPLACE FUNCTION houvast.record_mandate(number bigint, sort text, holder text, address text, rights text[], until timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    secret CONSTANT text := houvast.new_secret();
    q houvast.request;
    made bigint;
BEGIN
    SELECT r.* INTO q FROM houvast.request r WHERE r.id = number AND NOT r.session AND r.closed_at IS NULL AND r.verified_at IS NULL FOR UPDATE;
    IF q.key IS NULL THEN
        PERFORM houvast.says_no('no open request of somebody waits to be checked under this number', 'C35', 'houvast request add registers one, for the person it is about.');
    ELSIF EXISTS (SELECT FROM houvast.by_mandate b WHERE b.request = number) THEN
        PERFORM houvast.says_no('the mandate for this request was written down already', 'C35', 'Register another request for another mandate.');
    ELSIF q."right" <> ALL (rights) OR NOT rights <@ ARRAY['access', 'portability', 'rectification', 'objection', 'restriction', 'withdrawal', 'stop', 'closing', 'erasure'] THEN
        PERFORM houvast.says_no(format('this mandate does not cover %s', q."right"), 'C35', 'Name each right that the mandate covers.');
    ELSIF until <= clock_timestamp() OR until > clock_timestamp() + interval '2 years' THEN
        PERFORM houvast.says_no('a mandate ends within two years', 'C35', 'Give a day that lies ahead.');
    ELSIF sort NOT IN ('lawyer', 'parent', 'guardian', 'agent') OR length(btrim(holder)) NOT BETWEEN 2 AND 200 OR address !~ '^[^@[:space:]]+@[^@[:space:]]+$' THEN
        PERFORM houvast.says_no('a mandate names who holds it and one mail address', 'C35', 'A lawyer, parent, guardian or agent; a name; name@domain.');
    END IF;
    INSERT INTO houvast.mandate (kind, key, sort, holder, address, rights, until, token)
    VALUES (q.kind, q.key, sort, btrim(holder), address, rights, record_mandate.until, sha256(convert_to(secret, 'UTF8'))) RETURNING id INTO made;
    INSERT INTO houvast.by_mandate (request, mandate) VALUES (number, made);
    IF q.state IN ('received', 'acknowledged', 'searching', 'delayed') THEN UPDATE houvast.request r SET state = 'identity' WHERE r.id = number; END IF;
    INSERT INTO houvast.outgoing (to_kind, to_key, template, language, "values", blank, until)
    SELECT q.kind, q.key, 'mandate', q.language, jsonb_build_object('token', secret), houvast.cooling_down(q.kind, q.key, 'email'), clock_timestamp() + interval '1 day';
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.record_mandate IS 'Somebody asks for somebody else, who is asked about it (promise C35)';
REVOKE ALL ON FUNCTION houvast.record_mandate(bigint, text, text, text, text[], timestamptz) FROM PUBLIC

-- name: function_join_mandate
-- Another request by whoever holds a mandate that is in force: it is checked by that (promise C35).
CREATE OR REPLACE FUNCTION houvast.join_mandate(number bigint, mandate bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m houvast.mandate;
BEGIN
    SELECT t.* INTO m FROM houvast.mandate t JOIN houvast.request q ON q.kind = t.kind AND q.key = t.key AND q.id = number AND NOT q.session
    WHERE t.id = join_mandate.mandate AND houvast.in_force(t.id, q."right") AND q.closed_at IS NULL AND q.verified_at IS NULL;
    IF m.id IS NULL THEN
        PERFORM houvast.says_no('no mandate of that number is in force for this person and this right', 'C35', 'houvast request mandate records one, and asks the person.');
    END IF;
    INSERT INTO houvast.by_mandate (request, mandate) VALUES (number, m.id);
    PERFORM houvast.check_case(number, m.level, 'mandate');
END $$;
COMMENT ON FUNCTION houvast.join_mandate IS 'Another request by mandate (promise C35)';
REVOKE ALL ON FUNCTION houvast.join_mandate(bigint, bigint) FROM PUBLIC

-- name: function_confirm_mandate
-- The person says that it is so, by a letter, by the link in a mail, or in their session: from now on it counts (promise C35).
CREATE OR REPLACE FUNCTION houvast.confirm_mandate(number bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m houvast.mandate;
BEGIN
    UPDATE houvast.mandate t SET confirmed_at = clock_timestamp(), confirmed_by = how, level = CASE how WHEN 'letter' THEN 4 ELSE 2 END
    WHERE t.id = number AND t.confirmed_at IS NULL AND t.ended_at IS NULL AND t.until > clock_timestamp() RETURNING t.* INTO m;
    IF m.id IS NULL THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'mandate', 'change', 'set'), jsonb_build_object('about', 'mandate ' || m.id), m.kind, m.key);
    PERFORM houvast.check_case(b.request, m.level, 'mandate') FROM houvast.by_mandate b WHERE b.mandate = m.id;
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.confirm_mandate IS 'The person confirms a mandate (promise C35)';
REVOKE ALL ON FUNCTION houvast.confirm_mandate(bigint, text) FROM PUBLIC

-- name: function_end_mandate
-- A mandate ends: the person denies or revokes it, or its time is over. What was asked by it and is not answered ends too (promise C35).
CREATE OR REPLACE FUNCTION houvast.end_mandate(number bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m houvast.mandate;
BEGIN
    UPDATE houvast.mandate t SET ended_at = clock_timestamp() WHERE t.id = number AND t.ended_at IS NULL RETURNING t.* INTO m;
    IF m.id IS NULL THEN RETURN false; END IF;
    INSERT INTO houvast.confirmed (what, who) SELECT 'withdraw ' || b.request, 'mandate' FROM houvast.by_mandate b WHERE b.mandate = m.id ON CONFLICT DO NOTHING;
    IF m.confirmed_at IS NOT NULL THEN
        PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'mandate', 'change', 'ended'), jsonb_build_object('about', 'mandate ' || m.id), m.kind, m.key);
        UPDATE houvast.request q SET state = 'withdrawn' FROM houvast.by_mandate b WHERE b.mandate = m.id AND q.id = b.request AND q.closed_at IS NULL;
    ELSIF how = 'late' THEN
        UPDATE houvast.request q SET state = 'withdrawn' FROM houvast.by_mandate b WHERE b.mandate = m.id AND q.id = b.request AND q.closed_at IS NULL;
    ELSE PERFORM houvast.deny_case(b.request, how) FROM houvast.by_mandate b WHERE b.mandate = m.id;
    END IF;
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.end_mandate IS 'A mandate ends (promise C35)';
REVOKE ALL ON FUNCTION houvast.end_mandate(bigint, text) FROM PUBLIC

-- name: function_asked_mandate
-- For the pages: what the link in a mail asks about: never who the person is (promise C35).
CREATE OR REPLACE FUNCTION houvast.asked_mandate(token text) RETURNS TABLE (sort text, holder text, rights text[], until timestamptz, confirmed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.sort, m.holder, m.rights, m.until, m.confirmed_at IS NOT NULL FROM houvast.mandate m
    WHERE m.token = sha256(convert_to(asked_mandate.token, 'UTF8')) AND m.ended_at IS NULL AND m.until > clock_timestamp()
$$;
COMMENT ON FUNCTION houvast.asked_mandate IS 'What a person is asked about a mandate (promise C35)';
REVOKE ALL ON FUNCTION houvast.asked_mandate(text) FROM PUBLIC

-- name: function_answer_mandate
-- For the pages: the person confirms, denies or revokes by the link in their mail; what it came to (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_mandate(token text, choice text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m CONSTANT bigint := (SELECT t.id FROM houvast.mandate t WHERE t.token = sha256(convert_to(answer_mandate.token, 'UTF8')) AND t.ended_at IS NULL);
BEGIN
    IF choice = 'yes' AND houvast.confirm_mandate(m, 'code') OR choice = 'no' AND houvast.end_mandate(m, 'link') THEN RETURN choice; END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.answer_mandate IS 'A person answers about a mandate (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_mandate(text, text) FROM PUBLIC

-- name: function_own_mandates
-- For the pages for people: who asks for them, or asks to (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_mandates(secret text) RETURNS TABLE (id bigint, sort text, holder text, rights text[], until timestamptz, confirmed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see') l;
    RETURN QUERY SELECT m.id, m.sort, m.holder, m.rights, m.until, m.confirmed_at IS NOT NULL FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.mandate m ON m.kind = s.kind AND m.key = s.key WHERE m.ended_at IS NULL AND m.until > clock_timestamp() ORDER BY m.id LIMIT 50;
END $$;
COMMENT ON FUNCTION houvast.own_mandates IS 'Who asks for the person of a session (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_mandates(text) FROM PUBLIC

-- name: function_choose_mandate
-- For the pages for people: they confirm, deny or revoke a mandate in their session (promise C35).
CREATE OR REPLACE FUNCTION houvast.choose_mandate(secret text, number bigint, choice text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    IF NOT EXISTS (SELECT FROM houvast.mandate m WHERE m.id = number AND m.kind = s.kind AND m.key = s.key) THEN RETURN NULL; END IF;
    IF choice = 'yes' AND houvast.confirm_mandate(number, 'session') OR choice = 'no' AND houvast.end_mandate(number, 'session') THEN RETURN choice; END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.choose_mandate IS 'A person answers about a mandate in their session (promise C35)';
REVOKE ALL ON FUNCTION houvast.choose_mandate(text, bigint, text) FROM PUBLIC

-- name: function_letter_to_holder
-- A letter that goes by mail about a request by mandate goes to who holds it too, while it is in force; none before (promise C35).
CREATE OR REPLACE FUNCTION houvast.letter_to_holder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO houvast.outgoing (address, template, language, "values")
    SELECT m.address, 'letter', NEW.language, jsonb_build_object('subject', NEW.subject, 'body', NEW.body)
    FROM houvast.by_mandate b JOIN houvast.mandate m ON m.id = b.mandate JOIN houvast.request q ON q.id = b.request
    WHERE b.request = NEW.request AND houvast.in_force(m.id, q."right") AND NEW.kind <> 'identity';
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.letter_to_holder() IS 'Keeps promise C35'

-- name: function_sweep_mandates
-- For the worker: mandates end in time, those that nobody confirmed after thirty days; who held one is forgotten with its requests (promise C35).
CREATE OR REPLACE FUNCTION houvast.sweep_mandates() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.end_mandate(m.id, 'late') FROM houvast.mandate m
    WHERE m.ended_at IS NULL AND (m.until <= clock_timestamp() OR m.confirmed_at IS NULL AND m.asked_at < clock_timestamp() - interval '30 days');
    DELETE FROM houvast.mandate m WHERE m.ended_at < clock_timestamp() - interval '1 day' AND NOT EXISTS (SELECT FROM houvast.by_mandate b WHERE b.mandate = m.id);
    DELETE FROM houvast.case_code c WHERE c.until < clock_timestamp() - interval '30 days';
END $$;
COMMENT ON FUNCTION houvast.sweep_mandates() IS 'Mandates end in time (promise C35)';
REVOKE ALL ON FUNCTION houvast.sweep_mandates() FROM PUBLIC
