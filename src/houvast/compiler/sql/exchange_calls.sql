-- name: function_exchange_link
-- Makes a link that works once, for three days; the only time that it is told (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_link(number bigint, by text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token CONSTANT text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
BEGIN
    PERFORM houvast.staff_as(by, 'support', 'officer');
    IF NOT EXISTS (SELECT FROM houvast.exchange x WHERE x.id = number AND x.closed_at IS NULL AND x.until > clock_timestamp()) THEN
        PERFORM houvast.says_no('nothing is asked here now, or no longer', 'C39', 'Ask support for a new link.');
    END IF;
    UPDATE houvast.exchange_link l SET used_at = clock_timestamp() WHERE l.exchange = number AND l.used_at IS NULL;
    INSERT INTO houvast.exchange_link (digest, exchange) VALUES (sha256(convert_to(token, 'UTF8')), number);
    RETURN token;
END $$;
COMMENT ON FUNCTION houvast.exchange_link IS 'Makes a link that works once (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_link(bigint, text) FROM PUBLIC

-- name: function_exchange_ask
-- Asks for diagnostic data for one problem: its number, and the link to send (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_ask(ticket text, wants text, why text, until timestamptz, purpose text, language text, consumer boolean, by text,
    OUT id bigint, OUT token text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer');
BEGIN
    INSERT INTO houvast.exchange AS x (ticket, wants, why, until, purpose, language, consumer, asked_by)
    VALUES (btrim(exchange_ask.ticket), btrim(exchange_ask.wants), btrim(exchange_ask.why), exchange_ask.until, exchange_ask.purpose, exchange_ask.language,
            exchange_ask.consumer, s.role || ' ' || s.id) RETURNING x.id INTO exchange_ask.id;
    exchange_ask.token := houvast.exchange_link(exchange_ask.id, by);
END $$;
COMMENT ON FUNCTION houvast.exchange_ask IS 'Asks for diagnostic data (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_ask(text, text, text, timestamptz, text, text, boolean, text) FROM PUBLIC

-- name: function_exchange_asked
-- What a link that was not used asks; looking changes nothing (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_asked(token text) RETURNS TABLE (wants text, why text, until timestamptz, consumer boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT x.wants, x.why, x.until, x.consumer FROM houvast.exchange_link l JOIN houvast.exchange x ON x.id = l.exchange
    WHERE l.digest = sha256(convert_to(token, 'UTF8')) AND l.used_at IS NULL AND least(l.until, x.until) > clock_timestamp() AND x.closed_at IS NULL
$$;
COMMENT ON FUNCTION houvast.exchange_asked IS 'What a link asks (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_asked(text) FROM PUBLIC

-- name: function_exchange_begin
-- Uses a link, once: the code by which its customer follows from now on; NULL for a link that nobody has, or that was used (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_begin(token text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made CONSTANT text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    number bigint;
BEGIN
    UPDATE houvast.exchange_link l SET used_at = clock_timestamp() FROM houvast.exchange x
    WHERE l.digest = sha256(convert_to(token, 'UTF8')) AND l.used_at IS NULL AND x.id = l.exchange AND least(l.until, x.until) > clock_timestamp()
      AND x.closed_at IS NULL RETURNING x.id INTO number;
    UPDATE houvast.exchange x SET follow = sha256(convert_to(made, 'UTF8')) WHERE x.id = number;
    RETURN CASE WHEN number IS NOT NULL THEN made END;
END $$;
COMMENT ON FUNCTION houvast.exchange_begin IS 'Uses a link that works once (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_begin(text) FROM PUBLIC

-- name: function_followed
-- The exchange that a customer follows by a code, locked against closing meanwhile (promise C39).
CREATE OR REPLACE FUNCTION houvast.followed(follow text) RETURNS houvast.exchange LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x houvast.exchange;
BEGIN
    SELECT e.* INTO x FROM houvast.exchange e WHERE e.follow = sha256(convert_to(followed.follow, 'UTF8')) FOR SHARE;
    IF x.id IS NULL THEN
        PERFORM houvast.says_no('nothing is asked here now, or no longer', 'C39', 'Ask support for a new link.');
    END IF;
    RETURN x;
END $$;
COMMENT ON FUNCTION houvast.followed IS 'What a customer follows (promise C39)';
REVOKE ALL ON FUNCTION houvast.followed(text) FROM PUBLIC

-- name: function_exchange_follow
-- How it stands, for the customer: what was asked, what was stated, each bundle, each opening (promises C39, C46).
CREATE OR REPLACE FUNCTION houvast.exchange_follow(follow text) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('number', x.id, 'ticket', x.ticket, 'wants', x.wants, 'why', x.why, 'until', x.until, 'language', x.language, 'consumer', x.consumer,
        'choice', x.choice, 'closed', x.closed_at, 'due', x.due_at, 'ended', x.ended_at, 'certificate', x.certificate, 'taken', x.taken_at,
        'stated', (SELECT max(s.at) FROM houvast.exchange_statement s WHERE s.exchange = x.id),
        'bundles', coalesce((SELECT jsonb_agg(jsonb_build_object('code', b.code, 'state', b.state, 'size', b.size, 'received', b.received, 'format', b.format,
            'redacted', b.made_of IS NOT NULL, 'why', b.why, 'begun', b.begun_at, 'ended', b.ended_at, 'looks', (SELECT count(*) FROM houvast.bundle_look l WHERE l.bundle = b.id),
            'screening', (
                SELECT to_jsonb(s) - 'id' - 'bundle' FROM houvast.bundle_screening s WHERE s.bundle = b.id ORDER BY s.id DESC LIMIT 1)) ORDER BY b.id)
            FROM houvast.bundle b WHERE b.exchange = x.id), '[]'),
        'openings', coalesce((SELECT jsonb_agg(jsonb_build_object('at', o.at, 'reason', o.reason, 'role', s.role, 'subcontractor', c.name, 'country', c.country)
            ORDER BY o.at DESC) FROM houvast.bundle_opening o JOIN houvast.bundle b ON b.id = o.bundle AND b.exchange = x.id JOIN houvast.staff s ON s.id = o.staff
            LEFT JOIN houvast.subcontractor c ON c.id = o.subcontractor), '[]'),
        'helpers', coalesce((SELECT jsonb_agg(DISTINCT jsonb_build_object('subcontractor', c.name, 'country', c.country)) FROM houvast.exchange_grant g
            JOIN houvast.subcontractor c ON c.id = g.subcontractor WHERE g.exchange = x.id), '[]'))
    FROM houvast.exchange x WHERE x.follow = sha256(convert_to(exchange_follow.follow, 'UTF8'))
$$;
COMMENT ON FUNCTION houvast.exchange_follow IS 'How it stands, for the customer (promise C46)';
REVOKE ALL ON FUNCTION houvast.exchange_follow(text) FROM PUBLIC

-- name: function_exchange_state
-- The customer states, in a language, that they may send it and that nobody stands in it; said again, it is not written down again
-- within the hour (promises C43, C44).
CREATE OR REPLACE FUNCTION houvast.exchange_state(follow text, language text, statement_sha256 text, warnings_sha256 text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x CONSTANT houvast.exchange := houvast.followed(follow);
BEGIN
    INSERT INTO houvast.exchange_statement (exchange, language, statement_sha256, warnings_sha256)
    SELECT x.id, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM houvast.exchange_statement s WHERE s.exchange = x.id
        AND (s.language, s.statement_sha256, s.warnings_sha256) = ($2, $3, $4) AND (s.at > clock_timestamp() - interval '1 hour'
        OR s.id = (SELECT max(n.id) FROM houvast.exchange_statement n WHERE n.exchange = x.id)));
END $$;
COMMENT ON FUNCTION houvast.exchange_state IS 'The customer states that they may send it (promise C43)';
REVOKE ALL ON FUNCTION houvast.exchange_state(text, text, text, text) FROM PUBLIC

-- name: function_exchange_send
-- A bundle begins to come in; its code. At most sixteen of one problem and 50 GB are here at once, and two hundred ever, counted one
-- after the other (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_send(follow text, size bigint, format text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x houvast.exchange;
    made uuid;
BEGIN
    PERFORM FROM houvast.exchange e WHERE e.follow = sha256(convert_to(exchange_send.follow, 'UTF8')) FOR NO KEY UPDATE;
    x := houvast.followed(follow);
    IF (SELECT count(*) FROM houvast.bundle b WHERE b.exchange = x.id AND b.ended_at IS NULL) >= 16 THEN
        PERFORM houvast.says_no('sixteen files of this request are here already', 'C39', 'Withdraw one that is not needed.');
    ELSIF (exchange_send.size BETWEEN 1 AND 53687091200) IS NOT TRUE THEN
        PERFORM houvast.says_no('a file has at least one byte and at most 50 GB', 'C39', 'Send less: the logs of the moment of the error.');
    ELSIF (SELECT coalesce(sum(b.size), 0) FROM houvast.bundle b WHERE b.exchange = x.id AND b.ended_at IS NULL) + exchange_send.size > 53687091200 THEN
        PERFORM houvast.says_no('more than 50 GB of this request would be here at once', 'C39', 'Withdraw one that is not needed.');
    ELSIF (SELECT count(*) FROM houvast.bundle b WHERE b.exchange = x.id) >= 200 THEN
        PERFORM houvast.says_no('two hundred files of this request were begun already', 'C39', 'Ask support to close the problem, and to ask anew.');
    END IF;
    INSERT INTO houvast.bundle (exchange, statement, format, size)
    VALUES (x.id, coalesce((SELECT max(s.id) FROM houvast.exchange_statement s WHERE s.exchange = x.id), 0),
            CASE WHEN exchange_send.format ~ '^[a-z0-9]{1,8}([.][a-z0-9]{1,8})?$' THEN exchange_send.format ELSE 'bin' END, exchange_send.size)
    RETURNING code INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.exchange_send IS 'A bundle begins to come in (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_send(text, bigint, text) FROM PUBLIC

-- name: function_exchange_stands
-- How much of a bundle is there: for its customer alone (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_stands(follow text, code uuid) RETURNS TABLE (received bigint, size bigint, state text, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.received, b.size, b.state, b.until FROM houvast.bundle b JOIN houvast.exchange x ON x.id = b.exchange
    WHERE b.code = exchange_stands.code AND x.follow = sha256(convert_to(exchange_stands.follow, 'UTF8'))
$$;
COMMENT ON FUNCTION houvast.exchange_stands IS 'How much of a bundle is there (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_stands(text, uuid) FROM PUBLIC

-- name: function_exchange_part
-- The next piece of a bundle lies in the store; false when it is not the next one, or one of less than 64 KiB that is not the last. The
-- last one makes it wait for its screening (promise C46).
CREATE OR REPLACE FUNCTION houvast.exchange_part(follow text, code uuid, begins bigint, size int, place text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x CONSTANT houvast.exchange := houvast.followed(follow);
    b houvast.bundle;
BEGIN
    UPDATE houvast.bundle t SET received = t.received + exchange_part.size, until = clock_timestamp() + interval '24 hours'
    WHERE t.code = exchange_part.code AND t.exchange = x.id AND t.state = 'receiving' AND t.made_of IS NULL AND t.received = begins
      AND t.until > clock_timestamp() AND t.received + exchange_part.size <= t.size
      AND exchange_part.size <= 4194304 AND (exchange_part.size >= 65536 OR begins + exchange_part.size = t.size) AND x.closed_at IS NULL AND x.until > clock_timestamp() RETURNING t.* INTO b;
    IF b.id IS NULL THEN RETURN false; END IF;
    IF b.received < b.size THEN  -- one that a crash makes forgotten is sent again: whoever sends asks first how far it is
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    INSERT INTO houvast.bundle_part (bundle, begins, size, place) VALUES (b.id, exchange_part.begins, exchange_part.size, exchange_part.place);
    IF b.received = b.size THEN UPDATE houvast.bundle t SET state = 'quarantined' WHERE t.id = b.id; END IF;
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.exchange_part IS 'A piece of a bundle lies in the store (promise C46)';
REVOKE ALL ON FUNCTION houvast.exchange_part(text, uuid, bigint, int, text) FROM PUBLIC

-- name: function_exchange_decide
-- The customer redacts, submits or withdraws a bundle; of one that is being redacted, what was made of it goes too (promises C44, C48).
CREATE OR REPLACE FUNCTION houvast.exchange_decide(follow text, code uuid, what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x CONSTANT houvast.exchange := houvast.followed(follow);
    becomes CONSTANT text := CASE what WHEN 'redact' THEN 'redacting' WHEN 'submit' THEN 'submitted' WHEN 'withdraw' THEN 'withdrawn' END;
    done bigint;
BEGIN
    UPDATE houvast.bundle b SET state = becomes WHERE b.code = exchange_decide.code AND b.exchange = x.id AND b.ended_at IS NULL RETURNING b.id INTO done;
    IF done IS NULL THEN
        PERFORM houvast.says_no('what was sent stays as it was sent, and what has ended is over', 'C46', 'Send it anew.');
    ELSIF becomes = 'withdrawn' THEN
        UPDATE houvast.bundle b SET state = 'withdrawn' WHERE b.made_of = done AND b.state = 'receiving';
    END IF;
END $$;
COMMENT ON FUNCTION houvast.exchange_decide IS 'The customer redacts, submits or withdraws (promise C44)';
REVOKE ALL ON FUNCTION houvast.exchange_decide(text, uuid, text) FROM PUBLIC

-- name: function_exchange_look
-- Records that the customer looks at what was found in a file of a bundle; `exchange_looked` gives its pieces once this has committed
-- (promise C44).
CREATE OR REPLACE FUNCTION houvast.exchange_look(follow text, code uuid, file int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x CONSTANT houvast.exchange := houvast.followed(follow);
    made bigint;
BEGIN
    INSERT INTO houvast.bundle_look (bundle, file) SELECT b.id, exchange_look.file FROM houvast.bundle b WHERE b.code = exchange_look.code AND b.exchange = x.id
    RETURNING id INTO made;
    IF made IS NULL THEN
        PERFORM houvast.says_no('lines are shown of a file in which something was found', 'C44', 'Choose one of the files on the page.');
    END IF;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.exchange_look IS 'Records that a customer looks at what was found (promise C44)';
REVOKE ALL ON FUNCTION houvast.exchange_look(text, uuid, int) FROM PUBLIC

-- name: function_exchange_looked
-- The pieces of a bundle, once, for the customer whose look has committed, within a quarter of an hour, while it waits for their
-- decision (promise C44).
CREATE OR REPLACE FUNCTION houvast.exchange_looked(follow text, look bigint) RETURNS TABLE (code uuid, format text, size bigint, parts jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x CONSTANT houvast.exchange := houvast.followed(follow);
    number bigint;
BEGIN
    UPDATE houvast.bundle_look l SET read_at = clock_timestamp() FROM houvast.bundle b
    WHERE l.id = look AND l.read_at IS NULL AND l.at > clock_timestamp() - interval '15 minutes' AND l.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()
      AND b.id = l.bundle AND b.exchange = x.id AND b.state = 'screened' AND x.closed_at IS NULL RETURNING b.id INTO number;
    IF number IS NULL THEN
        PERFORM houvast.says_no('nothing records that its customer looks at this bundle, or it was read', 'C44', 'Look again: each look reads it once.');
    END IF;
    RETURN QUERY SELECT b.code, b.format, b.size, (SELECT jsonb_agg(jsonb_build_array(p.begins, p.size, p.place) ORDER BY p.begins)
        FROM houvast.bundle_part p WHERE p.bundle = b.id) FROM houvast.bundle b WHERE b.id = number;
END $$;
COMMENT ON FUNCTION houvast.exchange_looked IS 'The pieces of a bundle that its customer looks at (promise C44)';
REVOKE ALL ON FUNCTION houvast.exchange_looked(text, bigint) FROM PUBLIC

-- name: function_exchange_choose
-- The customer says what becomes of it in the end; or that they have it back, so that it need not wait any longer (promise C48).
CREATE OR REPLACE FUNCTION houvast.exchange_choose(follow text, choice text, taken boolean DEFAULT false) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x CONSTANT houvast.exchange := houvast.followed(follow);
BEGIN
    UPDATE houvast.exchange e SET choice = exchange_choose.choice, taken_at = CASE WHEN taken AND e.closed_at IS NOT NULL THEN clock_timestamp() END,
        due_at = CASE WHEN e.closed_at IS NOT NULL AND (taken OR exchange_choose.choice = 'destroy') THEN least(e.due_at, clock_timestamp()) ELSE e.due_at END
    WHERE e.id = x.id AND e.ended_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.exchange_choose IS 'The customer says what becomes of it (promise C48)';
REVOKE ALL ON FUNCTION houvast.exchange_choose(text, text, boolean) FROM PUBLIC

-- name: function_exchange_return
-- The pieces of a bundle that its customer takes back once the problem is closed; of nothing that was not accepted (promises C46, C48).
CREATE OR REPLACE FUNCTION houvast.exchange_return(follow text, code uuid) RETURNS TABLE (format text, size bigint, parts jsonb) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.format, b.size, (SELECT jsonb_agg(jsonb_build_array(p.begins, p.size, p.place) ORDER BY p.begins) FROM houvast.bundle_part p WHERE p.bundle = b.id)
    FROM houvast.bundle b JOIN houvast.exchange x ON x.id = b.exchange
    WHERE b.code = exchange_return.code AND x.follow = sha256(convert_to(exchange_return.follow, 'UTF8')) AND b.state = 'accepted'
      AND x.closed_at IS NOT NULL AND x.choice = 'return'
$$;
COMMENT ON FUNCTION houvast.exchange_return IS 'What a customer takes back (promise C48)';
REVOKE ALL ON FUNCTION houvast.exchange_return(text, uuid) FROM PUBLIC

-- name: function_exchange_judge
-- Support accepts what the customer submitted, or refuses it with a reason (promise C46).
CREATE OR REPLACE FUNCTION houvast.exchange_judge(number bigint, accepts boolean, why text, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer');
BEGIN
    UPDATE houvast.bundle b SET state = CASE WHEN accepts THEN 'accepted' ELSE 'refused' END, why = CASE WHEN accepts THEN '' ELSE btrim(coalesce(exchange_judge.why, '')) END,
        accepted_by = CASE WHEN accepts THEN s.role || ' ' || s.id END WHERE b.id = number;
    IF NOT FOUND THEN PERFORM houvast.says_no('what was sent stays as it was sent, and what has ended is over', 'C46', 'Send it anew.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.exchange_judge IS 'Accepts or refuses a bundle (promise C46)';
REVOKE ALL ON FUNCTION houvast.exchange_judge(bigint, boolean, text, text) FROM PUBLIC

-- name: function_exchange_open
-- Records that somebody opens a bundle, as a use for this problem; `exchange_read` gives its pieces once this has committed (promise C46).
CREATE OR REPLACE FUNCTION houvast.exchange_open(number bigint, reason text, by text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'subcontractor');
    made bigint;
BEGIN
    IF length(btrim(coalesce(reason, ''))) < 3 OR houvast.personal_in(reason) IS NOT NULL THEN
        PERFORM houvast.says_no('opening a bundle needs a reason without personal data', 'C46', 'Say in a few words why.');
    END IF;
    INSERT INTO houvast.use (staff, login, purpose, reason, "case", until, ended_at)
    SELECT s.role || ' ' || s.id, session_user, p.number, btrim(reason), 'exchange ' || x.id, clock_timestamp() + interval '15 minutes', clock_timestamp()
    FROM houvast.bundle b JOIN houvast.exchange x ON x.id = b.exchange JOIN houvast.purpose p ON p.name = x.purpose AND p.live WHERE b.id = exchange_open.number
    RETURNING use.id INTO made;
    IF made IS NULL THEN
        PERFORM houvast.says_no('there is no such bundle, or its purpose is no longer in the policy', 'C46', 'The pages of the problem show what was sent.');
    END IF;
    INSERT INTO houvast.bundle_opening (use, bundle, staff, subcontractor, reason) VALUES (made, number, s.id, s.subcontractor, btrim(reason));
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.exchange_open IS 'Records that somebody opens a bundle (promise C46)';
REVOKE ALL ON FUNCTION houvast.exchange_open(bigint, text, text) FROM PUBLIC

-- name: function_exchange_read
-- The pieces of a bundle, once, to the login and the one of the staff whose opening has committed, within a quarter of an hour, while
-- they may still open it (promises C46, C47).
CREATE OR REPLACE FUNCTION houvast.exchange_read(use_id bigint, by text) RETURNS TABLE (code uuid, format text, size bigint, parts jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'subcontractor');
    o houvast.bundle_opening;
BEGIN
    UPDATE houvast.bundle_opening t SET read_at = clock_timestamp() FROM houvast.use u, houvast.bundle b
    WHERE t.use = use_id AND t.read_at IS NULL AND t.staff = s.id AND u.id = t.use AND u.login = session_user AND u.until > clock_timestamp()
      AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned() AND b.id = t.bundle AND b.state = 'accepted' RETURNING t.* INTO o;
    IF o.use IS NULL THEN
        PERFORM houvast.says_no('nothing records that this bundle is opened, or it was read', 'C46', 'Open it, with a reason; each opening reads it once.');
    ELSIF EXISTS (SELECT FROM houvast.bundle b JOIN houvast.exchange x ON x.id = b.exchange WHERE b.id = o.bundle AND x.closed_at IS NOT NULL) THEN
        PERFORM houvast.says_no('nobody opens a bundle before it was accepted, nor after the problem was closed', 'C46', 'Wait until the customer has submitted it and it was accepted.');
    ELSIF NOT EXISTS (SELECT FROM houvast.bundle b JOIN houvast.exchange_grant g ON g.exchange = b.exchange WHERE b.id = o.bundle AND g.staff = s.id AND g.ended_at IS NULL) THEN
        PERFORM houvast.says_no('a bundle is opened only by whom it was granted, for this problem', 'C47', 'An officer grants it: houvast exchange grant.');
    END IF;
    PERFORM houvast.may_help(s.id, o.subcontractor);
    RETURN QUERY SELECT b.code, b.format, b.size, (SELECT jsonb_agg(jsonb_build_array(p.begins, p.size, p.place) ORDER BY p.begins)
        FROM houvast.bundle_part p WHERE p.bundle = b.id) FROM houvast.bundle b WHERE b.id = o.bundle;
END $$;
COMMENT ON FUNCTION houvast.exchange_read IS 'The pieces of a bundle that is opened (promise C46)';
REVOKE ALL ON FUNCTION houvast.exchange_read(bigint, text) FROM PUBLIC

-- name: function_exchange_learn
-- Takes a fact about an error out of a bundle that they opened, as a step of its own, scanned as every reason is. The log says in the
-- open how often alone: a name that the scan misses is not published (promise C41).
CREATE OR REPLACE FUNCTION houvast.exchange_learn(number bigint, product text, version text, error text, times int, by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer');
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.bundle_opening o JOIN houvast.bundle b ON b.id = o.bundle AND b.state = 'accepted' WHERE o.bundle = number AND o.staff = s.id) THEN
        PERFORM houvast.says_no('facts are taken by whoever opened the bundle for its problem, while it is there', 'C41', 'Open it first, with a reason.');
    ELSIF houvast.personal_in(concat_ws(' ', product, version, error)) IS NOT NULL THEN
        PERFORM houvast.says_no('a fact about an error holds no personal data', 'C41', 'Leave out whatever is of a person or a customer.');
    ELSIF (product ~ '^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,59}$' AND version ~ '^[A-Za-z0-9][A-Za-z0-9._+-]{0,29}$' AND error ~ '^[A-Za-z][A-Za-z0-9 ._:/-]{0,119}$' AND times BETWEEN 1 AND 1000000000) IS NOT TRUE THEN
        PERFORM houvast.says_no('a fact is a product, its version, an error and how often', 'C41', 'Write the error as the product names it, in plain letters and digits.');
    END IF;
    INSERT INTO houvast.error_fact (product, version, error, times) VALUES ($2, $3, $4, $5);
    PERFORM houvast.tell('error_fact_taken', 'C41', jsonb_build_object('times', $5), jsonb_build_object('product', $2, 'version', $3, 'error', $4));
END $$;
COMMENT ON FUNCTION houvast.exchange_learn IS 'Takes a fact about an error (promise C41)';
REVOKE ALL ON FUNCTION houvast.exchange_learn(bigint, text, text, text, int, text) FROM PUBLIC

-- name: function_end_exchange
-- A problem is closed: nothing of it is opened any more, and what was sent goes after its term (promise C48).
CREATE OR REPLACE FUNCTION houvast.end_exchange(number bigint) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due timestamptz;
BEGIN
    UPDATE houvast.exchange x SET closed_at = clock_timestamp() WHERE x.id = number AND x.closed_at IS NULL RETURNING x.due_at INTO due;
    IF due IS NULL THEN PERFORM houvast.says_no('a problem that was closed is not opened again', 'C48', 'Ask anew: what was sent for the old one is gone, or on its way out.'); END IF;
    UPDATE houvast.exchange x SET due_at = clock_timestamp() WHERE x.id = number AND x.choice = 'destroy' RETURNING x.due_at INTO due;
    UPDATE houvast.bundle b SET state = 'withdrawn' WHERE b.exchange = number AND b.ended_at IS NULL AND b.state <> 'accepted';
    UPDATE houvast.exchange_grant g SET ended_at = clock_timestamp() WHERE g.exchange = number AND g.ended_at IS NULL;
    RETURN (SELECT x.due_at FROM houvast.exchange x WHERE x.id = number);
END $$;
COMMENT ON FUNCTION houvast.end_exchange IS 'A problem is closed (promise C48)';
REVOKE ALL ON FUNCTION houvast.end_exchange(bigint) FROM PUBLIC

-- name: function_sweep_exchanges
-- Of what nobody closed: what was not accepted by the day until which it was asked goes then, and a term later the problem is closed
-- (promise C48).
CREATE OR REPLACE FUNCTION houvast.sweep_exchanges() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.bundle b SET state = 'withdrawn' FROM houvast.exchange x
    WHERE x.id = b.exchange AND x.until < clock_timestamp() AND b.ended_at IS NULL AND b.state <> 'accepted';
    PERFORM houvast.end_exchange(x.id) FROM houvast.exchange x WHERE x.closed_at IS NULL AND x.until + interval {term} < clock_timestamp();
END $$;
COMMENT ON FUNCTION houvast.sweep_exchanges IS 'Ends what nobody closed (promise C48)';
REVOKE ALL ON FUNCTION houvast.sweep_exchanges() FROM PUBLIC

-- name: function_exchange_close
-- Somebody of support closes a problem; when what was sent goes at the latest (promise C48).
CREATE OR REPLACE FUNCTION houvast.exchange_close(number bigint, by text) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.staff_as(by, 'support', 'officer');
    RETURN houvast.end_exchange(number);
END $$;
COMMENT ON FUNCTION houvast.exchange_close IS 'Closes a problem (promise C48)';
REVOKE ALL ON FUNCTION houvast.exchange_close(bigint, text) FROM PUBLIC

-- name: function_exchange_incident
-- Writes down the facts of personal data that were sent after all (promise C45).
CREATE OR REPLACE FUNCTION houvast.exchange_incident(number bigint, facts text, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
BEGIN
    INSERT INTO houvast.exchange_incident (exchange, bundle, facts, warnings_sha256, recorded_by)
    SELECT b.exchange, b.id, btrim(exchange_incident.facts), '', s.role || ' ' || s.id FROM houvast.bundle b WHERE b.id = number;
    IF NOT FOUND THEN PERFORM houvast.says_no('an incident is about a bundle of this problem in which something was found', 'C45', 'Name that bundle.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.exchange_incident IS 'Writes down the facts of an incident (promise C45)';
REVOKE ALL ON FUNCTION houvast.exchange_incident(bigint, text, text) FROM PUBLIC

-- name: function_exchange_record
-- Records a subcontractor, not yet approved; `announced`: when customers were told (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_record(name text, country text, tool text, tool_from date, tool_until date, announced date, by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
    made bigint;
BEGIN
    INSERT INTO houvast.subcontractor (name, country, tool, tool_from, tool_until, announced_on, recorded_by)
    VALUES (btrim(exchange_record.name), $2, $3, $4, $5, announced, s.name) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.exchange_record IS 'Records a subcontractor (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_record(text, text, text, date, date, date, text) FROM PUBLIC

-- name: function_exchange_approve
-- Approves a subcontractor that another officer recorded, with a code; or ends it (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_approve(number bigint, by text, code text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
BEGIN
    PERFORM houvast.confirm(s.name, code, 'subcontractor ' || number);
    UPDATE houvast.subcontractor c SET approved_by = s.name, approved_at = clock_timestamp()
    WHERE c.id = number AND c.approved_at IS NULL;
    IF NOT FOUND THEN PERFORM houvast.says_no('a subcontractor stays on record as approved', 'C42', 'End it, and record what is new as another.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.exchange_approve IS 'Approves a subcontractor (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_approve(bigint, text, text) FROM PUBLIC

-- name: function_exchange_end
-- Ends a subcontractor: nobody of it opens anything any more (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_end(number bigint, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.staff_as(by, 'officer');
    UPDATE houvast.subcontractor c SET ended_at = clock_timestamp() WHERE c.id = number AND c.ended_at IS NULL;
    UPDATE houvast.exchange_grant g SET ended_at = clock_timestamp() WHERE g.subcontractor = number AND g.ended_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.exchange_end IS 'Ends a subcontractor (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_end(bigint, text) FROM PUBLIC

-- name: function_exchange_grant
-- Lets one person open what was sent for one problem, or takes that back (promises C42, C47).
CREATE OR REPLACE FUNCTION houvast.exchange_grant(number bigint, who text, gives boolean, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
    h CONSTANT houvast.staff := houvast.staff_as(who, 'support', 'officer', 'subcontractor');
BEGIN
    IF gives THEN
        INSERT INTO houvast.exchange_grant (exchange, staff, subcontractor, granted_by) VALUES (number, h.id, h.subcontractor, s.role || ' ' || s.id)
        ON CONFLICT (exchange, staff) DO UPDATE SET ended_at = NULL;
    ELSE
        UPDATE houvast.exchange_grant g SET ended_at = clock_timestamp() WHERE g.exchange = number AND g.staff = h.id AND g.ended_at IS NULL;
    END IF;
END $$;
COMMENT ON FUNCTION houvast.exchange_grant IS 'Lets one person open what was sent for one problem (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_grant(bigint, text, boolean, text) FROM PUBLIC

-- name: function_exchange_confirm
-- Somebody of a subcontractor confirms that every copy of what was sent is gone there (promise C48).
CREATE OR REPLACE FUNCTION houvast.exchange_confirm(number bigint, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'subcontractor');
BEGIN
    UPDATE houvast.exchange_grant g SET confirmed_at = clock_timestamp(), ended_at = coalesce(g.ended_at, clock_timestamp())
    WHERE g.exchange = number AND g.subcontractor = s.subcontractor AND g.confirmed_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.exchange_confirm IS 'A subcontractor confirms that its copies are gone (promise C48)';
REVOKE ALL ON FUNCTION houvast.exchange_confirm(bigint, text) FROM PUBLIC

-- name: function_exchange_mine
-- The problems that somebody of the staff may help with, and their bundles: of a subcontractor, those that were granted alone (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_mine(by text) RETURNS TABLE (exchange bigint, ticket text, why text, language text, purpose text, consumer boolean, until timestamptz, closed_at timestamptz,
    due_at timestamptz, choice text, ended_at timestamptz, begun boolean, granted boolean, confirmed boolean, bundles jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'auditor', 'subcontractor');
BEGIN
    RETURN QUERY SELECT x.id, x.ticket, x.why, x.language, x.purpose, x.consumer, x.until, x.closed_at, x.due_at, x.choice, x.ended_at, x.follow IS NOT NULL,
        g.id IS NOT NULL AND g.ended_at IS NULL, g.confirmed_at IS NOT NULL,
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', b.id, 'state', b.state, 'size', b.size, 'redacted', b.made_of IS NOT NULL, 'outcome', f.outcome,
            'found', f.found, 'kinds', f.kinds, 'why', b.why, 'opened', (SELECT count(*) FROM houvast.bundle_opening o WHERE o.bundle = b.id)) ORDER BY b.id)
            FROM houvast.bundle b LEFT JOIN LATERAL (SELECT r.outcome, r.found, r.kinds FROM houvast.bundle_screening r WHERE r.bundle = b.id ORDER BY r.id DESC LIMIT 1) f ON true
            WHERE b.exchange = x.id AND (s.role <> 'subcontractor' OR b.state = 'accepted')), '[]')
    FROM houvast.exchange x LEFT JOIN houvast.exchange_grant g ON g.exchange = x.id AND g.staff = s.id
    WHERE s.role <> 'subcontractor' OR g.id IS NOT NULL ORDER BY x.closed_at IS NOT NULL, x.until, x.id;
END $$;
COMMENT ON FUNCTION houvast.exchange_mine IS 'The problems that somebody may help with (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_mine(text) FROM PUBLIC

-- name: function_exchange_register
-- The register of subcontractors, and to how many problems each has a grant now (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_register() RETURNS TABLE (id bigint, name text, country text, tool text, tool_from date, tool_until date, announced_on date,
    counts_from date, approved boolean, ended boolean, grants bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.id, c.name, c.country, c.tool, c.tool_from, c.tool_until, c.announced_on, (c.announced_on + interval {announced})::date, c.approved_at IS NOT NULL,
        c.ended_at IS NOT NULL, (SELECT count(*) FROM houvast.exchange_grant g WHERE g.subcontractor = c.id AND g.ended_at IS NULL)
    FROM houvast.subcontractor c ORDER BY c.ended_at IS NOT NULL, c.name, c.id
$$;
COMMENT ON FUNCTION houvast.exchange_register IS 'The register of subcontractors (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_register() FROM PUBLIC
