-- name: table_incoming
-- Mail that came in to the address for privacy: what it seems to ask, and until when it is answered. Who wrote it and what
-- stands there go once a request is made of it, or thirty days after somebody said that it is none (promise C32).
CREATE TABLE IF NOT EXISTS houvast.incoming (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, digest text NOT NULL UNIQUE CHECK (digest ~ '^[0-9a-f]{64}$'),
    received_at timestamptz NOT NULL, due_on date NOT NULL, taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sort text NOT NULL CHECK (sort IN ('mail', 'auto', 'bounce')), language text NOT NULL CHECK (language IN ('nl', 'en', 'de')),
    rights text[] NOT NULL DEFAULT '{}', reasons jsonb NOT NULL DEFAULT '{}', notes text[] NOT NULL DEFAULT '{}',
    passed text NOT NULL DEFAULT '' CHECK (passed IN ('', 'pass', 'fail')),
    sender text CHECK (length(sender) <= 254), subject text CHECK (length(subject) <= 200), body text CHECK (length(body) <= 20000),
    sender_hash bytea, answered boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'accepted', 'dismissed', 'aside')),
    why text NOT NULL DEFAULT '' CHECK (why IN ('', 'not_request', 'spam', 'duplicate', 'answered', 'automatic')),
    requests bigint[] NOT NULL DEFAULT '{}', decided_at timestamptz, CHECK ((state = 'new') = (decided_at IS NULL)));
ALTER TABLE houvast.incoming ADD COLUMN IF NOT EXISTS held text[] NOT NULL DEFAULT '{}';
CREATE INDEX IF NOT EXISTS incoming_new ON houvast.incoming (due_on) WHERE state = 'new';
CREATE INDEX IF NOT EXISTS incoming_taken ON houvast.incoming (taken_at) WHERE answered;
COMMENT ON TABLE houvast.incoming IS 'Mail that came in to the address for privacy, with its clock; nobody but its keeper reads it (promise C32).';

-- name: table_mailbox
-- How far each mailbox was read: the last number (UID) under its validity (RFC 3501), in the same transaction as the mail
-- itself (promise C32).
CREATE TABLE IF NOT EXISTS houvast.mailbox (
    name text PRIMARY KEY, validity bigint NOT NULL, uid bigint NOT NULL CHECK (uid >= 0), read_at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.mailbox IS 'How far each mailbox was read (promise C32).';

-- name: function_incoming_kept
-- Whoever writes a mail: its last day is computed from when it came in, and that stays, as does what it says until somebody
-- has said what it is (promise C32).
CREATE OR REPLACE FUNCTION houvast.incoming_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'new' THEN
            PERFORM houvast.says_no('nobody has said yet what this mail is', 'C32', 'Make it a request, or say why it is none.');
        END IF;
        RETURN OLD;
    ELSIF TG_OP = 'INSERT' THEN
        NEW.received_at := least(NEW.received_at, clock_timestamp());
        NEW.due_on := houvast.due_on(NEW.received_at, false, 0);
        NEW.held := houvast.held_in(concat_ws(E'\n', NEW.subject, NEW.body), '{}');  -- so that who opens it knows before (G16)
    ELSIF (NEW.received_at, NEW.due_on, NEW.digest, NEW.sort) IS DISTINCT FROM (OLD.received_at, OLD.due_on, OLD.digest, OLD.sort) THEN
        PERFORM houvast.says_no('when a mail came in, and its last day, stay as they were', 'C32', 'Answer it in time, or say that it is no request.');
    ELSIF NEW.state = 'new' AND (NEW.sender, NEW.subject, NEW.body) IS DISTINCT FROM (OLD.sender, OLD.subject, OLD.body) THEN
        PERFORM houvast.says_no('what a mail says stays until somebody has said what it is', 'C32', 'Make it a request, or say why it is none.');
    ELSIF OLD.state = 'accepted' AND NEW.state <> 'accepted' THEN
        PERFORM houvast.says_no('a request was made of this mail', 'C32', 'Withdraw the request when the person no longer asks.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.incoming_kept() IS 'Keeps promise C32'

-- name: function_tell_incoming
-- A mail that comes in, and what somebody decided of it, is told; never who wrote it or what (promise C32).
CREATE OR REPLACE FUNCTION houvast.tell_incoming() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM houvast.tell('mail_received', 'C32', jsonb_build_object('sort', NEW.sort, 'language', NEW.language,
            'asks', cardinality(NEW.rights), 'answered', CASE WHEN NEW.answered THEN 'yes' ELSE 'no' END), jsonb_build_object('mail', NEW.id, 'due', NEW.due_on));
    ELSE
        PERFORM houvast.tell('mail_decided', 'C32', jsonb_build_object('to', NEW.state, 'why', NEW.why, 'requests', cardinality(NEW.requests),
            'in_time', CASE WHEN (clock_timestamp() AT TIME ZONE {zone})::date <= OLD.due_on THEN 'yes' ELSE 'no' END), jsonb_build_object('mail', NEW.id, 'due', NEW.due_on));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_incoming() IS 'Keeps promise C32'

-- name: function_take_mail
-- Takes a mail in, once: its number, or NULL for one that was taken before. Whoever wrote it is told that it came in, whether
-- they are known here or not: at most three times a day, a hundred such answers an hour; mail that
-- proves where it is from has a hundred of its own, which forged mail does not use up. What came back of ours counts for
-- the address that it went to (promises C32, C35, C37).
CREATE OR REPLACE FUNCTION houvast.take_mail(digest text, received timestamptz, sort text, language text, rights text[], reasons jsonb, notes text[],
    passed text, sender text, subject text, body text, answerable boolean, bounced uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment CONSTANT timestamptz := clock_timestamp();
    hashed CONSTANT bytea := houvast.address_hash('email', nullif(take_mail.sender, ''));
    answer boolean;
    made bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7236541, 32);  -- one mail at a time, so that limits are counted right
    IF EXISTS (SELECT FROM houvast.incoming i WHERE i.digest = take_mail.digest) THEN RETURN NULL; END IF;
    answer := answerable AND hashed IS NOT NULL
        AND (SELECT count(*) FROM houvast.incoming i WHERE i.answered AND i.taken_at > moment - interval '1 day' AND i.sender_hash = hashed) < 3
        AND (SELECT count(*) FROM houvast.incoming i WHERE i.answered AND i.taken_at > moment - interval '1 hour'
             AND (i.passed = 'pass') = (take_mail.passed = 'pass')) < 100;
    INSERT INTO houvast.incoming AS i (digest, received_at, due_on, sort, language, rights, reasons, notes, passed, sender, subject, body, sender_hash,
        answered, state, decided_at, why)
    VALUES (take_mail.digest, received, received::date, take_mail.sort, take_mail.language, take_mail.rights, take_mail.reasons, take_mail.notes,
        take_mail.passed, take_mail.sender, take_mail.subject, take_mail.body, hashed, answer,
        CASE WHEN take_mail.sort = 'mail' OR cardinality(take_mail.rights) > 0 THEN 'new' ELSE 'aside' END,
        CASE WHEN take_mail.sort <> 'mail' AND cardinality(take_mail.rights) = 0 THEN moment END,
        CASE WHEN take_mail.sort <> 'mail' AND cardinality(take_mail.rights) = 0 THEN 'automatic' ELSE '' END)
    RETURNING i.id INTO made;
    IF answer THEN
        INSERT INTO houvast.outgoing (address, template, language) VALUES (take_mail.sender, 'mail_received' || CASE take_mail.language WHEN 'de' THEN '_both' ELSE '' END,
            CASE take_mail.language WHEN 'nl' THEN 'nl' ELSE 'en' END);
    END IF;
    PERFORM houvast.came_back(b) FROM unnest(take_mail.bounced) b;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.take_mail IS 'Takes a mail in, once (promise C32)';
REVOKE ALL ON FUNCTION houvast.take_mail(text, timestamptz, text, text, text[], jsonb, text[], text, text, text, text, boolean, uuid[]) FROM PUBLIC

-- name: function_came_back
-- A mail of ours did not arrive. It counts once, and only for the address that the person still has: whoever reports must know
-- the number of a mail that we sent, which nobody can guess (promise C37).
CREATE OR REPLACE FUNCTION houvast.came_back(number uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    o houvast.outgoing;
BEGIN
    UPDATE houvast.outgoing t SET came_back_at = clock_timestamp() WHERE t.id = number AND t.sent_at IS NOT NULL AND t.came_back_at IS NULL RETURNING t.* INTO o;
    IF o.to_key IS NULL OR houvast.place_of(o.to_kind, 'email') IS NULL
       OR NOT EXISTS (SELECT FROM houvast.person p WHERE p.kind = o.to_kind AND p.key = o.to_key)
       OR EXISTS (SELECT FROM houvast.contact_change c WHERE c.kind = o.to_kind AND c.key = o.to_key AND c.sort = 'email' AND c.at > o.queued_at) THEN
        RETURN false;
    END IF;
    PERFORM houvast.bounced(o.to_kind, o.to_key, 'email');
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.came_back IS 'Counts a mail of ours that did not arrive (promise C37)';
REVOKE ALL ON FUNCTION houvast.came_back(uuid) FROM PUBLIC

-- name: function_mark_mailbox
-- How far a mailbox was read; another validity begins anew (promise C32).
CREATE OR REPLACE FUNCTION houvast.mark_mailbox(name text, validity bigint, uid bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO houvast.mailbox AS m (name, validity, uid) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET validity = excluded.validity, read_at = clock_timestamp(),
        uid = CASE WHEN m.validity = excluded.validity THEN greatest(m.uid, excluded.uid) ELSE excluded.uid END
$$;
COMMENT ON FUNCTION houvast.mark_mailbox IS 'How far a mailbox was read (promise C32)';
REVOKE ALL ON FUNCTION houvast.mark_mailbox(text, bigint, bigint) FROM PUBLIC

-- name: function_open_mail
-- Records that one of the staff looks at who wrote a mail and what: which of them, the pages say; `read_mail` shows it once this has committed (promise C02).
DROP FUNCTION IF EXISTS houvast.open_mail(bigint, text);
CREATE OR REPLACE FUNCTION houvast.open_mail(number bigint, reason text, by text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.incoming i WHERE i.id = number) THEN
        PERFORM houvast.says_no('there is no such mail', 'C02', 'houvast request intake list shows them.');
    ELSIF length(btrim(coalesce(reason, ''))) < 3 OR houvast.personal_in(reason) IS NOT NULL THEN
        PERFORM houvast.says_no('opening a mail needs a reason without personal data', 'C02', 'Say in a few words why.');
    END IF;
    INSERT INTO houvast.use (staff, login, purpose, reason, "case", until, ended_at)
    SELECT CASE WHEN by IS NOT NULL OR session_user = 'houvast_web' THEN houvast.staff_now(by) ELSE '' END, session_user, p.number, btrim(open_mail.reason), 'mail ' || open_mail.number, clock_timestamp() + interval '15 minutes', clock_timestamp()
    FROM houvast.purpose p WHERE p.live ORDER BY p.kind <> 'rights', p.number LIMIT 1
    RETURNING use.id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.open_mail IS 'Records that somebody looks at a mail (promise C02)';
REVOKE ALL ON FUNCTION houvast.open_mail(bigint, text, text) FROM PUBLIC

-- name: function_read_mail
-- What a mail says, and whose the address is that it says it is from (which anybody can write there), for the login whose look
-- at it `open_mail` recorded and committed in the last minutes (promise C02).
CREATE OR REPLACE FUNCTION houvast.read_mail(use_id bigint) RETURNS TABLE (sender text, subject text, body text, persons text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i houvast.incoming;
BEGIN
    SELECT m.* INTO i FROM houvast.use u JOIN houvast.incoming m ON u."case" = 'mail ' || m.id
    WHERE u.id = use_id AND u.login = session_user AND u.ended_at IS NOT NULL AND u.until > clock_timestamp()
      AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned();
    IF i.id IS NULL THEN
        PERFORM houvast.says_no('nothing records that this mail is looked at', 'C02', 'SELECT houvast.open_mail(number, reason), commit, then read it.');
    END IF;
    RETURN QUERY SELECT coalesce(i.sender, ''), coalesce(i.subject, ''), coalesce(i.body, ''),
        ARRAY(SELECT DISTINCT p.kind || ':' || p.key FROM houvast.persons_by('email', i.sender) p ORDER BY 1);
END $$;
COMMENT ON FUNCTION houvast.read_mail IS 'What a mail says, to whose look is recorded (promise C02)';
REVOKE ALL ON FUNCTION houvast.read_mail(bigint) FROM PUBLIC

-- name: function_accept_mail
-- Makes requests of a mail, one for each right, with the clock running since the mail came in. Nothing is verified by that: the
-- words, and who they say they are from, go to the requests. `who` as kind:key; NULL for a complaint or question (promise C32).
CREATE OR REPLACE FUNCTION houvast.accept_mail(number bigint, rights text[], who text) RETURNS TABLE (id bigint, code uuid, due_on date, reachable boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i houvast.incoming;
    asked text;
    made bigint[] := '{}';
BEGIN
    SELECT m.* INTO i FROM houvast.incoming m WHERE m.id = number FOR UPDATE;
    IF i.id IS NULL OR i.state = 'accepted' OR i.body IS NULL THEN
        PERFORM houvast.says_no('there is no such mail, or it was decided', 'C32', 'houvast request intake list shows what waits.');
    ELSIF cardinality(rights) = 0 THEN
        PERFORM houvast.says_no('a request asks for something', 'C32', 'Name the right; a question needs no person.');
    END IF;
    FOR asked IN SELECT DISTINCT r FROM unnest(rights) r ORDER BY 1 LOOP
        SELECT t.id, t.code, t.due_on INTO accept_mail.id, accept_mail.code, accept_mail.due_on
        FROM houvast.take_request(who, asked, 'mail', CASE i.language WHEN 'nl' THEN 'nl' ELSE 'en' END, i.received_at,
            words => left(concat_ws(E'\n', nullif(i.sender, ''), nullif(i.subject, ''), '', i.body), 20000)) t;
        UPDATE houvast.request_text t SET reply_to = nullif(i.sender, '') WHERE t.request = accept_mail.id AND who IS NULL;
        made := made || accept_mail.id;
        reachable := who IS NOT NULL OR i.sender <> '';
        RETURN NEXT;
    END LOOP;
    UPDATE houvast.incoming m SET state = 'accepted', requests = made, decided_at = clock_timestamp(), why = '', sender = NULL, subject = NULL, body = NULL,
        sender_hash = CASE WHEN m.taken_at > clock_timestamp() - interval '1 day' THEN m.sender_hash END WHERE m.id = number;
END $$;
COMMENT ON FUNCTION houvast.accept_mail IS 'Makes requests of a mail (promise C32)';
REVOKE ALL ON FUNCTION houvast.accept_mail(bigint, text[], text) FROM PUBLIC

-- name: function_dismiss_mail
-- Says of a mail that it is no request, and why; for thirty days that can be taken back by accepting it (promise C32).
CREATE OR REPLACE FUNCTION houvast.dismiss_mail(number bigint, because text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(because, '') NOT IN ('not_request', 'spam', 'duplicate', 'answered', 'automatic') THEN
        PERFORM houvast.says_no('a mail is set aside for a reason', 'C32', 'One of: not_request, spam, duplicate, answered, automatic.');
    END IF;
    UPDATE houvast.incoming m SET state = 'dismissed', why = because, decided_at = clock_timestamp() WHERE m.id = number AND m.state = 'new';
    IF NOT FOUND THEN PERFORM houvast.says_no('there is no such mail, or it was decided', 'C32', 'houvast request intake list shows what waits.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.dismiss_mail IS 'Says of a mail that it is no request (promise C32)';
REVOKE ALL ON FUNCTION houvast.dismiss_mail(bigint, text) FROM PUBLIC

-- name: function_forget_mail
-- Takes away what mail says that was no request, thirty days after that was said, and every trace of it after five years; by
-- whom mail was written is not counted longer than a day. How many lost their words (promise C32).
CREATE OR REPLACE FUNCTION houvast.forget_mail() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    UPDATE houvast.incoming m SET sender_hash = NULL WHERE m.sender_hash IS NOT NULL AND m.taken_at < clock_timestamp() - interval '1 day';
    DELETE FROM houvast.incoming m WHERE m.decided_at < clock_timestamp() - interval '5 years';
    UPDATE houvast.incoming m SET sender = NULL, subject = NULL, body = NULL
    WHERE m.state IN ('dismissed', 'aside') AND m.decided_at < clock_timestamp() - interval '30 days' AND m.body IS NOT NULL;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
COMMENT ON FUNCTION houvast.forget_mail IS 'Takes away what mail says that was no request (promise C32)';
REVOKE ALL ON FUNCTION houvast.forget_mail() FROM PUBLIC

-- name: view_public_incoming
-- For the pages of the staff: every mail without who wrote it and what (promise C32).
CREATE OR REPLACE VIEW houvast.public_incoming AS
SELECT i.id, i.received_at, i.due_on, i.due_on - (clock_timestamp() AT TIME ZONE {zone})::date AS days_left, i.sort, i.language, i.rights, i.reasons, i.notes,
       i.passed, i.answered, i.state, i.why, i.requests, i.decided_at, i.body IS NOT NULL AS readable, i.held
FROM houvast.incoming i;
COMMENT ON VIEW houvast.public_incoming IS 'Every mail that came in, without who wrote it and what (promise C32)'
