-- name: table_exchange
-- What a customer is asked to send for one problem: what, why, until when (promise C39). No name of a person stands in it.
CREATE TABLE IF NOT EXISTS houvast.exchange (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket text NOT NULL CHECK (length(btrim(ticket)) BETWEEN 1 AND 60),
    wants text NOT NULL CHECK (length(btrim(wants)) BETWEEN 3 AND 1000), why text NOT NULL CHECK (length(btrim(why)) BETWEEN 3 AND 1000),
    purpose text NOT NULL, language text NOT NULL CHECK (language IN ('nl', 'en')), consumer boolean NOT NULL DEFAULT true,
    asked_by text NOT NULL, asked_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL, follow bytea UNIQUE,
    choice text NOT NULL DEFAULT '' CHECK (choice IN ('', 'return', 'destroy')), taken_at timestamptz, closed_at timestamptz, due_at timestamptz,
    certificate text, ended_at timestamptz, CHECK ((certificate IS NULL) = (ended_at IS NULL)));
COMMENT ON TABLE houvast.exchange IS 'Requests to send diagnostic data, each for one problem (promise C39).';

-- name: table_exchange_link
-- Links that were sent to customers: each works once; only its hash is kept (promise C39).
CREATE TABLE IF NOT EXISTS houvast.exchange_link (
    digest bytea PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '3 days', used_at timestamptz);
COMMENT ON TABLE houvast.exchange_link IS 'Links that work once, as hashes (promise C39).';

-- name: table_exchange_statement
-- What the customer stated before sending: which text, in which language, and which warnings stood beside it (promises C43, C44, C45).
CREATE TABLE IF NOT EXISTS houvast.exchange_statement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    language text NOT NULL, statement_sha256 text NOT NULL, warnings_sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.exchange_statement IS 'That the sender may send it, and that nobody stands in it, as stated (promise C43).';

-- name: table_bundle
-- A file that was sent: how much of it is there, and how far it is. What it says lies encrypted in the store (promise C46).
CREATE TABLE IF NOT EXISTS houvast.bundle (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE, statement bigint NOT NULL REFERENCES houvast.exchange_statement ON DELETE CASCADE,
    made_of bigint REFERENCES houvast.bundle ON DELETE CASCADE, format text NOT NULL CHECK (format ~ '^[a-z0-9]{1,8}([.][a-z0-9]{1,8})?$'),
    size bigint CHECK (size BETWEEN 1 AND 53687091200), received bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND 53687091200),
    state text NOT NULL DEFAULT 'receiving' CHECK (state IN ('receiving', 'quarantined', 'screened', 'redacting', 'submitted', 'accepted',
        'replaced', 'withdrawn', 'expired', 'refused', 'destroyed', 'returned')),
    sha256 text, why text NOT NULL DEFAULT '', accepted_by text, tries int NOT NULL DEFAULT 0, next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
    ended_at timestamptz, key_gone_at timestamptz);
CREATE INDEX IF NOT EXISTS bundle_exchange ON houvast.bundle (exchange);
COMMENT ON TABLE houvast.bundle IS 'Diagnostic data that were sent, and how far each is (promise C46).';

-- name: table_bundle_part
-- In which pieces a bundle lies in the store (promise C46).
CREATE TABLE IF NOT EXISTS houvast.bundle_part (
    bundle bigint REFERENCES houvast.bundle ON DELETE CASCADE, begins bigint, size int NOT NULL CHECK (size > 0), place text NOT NULL,
    PRIMARY KEY (bundle, begins));
ALTER TABLE houvast.bundle_part DROP CONSTRAINT IF EXISTS bundle_part_place,
    ADD CONSTRAINT bundle_part_place CHECK (place ~ '^[0-9a-f]{12}-[0-9a-f]{8}$');
COMMENT ON TABLE houvast.bundle_part IS 'The pieces of a bundle in the store (promise C46).';

-- name: table_bundle_screening
-- What the detectors found in a bundle: counts, and where; never a value (promise C44). Where goes with the bundle.
CREATE TABLE IF NOT EXISTS houvast.bundle_screening (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bundle bigint NOT NULL REFERENCES houvast.bundle ON DELETE CASCADE,
    detectors text NOT NULL CHECK (length(detectors) <= 100), outcome text NOT NULL CHECK (outcome IN ('clean', 'findings', 'not_screened')),
    why text NOT NULL DEFAULT '', bytes bigint NOT NULL, found bigint NOT NULL CHECK (found >= 0), kinds jsonb NOT NULL DEFAULT '{}',
    members jsonb NOT NULL DEFAULT '[]', at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (outcome <> 'clean' OR found = 0 AND kinds = '{}'));
COMMENT ON TABLE houvast.bundle_screening IS 'What was found in a bundle: counts and places, never values (promise C44).';

-- name: table_exchange_grant
-- Who may open what was sent for one problem; of a subcontractor, until they confirm that their copies are gone (promises C42, C48).
CREATE TABLE IF NOT EXISTS houvast.exchange_grant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    staff bigint NOT NULL REFERENCES houvast.staff, subcontractor bigint REFERENCES houvast.subcontractor, granted_by text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(), ended_at timestamptz, confirmed_at timestamptz, UNIQUE (exchange, staff));
COMMENT ON TABLE houvast.exchange_grant IS 'Who may open diagnostic data of one problem (promise C42).';

-- name: table_bundle_opening
-- Each time that somebody opened a bundle, with the reason; the customer sees them (promises C46, C47).
CREATE TABLE IF NOT EXISTS houvast.bundle_opening (
    use bigint PRIMARY KEY REFERENCES houvast.use, bundle bigint NOT NULL REFERENCES houvast.bundle ON DELETE CASCADE,
    staff bigint NOT NULL REFERENCES houvast.staff, subcontractor bigint REFERENCES houvast.subcontractor, reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), read_at timestamptz);
CREATE INDEX IF NOT EXISTS bundle_opening_bundle ON houvast.bundle_opening (bundle);
COMMENT ON TABLE houvast.bundle_opening IS 'Who opened a bundle, when and why (promise C46).';

-- name: table_bundle_look
-- Each time that a customer looked at the lines in which something was found (promise C44). No line is kept.
CREATE TABLE IF NOT EXISTS houvast.bundle_look (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bundle bigint NOT NULL REFERENCES houvast.bundle ON DELETE CASCADE,
    file int NOT NULL CHECK (file > 0), at timestamptz NOT NULL DEFAULT clock_timestamp(), xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    read_at timestamptz);
CREATE INDEX IF NOT EXISTS bundle_look_bundle ON houvast.bundle_look (bundle);
COMMENT ON TABLE houvast.bundle_look IS 'When a customer looked at what was found in their bundle (promise C44).';

-- name: table_error_fact
-- Facts about errors, taken out of bundles in a step of its own. Of which bundle or customer stands nowhere (promise C41).
CREATE TABLE IF NOT EXISTS houvast.error_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product text NOT NULL, version text NOT NULL, error text NOT NULL,
    times int NOT NULL CHECK (times BETWEEN 1 AND 1000000000), month date NOT NULL DEFAULT date_trunc('month', clock_timestamp())::date,
    CHECK (product ~ '^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,59}$' AND version ~ '^[A-Za-z0-9][A-Za-z0-9._+-]{0,29}$' AND error ~ '^[A-Za-z][A-Za-z0-9 ._:/-]{0,119}$'));
COMMENT ON TABLE houvast.error_fact IS 'Facts about errors, without anything of people or customers (promise C41).';

-- name: table_exchange_incident
-- That personal data were sent after all: facts only. There is no place for an amount (promise C45).
CREATE TABLE IF NOT EXISTS houvast.exchange_incident (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    bundle bigint NOT NULL REFERENCES houvast.bundle ON DELETE CASCADE, facts text NOT NULL CHECK (length(btrim(facts)) BETWEEN 3 AND 2000),
    warnings_sha256 text NOT NULL, recorded_by text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.exchange_incident IS 'Facts of personal data that were sent after all (promise C45).';

-- name: function_staff_as
-- One of the staff by name, in one of these roles (promise C42).
CREATE OR REPLACE FUNCTION houvast.staff_as(who text, VARIADIC roles text[]) RETURNS houvast.staff
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found houvast.staff;
BEGIN
    SELECT s.* INTO found FROM houvast.staff s WHERE s.name = houvast.staff_name(who) AND s.ended_at IS NULL;
    IF found.id IS NULL OR NOT found.role = ANY (roles) THEN
        PERFORM houvast.says_no('the database knows nobody of this name in a role that may do this', 'C42', 'An administrator gives roles: houvast staff add NAME --role ROLE.');
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.staff_as IS 'One of the staff in a role (promise C42)';
REVOKE ALL ON FUNCTION houvast.staff_as(text, text[]) FROM PUBLIC

-- name: function_kept_exchange
-- What is asked has what, why and until when, without personal data, and ends for good (promises C39, C48).
CREATE OR REPLACE FUNCTION houvast.kept_exchange() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.ended_at IS NULL OR OLD.ended_at > clock_timestamp() - interval '5 years' THEN
            PERFORM houvast.says_no('what was asked and sent stays on record until five years after its end', 'C48', 'Close the problem; what was sent is destroyed or returned then.');
        END IF;
        RETURN OLD;
    ELSIF TG_OP = 'INSERT' THEN
        IF houvast.personal_in(NEW.ticket || ' ' || NEW.wants || ' ' || NEW.why) IS NOT NULL THEN
            PERFORM houvast.says_no('a request for diagnostic data holds no personal data itself', 'C44', 'Say what is needed and why, and name nobody.');
        ELSIF NEW.until NOT BETWEEN clock_timestamp() AND clock_timestamp() + interval '90 days' THEN
            PERFORM houvast.says_no('a request for diagnostic data says until when, within 90 days', 'C39', 'Give a day within 90 days.');
        ELSIF NOT NEW.purpose = ANY ({purposes}) THEN
            PERFORM houvast.says_no('diagnostic data are asked to repair or to help, and for nothing else', 'C46', 'Name one of the purposes that the policy gives subcontractors.');
        END IF;
        NEW.follow := NULL; NEW.choice := ''; NEW.taken_at := NULL; NEW.closed_at := NULL; NEW.due_at := NULL; NEW.certificate := NULL; NEW.ended_at := NULL;
        RETURN NEW;
    END IF;
    IF OLD.ended_at IS NOT NULL OR (OLD.ticket, OLD.wants, OLD.why, OLD.purpose, OLD.consumer, OLD.asked_by, OLD.asked_at, OLD.until) IS DISTINCT FROM
       (NEW.ticket, NEW.wants, NEW.why, NEW.purpose, NEW.consumer, NEW.asked_by, NEW.asked_at, NEW.until) THEN
        PERFORM houvast.says_no('what was asked stays as it was asked', 'C39', 'Ask for something else in a request of its own.');
    ELSIF OLD.follow IS NOT NULL AND NEW.follow IS DISTINCT FROM OLD.follow AND EXISTS (SELECT FROM houvast.bundle b WHERE b.exchange = NEW.id AND b.ended_at IS NULL) THEN
        PERFORM houvast.says_no('the page of a customer is not given away while something that they sent is here', 'C46', 'Close the problem, and ask anew.');
    ELSIF OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN
        PERFORM houvast.says_no('a problem that was closed is not opened again', 'C48', 'Ask anew: what was sent for the old one is gone, or on its way out.');
    ELSIF NEW.closed_at IS NULL THEN NEW.due_at := NULL;
    ELSIF OLD.closed_at IS NULL THEN
        NEW.closed_at := clock_timestamp();
        NEW.due_at := NEW.closed_at + interval {term};
    ELSIF NEW.due_at > OLD.due_at THEN NEW.due_at := OLD.due_at;
    END IF;
    IF NEW.ended_at IS NOT NULL AND (NEW.closed_at IS NULL OR EXISTS (SELECT FROM houvast.bundle b WHERE b.exchange = NEW.id AND b.key_gone_at IS NULL)
        OR EXISTS (SELECT FROM houvast.exchange_grant g WHERE g.exchange = NEW.id AND g.subcontractor IS NOT NULL AND g.confirmed_at IS NULL)) THEN
        PERFORM houvast.says_no('no certificate is given before every key is destroyed and every subcontractor has confirmed', 'C48', 'Close the problem, let the worker destroy the keys, and ask the subcontractors.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_exchange() IS 'Keeps promise C39';
REVOKE ALL ON FUNCTION houvast.kept_exchange() FROM PUBLIC

-- name: function_is_clean
-- Whether the newest screening of a bundle looked at all of it, and found nothing (promise C44).
CREATE OR REPLACE FUNCTION houvast.is_clean(number bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT s.outcome = 'clean' AND s.bytes = b.size FROM houvast.bundle_screening s JOIN houvast.bundle b ON b.id = s.bundle
                     WHERE s.bundle = number ORDER BY s.id DESC LIMIT 1), false)
$$;
COMMENT ON FUNCTION houvast.is_clean IS 'Whether a bundle was screened whole and nothing was found (promise C44)';
REVOKE ALL ON FUNCTION houvast.is_clean(bigint) FROM PUBLIC

-- name: function_kept_bundle
-- A bundle is sent for what was asked, after the statement; it is accepted only once it was screened whole and nothing was found, and
-- what has ended is over (promises C39, C43, C44, C46, C48).
CREATE OR REPLACE FUNCTION houvast.kept_bundle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x houvast.exchange;
    over CONSTANT text[] := '{replaced,withdrawn,expired,refused,destroyed,returned}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.key_gone_at IS NULL OR EXISTS (SELECT FROM houvast.exchange e WHERE e.id = OLD.exchange) THEN
            PERFORM houvast.says_no('a bundle stays on record as long as the request it was sent for', 'C48', 'End it; the worker destroys the key.');
        END IF;
        RETURN OLD;
    END IF;
    SELECT e.* INTO x FROM houvast.exchange e WHERE e.id = NEW.exchange FOR SHARE;
    IF TG_OP = 'INSERT' THEN
        IF x.follow IS NULL OR x.closed_at IS NOT NULL OR x.until < clock_timestamp() AND NEW.made_of IS NULL THEN
            PERFORM houvast.says_no('nothing is asked here now, or no longer', 'C39', 'Ask support for a new link.');
        ELSIF NOT EXISTS (SELECT FROM houvast.exchange_statement s JOIN (VALUES {texts}) t (language, statement, warnings)
                ON (t.language, t.statement, t.warnings) = (s.language, s.statement_sha256, s.warnings_sha256)
                WHERE s.id = NEW.statement AND s.exchange = NEW.exchange) THEN
            PERFORM houvast.says_no('whoever sends it states first that they may, in the words of now', 'C43', 'Read the statement, and confirm it.');
        ELSIF NEW.made_of IS NOT NULL AND NOT EXISTS (SELECT FROM houvast.bundle b WHERE b.id = NEW.made_of AND b.exchange = NEW.exchange AND b.state = 'redacting') THEN
            PERFORM houvast.says_no('a redacted bundle is made of one that is being redacted', 'C44', 'The customer asks for it on their page.');
        END IF;
        NEW.state := 'receiving'; NEW.received := 0; NEW.accepted_by := NULL; NEW.ended_at := NULL; NEW.key_gone_at := NULL; NEW.sha256 := NULL;
        RETURN NEW;
    END IF;
    IF (OLD.code, OLD.exchange, OLD.statement, OLD.made_of, OLD.format, OLD.begun_at) IS DISTINCT FROM
       (NEW.code, NEW.exchange, NEW.statement, NEW.made_of, NEW.format, NEW.begun_at) OR OLD.size IS NOT NULL AND NEW.size IS DISTINCT FROM OLD.size
       OR OLD.state <> 'receiving' AND NEW.received <> OLD.received OR OLD.key_gone_at IS NOT NULL OR OLD.state = ANY (over) AND NEW.state <> OLD.state THEN
        PERFORM houvast.says_no('what was sent stays as it was sent, and what has ended is over', 'C46', 'Send it anew.');
    ELSIF NEW.key_gone_at IS NOT NULL AND NOT OLD.state = ANY (over) THEN
        PERFORM houvast.says_no('a key is destroyed of a bundle that has ended', 'C48', 'End it first.');
    ELSIF NEW.state = OLD.state THEN
        IF (NEW.accepted_by, NEW.ended_at, NEW.why) IS DISTINCT FROM (OLD.accepted_by, OLD.ended_at, OLD.why) THEN
            PERFORM houvast.says_no('what was sent stays as it was sent, and what has ended is over', 'C46', 'Send it anew.');
        END IF;
        RETURN NEW;
    ELSIF NOT (OLD.state || ' ' || NEW.state) = ANY ('{receiving quarantined,quarantined screened,screened redacting,screened submitted,redacting screened,redacting replaced,submitted accepted,submitted refused,accepted destroyed,accepted returned,receiving expired}'::text[])
        AND NOT NEW.state IN ('withdrawn', 'destroyed') THEN
        PERFORM houvast.says_no('a bundle does not skip a step on its way to being accepted', 'C46', 'It is received, screened, submitted by the customer, and then accepted or refused.');
    ELSIF NEW.state = 'quarantined' AND (NEW.size IS NULL OR NEW.received <> NEW.size) THEN
        PERFORM houvast.says_no('not everything was received yet', 'C46', 'Send the rest: an upload goes on where it stopped.');
    ELSIF NEW.state = 'screened' AND NOT EXISTS (SELECT FROM houvast.bundle_screening s WHERE s.bundle = NEW.id) THEN
        PERFORM houvast.says_no('nothing was screened yet', 'C44', 'The worker screens what came in.');
    ELSIF NEW.state IN ('submitted', 'accepted') AND NOT houvast.is_clean(NEW.id) THEN
        PERFORM houvast.says_no('something was found in it, or it could not be looked into, so that it cannot be accepted', 'C44', 'Let it be redacted, or send another file.');
    ELSIF NEW.state IN ('submitted', 'accepted', 'redacting') AND x.closed_at IS NOT NULL THEN
        PERFORM houvast.says_no('nothing is asked here now, or no longer', 'C39', 'Ask support for a new link.');
    ELSIF NEW.state = 'accepted' AND NEW.accepted_by IS NULL OR NEW.state = 'refused' AND (length(btrim(NEW.why)) < 3 OR houvast.personal_in(NEW.why) IS NOT NULL) THEN
        PERFORM houvast.says_no('who accepts is written down, and a refusal has a reason without personal data', 'C46', 'Say in a few words why.');
    END IF;
    NEW.ended_at := CASE WHEN NEW.state = ANY (over) THEN clock_timestamp() END;
    NEW.next_at := clock_timestamp();
    NEW.tries := 0;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_bundle() IS 'Keeps promise C46';
REVOKE ALL ON FUNCTION houvast.kept_bundle() FROM PUBLIC

-- name: function_kept_screening
-- What was found stays as it was found; when its bundle has ended, only counts stay (promise C44).
CREATE OR REPLACE FUNCTION houvast.kept_screening() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM houvast.bundle b WHERE b.id = OLD.bundle) THEN RETURN OLD; END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'members' IS DISTINCT FROM to_jsonb(NEW) - 'members' OR NEW.members <> '[]'
       OR NOT EXISTS (SELECT FROM houvast.bundle b WHERE b.id = OLD.bundle AND b.ended_at IS NOT NULL) THEN
        PERFORM houvast.says_no('what was found stays as it was found', 'C44', 'Screen it again: that is a screening of its own.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_screening() IS 'Keeps promise C44';
REVOKE ALL ON FUNCTION houvast.kept_screening() FROM PUBLIC

-- name: function_kept_statement
-- What was stated, and what was found in an incident, stays as it was (promises C43, C45).
CREATE OR REPLACE FUNCTION houvast.kept_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM houvast.exchange e WHERE e.id = OLD.exchange) THEN RETURN OLD; END IF;
    PERFORM houvast.says_no('what was stated or recorded stays as it was', 'C43', 'Record what is new beside it.');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.kept_statement() IS 'Keeps promise C43';
REVOKE ALL ON FUNCTION houvast.kept_statement() FROM PUBLIC

-- name: function_kept_opening
-- Only what was accepted is opened, by whom it was granted for this problem, while it is open, with a reason (promises C46, C47).
CREATE OR REPLACE FUNCTION houvast.kept_opening() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    b houvast.bundle;
    g houvast.exchange_grant;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM houvast.bundle t WHERE t.id = OLD.bundle) THEN RETURN OLD; END IF;
        IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'read_at' IS DISTINCT FROM to_jsonb(NEW) - 'read_at' OR OLD.read_at IS NOT NULL THEN
            PERFORM houvast.says_no('an opening stays on record as it was', 'C46', 'Open it again, with a reason.');
        END IF;
        RETURN NEW;
    END IF;
    SELECT t.* INTO b FROM houvast.bundle t WHERE t.id = NEW.bundle FOR SHARE;
    IF b.state IS DISTINCT FROM 'accepted' OR EXISTS (SELECT FROM houvast.exchange e WHERE e.id = b.exchange AND e.closed_at IS NOT NULL) THEN
        PERFORM houvast.says_no('nobody opens a bundle before it was accepted, nor after the problem was closed', 'C46', 'Wait until the customer has submitted it and it was accepted.');
    END IF;
    SELECT t.* INTO g FROM houvast.exchange_grant t WHERE t.exchange = b.exchange AND t.staff = NEW.staff AND t.ended_at IS NULL FOR SHARE;
    IF g.id IS NULL OR NEW.subcontractor IS DISTINCT FROM g.subcontractor THEN
        PERFORM houvast.says_no('a bundle is opened only by whom it was granted, for this problem', 'C47', 'An officer grants it: houvast exchange grant.');
    END IF;
    PERFORM houvast.may_help(g.staff, g.subcontractor);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_opening() IS 'Keeps promise C46';
REVOKE ALL ON FUNCTION houvast.kept_opening() FROM PUBLIC

-- name: function_kept_look
-- A customer looks at what was found in a bundle that waits for their decision, and a look stays on record (promise C44).
CREATE OR REPLACE FUNCTION houvast.kept_look() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    b houvast.bundle;
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM houvast.bundle t WHERE t.id = OLD.bundle) THEN
        RETURN OLD;
    ELSIF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (to_jsonb(OLD) - 'read_at' IS DISTINCT FROM to_jsonb(NEW) - 'read_at' OR OLD.read_at IS NOT NULL) THEN
        PERFORM houvast.says_no('a look stays on record as it was', 'C44', 'Look again: that is a look of its own.');
    ELSIF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    SELECT t.* INTO b FROM houvast.bundle t WHERE t.id = NEW.bundle FOR NO KEY UPDATE;
    IF b.state IS DISTINCT FROM 'screened' OR EXISTS (SELECT FROM houvast.exchange e WHERE e.id = b.exchange AND e.closed_at IS NOT NULL) THEN
        PERFORM houvast.says_no('lines are shown while what was found waits for the decision of its customer', 'C44', 'Look before you let it be blacked out or withdraw it.');
    ELSIF NOT EXISTS (SELECT FROM houvast.bundle_screening s, jsonb_array_elements(s.members) m WHERE s.bundle = b.id
        AND s.id = (SELECT max(n.id) FROM houvast.bundle_screening n WHERE n.bundle = b.id) AND m ->> 'file' = NEW.file::text AND m -> 'kinds' <> '{}') THEN
        PERFORM houvast.says_no('lines are shown of a file in which something was found', 'C44', 'Choose one of the files on the page.');
    ELSIF (SELECT count(*) FROM houvast.bundle_look l WHERE l.bundle = b.id AND l.at > clock_timestamp() - interval '1 hour') >= 60 THEN
        PERFORM houvast.says_no('of a bundle lines are shown sixty times an hour at most', 'C44', 'Look again later, or look on your own machine: houvast scan FILE.');
    END IF;
    NEW.at := clock_timestamp(); NEW.xid := pg_current_xact_id(); NEW.read_at := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_look() IS 'Keeps promise C44';
REVOKE ALL ON FUNCTION houvast.kept_look() FROM PUBLIC

-- name: function_kept_incident
-- Facts alone, about a bundle in which something was found, of a customer who is no consumer (promise C45).
CREATE OR REPLACE FUNCTION houvast.kept_incident() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM houvast.exchange e WHERE e.id = NEW.exchange AND e.consumer) THEN
        PERFORM houvast.says_no('of a consumer nothing is recorded for costs', 'C45', 'Handle it without: costs are asked of companies alone, and never by themselves.');
    ELSIF houvast.personal_in(NEW.facts) IS NOT NULL THEN
        PERFORM houvast.says_no('an incident is recorded in facts without personal data', 'C45', 'Say what kind was found, where and when; name nobody.');
    END IF;
    SELECT s.warnings_sha256 INTO NEW.warnings_sha256 FROM houvast.bundle b JOIN houvast.exchange_statement s ON s.id = b.statement
    WHERE b.id = NEW.bundle AND b.exchange = NEW.exchange AND EXISTS (SELECT FROM houvast.bundle_screening f WHERE f.bundle = b.id AND f.outcome = 'findings');
    IF NEW.warnings_sha256 IS NULL THEN
        PERFORM houvast.says_no('an incident is about a bundle of this problem in which something was found', 'C45', 'Name that bundle.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_incident() IS 'Keeps promise C45';
REVOKE ALL ON FUNCTION houvast.kept_incident() FROM PUBLIC

-- name: function_tell_exchange
-- What happens to what was asked and sent is told in the same transaction (promises C39 to C48).
CREATE OR REPLACE FUNCTION houvast.tell_exchange() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x houvast.exchange;
    step text;
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    SELECT e.* INTO x FROM houvast.exchange e WHERE e.id = CASE TG_TABLE_NAME
        WHEN 'exchange' THEN (to_jsonb(NEW) ->> 'id')::bigint WHEN 'exchange_statement' THEN (to_jsonb(NEW) ->> 'exchange')::bigint
        WHEN 'exchange_incident' THEN (to_jsonb(NEW) ->> 'exchange')::bigint WHEN 'bundle' THEN (to_jsonb(NEW) ->> 'exchange')::bigint
        ELSE (SELECT b.exchange FROM houvast.bundle b WHERE b.id = (to_jsonb(NEW) ->> 'bundle')::bigint) END;
    IF TG_TABLE_NAME = 'exchange' THEN
        IF NEW.ended_at IS NOT NULL THEN
            PERFORM houvast.tell('exchange_certified', 'C48', jsonb_build_object('certificate_sha256', encode(sha256(convert_to(NEW.certificate, 'UTF8')), 'hex'),
                'choice', CASE NEW.choice WHEN '' THEN 'destroy' ELSE NEW.choice END, 'bundles', (SELECT count(*) FROM houvast.bundle b WHERE b.exchange = NEW.id),
                'confirmed', (SELECT count(*) FROM houvast.exchange_grant g WHERE g.exchange = NEW.id AND g.confirmed_at IS NOT NULL)),
                jsonb_build_object('exchange', NEW.id));
            RETURN NULL;
        END IF;
        step := CASE WHEN TG_OP = 'INSERT' THEN 'asked' WHEN OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL THEN 'closed'
                     WHEN OLD.follow IS DISTINCT FROM NEW.follow THEN 'begun' WHEN OLD.choice <> NEW.choice THEN 'chosen' END;
        IF step IS NULL THEN RETURN NULL; END IF;
    ELSIF TG_TABLE_NAME = 'exchange_statement' THEN
        PERFORM houvast.tell('exchange_stated', 'C43', jsonb_build_object('statement_sha256', NEW.statement_sha256, 'warnings_sha256', NEW.warnings_sha256,
            'language', NEW.language), jsonb_build_object('exchange', x.id));
        RETURN NULL;
    ELSIF TG_TABLE_NAME = 'bundle' THEN
        PERFORM houvast.tell('bundle_moved', 'C46', jsonb_build_object('before', OLD.state, 'after', NEW.state, 'bytes', NEW.received),
            jsonb_build_object('bundle', NEW.code));
        RETURN NULL;
    ELSIF TG_TABLE_NAME = 'bundle_screening' THEN
        PERFORM houvast.tell('bundle_screened', 'C44', jsonb_build_object('outcome', NEW.outcome, 'detectors', NEW.detectors, 'found', NEW.found, 'bytes', NEW.bytes),
            jsonb_build_object('exchange', x.id));
        RETURN NULL;
    ELSIF TG_TABLE_NAME = 'bundle_look' THEN
        PERFORM houvast.tell('bundle_looked', 'C44', jsonb_build_object('file', NEW.file), jsonb_build_object('exchange', x.id));
        RETURN NULL;
    ELSIF TG_TABLE_NAME = 'bundle_opening' THEN
        PERFORM houvast.tell('bundle_opened', 'C46', jsonb_build_object('role', (SELECT s.role FROM houvast.staff s WHERE s.id = NEW.staff),
            'subcontractor', coalesce((SELECT s.name FROM houvast.subcontractor s WHERE s.id = NEW.subcontractor), '')),
            jsonb_build_object('use', NEW.use, 'reason', NEW.reason));
        RETURN NULL;
    ELSE step := 'incident';
    END IF;
    PERFORM houvast.tell('exchange_moved', CASE step WHEN 'asked' THEN 'C39' WHEN 'incident' THEN 'C45' WHEN 'begun' THEN 'C39' ELSE 'C48' END,
        jsonb_build_object('step', step, 'consumer', CASE WHEN x.consumer THEN 'yes' ELSE 'no' END), jsonb_build_object('exchange', x.id));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_exchange() IS 'Keeps promise C46';
REVOKE ALL ON FUNCTION houvast.tell_exchange() FROM PUBLIC
