-- name: table_request_text
-- What a person wrote: kept apart from the case, never told to the log, gone five years after the case has ended
-- (promise C54). The five years are those of claims (BW 3:310).
CREATE TABLE IF NOT EXISTS houvast.request_text (
    request bigint PRIMARY KEY REFERENCES houvast.request ON DELETE CASCADE, body text NOT NULL CHECK (length(body) BETWEEN 1 AND 20000),
    since timestamptz NOT NULL DEFAULT clock_timestamp());
ALTER TABLE houvast.request_text ADD COLUMN IF NOT EXISTS reply_to text;  -- of a complaint or question by mail, of nobody known
COMMENT ON TABLE houvast.request_text IS 'What people wrote in a request or complaint; nobody but its keeper reads it (promise C54).';

-- name: table_breach
-- Breaches of personal data: from when the organisation knew, how bad, what was done (promise G14).
CREATE TABLE IF NOT EXISTS houvast.breach (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL CHECK (length(btrim(title)) BETWEEN 3 AND 200),
    aware_at timestamptz NOT NULL, report_by timestamptz NOT NULL, risk text NOT NULL DEFAULT 'unknown' CHECK (risk IN ('unknown', 'none', 'risk', 'high')),
    note text NOT NULL DEFAULT '', persons int CHECK (persons >= 0), measures text NOT NULL DEFAULT '', owner text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'reported', 'closed')),
    reported_at timestamptz, people_told_at timestamptz, late_because text NOT NULL DEFAULT '', added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz);
COMMENT ON TABLE houvast.breach IS 'The register of breaches, each with its clock; no names of people in it (promise G14).';

-- name: table_letter
-- Letters about a request or a breach: drafted, approved by somebody else, sent (promise G10).
CREATE TABLE IF NOT EXISTS houvast.letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request bigint REFERENCES houvast.request ON DELETE CASCADE,
    breach bigint REFERENCES houvast.breach ON DELETE CASCADE, CHECK (request IS NULL <> (breach IS NULL)),
    kind text NOT NULL CHECK (kind IN ('acknowledgement', 'identity', 'copy', 'corrected', 'objection_honoured', 'objection_dismissed', 'restricted',
        'lifting', 'erased', 'done', 'refusal', 'extension', 'complaint', 'question', 'breach_person', 'breach_authority')),
    language text NOT NULL CHECK (language IN ('nl', 'en')), subject text NOT NULL, body text NOT NULL CHECK (length(body) <= 20000),
    reason text NOT NULL DEFAULT '', drafted_by text NOT NULL CHECK (length(btrim(drafted_by)) > 0), drafted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    approved_by text, approved_at timestamptz, sent_at timestamptz, CHECK ((approved_by IS NULL) = (approved_at IS NULL)));
CREATE INDEX IF NOT EXISTS letter_request ON houvast.letter (request);
COMMENT ON TABLE houvast.letter IS 'Letters to people, from draft to sent; nobody but their keeper reads them (promise G10).';

-- name: function_easter
-- Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher) (promise G18).
CREATE OR REPLACE FUNCTION houvast.easter(year int) RETURNS date LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a CONSTANT int := year % 19;
    b CONSTANT int := year / 100;
    c CONSTANT int := year % 100;
    h CONSTANT int := (19 * a + b - b / 4 - (8 * b + 13) / 25 + 15) % 30;
    l CONSTANT int := (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    m CONSTANT int := (a + 11 * h + 22 * l) / 451;
    day CONSTANT int := h + l - 7 * m + 114;
BEGIN
    RETURN make_date(year, day / 31, day % 31 + 1);
END $$;
COMMENT ON FUNCTION houvast.easter IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.easter(int) FROM PUBLIC

-- name: function_is_free
-- Whether a day is a Saturday, a Sunday or a holiday, as the law of another day has them (promise G18).
CREATE OR REPLACE FUNCTION houvast.is_free(day date, by date) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT extract(isodow FROM day) > 5 OR EXISTS (
        SELECT FROM (SELECT DISTINCT ON (r.name) r.rule FROM (VALUES
            {holidays}) r (name, since, rule) WHERE r.since <= by ORDER BY r.name, r.since DESC) r
        CROSS JOIN LATERAL (SELECT CASE WHEN r.rule ^@ 'easter' THEN houvast.easter(extract(year FROM day)::int) + substr(r.rule, 7)::int
            ELSE to_date(extract(year FROM day) || '-' || left(r.rule, 5), 'YYYY-MM-DD') END AS at) first
        WHERE day = CASE WHEN r.rule LIKE '%, on sunday %' AND extract(isodow FROM first.at) = 7
            THEN to_date(extract(year FROM day) || '-' || right(r.rule, 5), 'YYYY-MM-DD') ELSE first.at END)
$$;
COMMENT ON FUNCTION houvast.is_free IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.is_free(date, date) FROM PUBLIC

-- name: function_due_on
-- The last day on which to answer: the day of receipt does not count, a term of months ends on the same day number or the last
-- day of the month, days of waiting for the person are added, and a free day moves it on (Regulation 1182/71; promise G18).
CREATE OR REPLACE FUNCTION houvast.due_on(received timestamptz, extended boolean, waited int) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first CONSTANT date := (received AT TIME ZONE {zone})::date;
    term CONSTANT interval := CASE WHEN extended THEN interval {longest} ELSE interval {term} END;
    day date := (first + term)::date + waited;
BEGIN
    WHILE houvast.is_free(day, first) LOOP day := day + 1; END LOOP;
    RETURN day;
END $$;
COMMENT ON FUNCTION houvast.due_on IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.due_on(timestamptz, boolean, int) FROM PUBLIC

-- name: function_may_move
-- Which state of a request may follow which (promise G18).
CREATE OR REPLACE FUNCTION houvast.may_move(was text, becomes text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT becomes = ANY (string_to_array(CASE was
        WHEN 'received' THEN 'acknowledged identity searching withdrawn'
        WHEN 'acknowledged' THEN 'identity searching withdrawn'
        WHEN 'identity' THEN 'searching refused withdrawn'
        WHEN 'searching' THEN 'identity review delayed withdrawn'
        WHEN 'review' THEN 'searching delayed answered refused withdrawn'
        WHEN 'delayed' THEN 'identity searching review withdrawn'
        ELSE '' END, ' '))
$$;
COMMENT ON FUNCTION houvast.may_move IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.may_move(text, text) FROM PUBLIC

-- name: function_is_reason
-- Whether a reason is one for refusing, or for taking longer: the law has a closed list (promise G18).
CREATE OR REPLACE FUNCTION houvast.is_reason(becomes text, reason text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE becomes
        WHEN 'delayed' THEN reason = ANY ('{complexity,high_volume}'::text[])
        WHEN 'refused' THEN reason = ANY ('{identity_failure,unfounded,excessive,rights_of_others,legally_required,legal_claims,accurate,overriding_interest,no_data}'::text[])
        ELSE reason = '' END
$$;
COMMENT ON FUNCTION houvast.is_reason IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.is_reason(text, text) FROM PUBLIC

-- name: function_says_no
-- The error of a case that does not go as the law has it (promise G18).
CREATE OR REPLACE FUNCTION houvast.says_no(what text, promise text, instead text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Houvast refuses: % (promise %).', what, promise USING ERRCODE = 'check_violation', HINT = instead;
END $$;
COMMENT ON FUNCTION houvast.says_no IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.says_no(text, text, text) FROM PUBLIC

-- name: function_request_kept
-- Whoever writes a request: the clock is computed, a state follows only where it may, and nothing ends without an answer that
-- was sent or the person's own word (promise G18). A request of a session of the person themselves is no case.
CREATE OR REPLACE FUNCTION houvast.request_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment CONSTANT timestamptz := clock_timestamp();
    today CONSTANT date := (moment AT TIME ZONE {zone})::date;
    wanted CONSTANT text := CASE NEW.state WHEN 'refused' THEN 'refusal' WHEN 'delayed' THEN 'extension' ELSE 'answer' END;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.session <> OLD.session THEN
        PERFORM houvast.says_no('a request does not become a session, nor a session a request', 'G18', 'Register what is new as a request of its own.');
    ELSIF TG_OP = 'UPDATE' AND OLD.key IS NOT NULL AND (NEW.kind, NEW.key) IS DISTINCT FROM (OLD.kind, OLD.key) THEN
        PERFORM houvast.says_no('whose request it is stays as it was', 'C35', 'Register a request of the other person, and check who asks.');
    ELSIF TG_OP = 'UPDATE' AND OLD.verified_at IS NOT NULL AND (NEW.kind, NEW.key, NEW."right", NEW.verified_at, NEW.level)
          IS DISTINCT FROM (OLD.kind, OLD.key, OLD."right", OLD.verified_at, OLD.level) THEN
        PERFORM houvast.says_no('what was checked of a request stays as it was checked', 'C35', 'Register what is new as a request of its own.');
    ELSIF NEW.session THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        IF octet_length(NEW.evidence::text) > 2000 THEN
            PERFORM houvast.says_no('the evidence with a request has at most 2,000 bytes', 'C54', 'Attach what the last proof said of the promise: outcome and counts.');
        ELSIF NEW.state <> 'received' THEN
            PERFORM houvast.says_no('a request begins by being received', 'G18', 'Leave its state away; houvast.move_request takes it on.');
        ELSIF NEW.received_at > moment + interval '1 minute' THEN
            PERFORM houvast.says_no('a request was not received in the future', 'G18', 'Give the moment at which it came in.');
        END IF;
        NEW.due_on := houvast.due_on(NEW.received_at, false, 0);
        NEW.paused_at := NULL; NEW.waited := 0; NEW.extended_at := NULL; NEW.reason := '';
        RETURN NEW;
    END IF;
    IF (OLD.received_at, OLD."right", OLD.channel, OLD.code, OLD.promise, OLD.sort) IS DISTINCT FROM
       (NEW.received_at, NEW."right", NEW.channel, NEW.code, NEW.promise, NEW.sort) THEN
        PERFORM houvast.says_no('what was received, and when, stays as it was', 'G18', 'Register what is new as a request of its own.');
    ELSIF OLD.closed_at IS NOT NULL AND (NEW.state, NEW.closed_at) IS DISTINCT FROM (OLD.state, OLD.closed_at) THEN
        PERFORM houvast.says_no('a request that has ended stays as it ended', 'G18', 'Register a new one.');
    END IF;
    IF NEW.closed_at IS NOT NULL AND OLD.closed_at IS NULL AND (OLD.state, NEW.state) = ('received', 'received')
       AND NEW.verified_at IS NOT NULL AND NEW."right" NOT IN ('complaint', 'question')
       AND (NEW.channel = 'desk' OR NEW.channel = 'portal' AND houvast.is_done(NEW.id, NEW."right", NEW.kind, NEW.key)) THEN
        NEW.state := 'answered';  -- at the desk or in their own session, by doing it
        NEW.closed_at := moment;
        RETURN NEW;
    END IF;
    IF NEW.state = OLD.state THEN
        IF (NEW.due_on, NEW.paused_at, NEW.waited, NEW.extended_at, NEW.reason) IS DISTINCT FROM
           (OLD.due_on, OLD.paused_at, OLD.waited, OLD.extended_at, OLD.reason) THEN
            PERFORM houvast.says_no('nobody sets the clock of a request', 'G18', 'It follows from the state: houvast.move_request.');
        ELSIF NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN
            PERFORM houvast.says_no('a request ends by an answer, a refusal, or by being withdrawn', 'G18',
                'SELECT houvast.move_request(number, ''withdrawn'') when the person no longer asks; else send the letter.');
        END IF;
        RETURN NEW;
    END IF;
    IF NOT houvast.may_move(OLD.state, NEW.state) THEN
        PERFORM houvast.says_no(format('a request that is %s cannot become %s', OLD.state, NEW.state), 'G18', 'docs/requests.md shows which state follows which.');
    ELSIF NOT houvast.is_reason(NEW.state, NEW.reason) THEN
        PERFORM houvast.says_no(format('a request becomes %s for a reason of the law, and for no other', NEW.state), 'G18',
            'houvast request reasons lists them, with their articles.');
    ELSIF NEW.state IN ('searching', 'review') AND NEW.verified_at IS NULL
          AND NEW."right" IN ('access', 'portability', 'rectification', 'restriction', 'closing', 'erasure') THEN
        PERFORM houvast.says_no('nobody has checked whose request it is', 'C35', 'Check who asks first; ask no copy of a document.');
    ELSIF NEW.state IN ('answered', 'refused', 'delayed') AND NOT EXISTS (
            SELECT FROM houvast.letter l WHERE l.request = NEW.id AND l.sent_at IS NOT NULL AND l.reason = NEW.reason
              AND houvast.letter_moves(l.kind) = NEW.state) THEN
        PERFORM houvast.says_no(format('no %s was sent to the person', wanted), 'G10', 'Draft the letter, have it approved, and send it: that moves the request.');
    END IF;
    IF NEW.state = 'withdrawn' AND (NEW.channel <> 'desk' OR session_user = 'houvast_web') AND NOT houvast.is_confirmed('withdraw ' || NEW.id, NULL) THEN
        PERFORM houvast.says_no('nobody confirmed that the person no longer asks', 'G18',
            'One of the staff confirms it with a code (houvast request move NUMBER withdrawn --by NAME --code CODE), or the person on their own page.');
    END IF;
    NEW.paused_at := CASE WHEN NEW.state = 'identity' THEN moment END;
    NEW.waited := OLD.waited + CASE WHEN OLD.paused_at IS NULL THEN 0 ELSE greatest(0, today - (OLD.paused_at AT TIME ZONE {zone})::date) END;
    NEW.extended_at := OLD.extended_at;
    IF NEW.state = 'delayed' THEN
        IF OLD.extended_at IS NOT NULL OR today > OLD.due_on THEN
            PERFORM houvast.says_no('a request is given more time once, and before its first term is over', 'G18', 'Answer it now, and say why it is late.');
        END IF;
        NEW.extended_at := moment;
    END IF;
    NEW.due_on := houvast.due_on(NEW.received_at, NEW.extended_at IS NOT NULL, NEW.waited);
    NEW.closed_at := CASE WHEN NEW.state IN ('answered', 'refused', 'withdrawn') THEN moment END;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.request_kept() IS 'Keeps promise G18'

-- name: function_tell_case
-- A request that comes in, and each state that it gets, is told in the same transaction; never what was written (promise G18).
CREATE OR REPLACE FUNCTION houvast.tell_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.session OR houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM houvast.tell('request_received', 'G18', jsonb_build_object('right', NEW."right", 'channel', NEW.channel,
            'language', NEW.language, 'about', NEW.promise), jsonb_build_object('request', NEW.id, 'due', NEW.due_on), NEW.kind, NEW.key);
    ELSE
        PERFORM houvast.tell('request_moved', 'G18', jsonb_build_object('right', NEW."right", 'from', OLD.state, 'to', NEW.state,
            'reason', NEW.reason, 'in_time', CASE WHEN (clock_timestamp() AT TIME ZONE {zone})::date <= OLD.due_on THEN 'yes' ELSE 'no' END),
            jsonb_build_object('request', NEW.id, 'due', NEW.due_on), NEW.kind, NEW.key);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_case() IS 'Keeps promise G18'

-- name: function_letter_moves
-- Which state a request gets by sending a letter; NULL when it stays as it is (promise G10).
CREATE OR REPLACE FUNCTION houvast.letter_moves(kind text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN kind = 'acknowledgement' THEN 'acknowledged' WHEN kind = 'identity' THEN 'identity' WHEN kind = 'extension' THEN 'delayed'
        WHEN kind IN ('refusal', 'objection_dismissed') THEN 'refused'
        WHEN kind IN ('copy', 'corrected', 'objection_honoured', 'restricted', 'erased', 'done', 'complaint', 'question') THEN 'answered' END
$$;
COMMENT ON FUNCTION houvast.letter_moves IS 'Keeps promise G10';
REVOKE ALL ON FUNCTION houvast.letter_moves(text) FROM PUBLIC

-- name: function_letter_names
-- What a letter must name, in its language: where one says no, in whole or in part, the authority, the court, and until when
-- (promise G10).
CREATE OR REPLACE FUNCTION houvast.letter_names(kind text, language text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN kind IN ('refusal', 'objection_dismissed', 'erased', 'complaint') THEN
        CASE language WHEN 'nl' THEN {names_nl} ELSE {names_en} END ELSE '{}'::text[] END
$$;
COMMENT ON FUNCTION houvast.letter_names IS 'Keeps promise G10';
REVOKE ALL ON FUNCTION houvast.letter_names(text, text) FROM PUBLIC

-- name: function_letter_kept
-- Whoever writes a letter: it is approved by somebody else than who drafted it, names what it must, and stays as it was approved
-- (promise G10). The names of the staff are compared in their one spelling, and the approval was confirmed by a code; only a
-- letter that is standard in every word goes without.
CREATE OR REPLACE FUNCTION houvast.letter_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    missing text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.sent_at IS NOT NULL AND EXISTS (SELECT FROM houvast.request q WHERE q.id = OLD.request
                AND coalesce(q.closed_at, clock_timestamp()) > clock_timestamp() - interval '5 years') THEN
            PERFORM houvast.says_no('a letter that was sent is kept for five years after the request has ended', 'G10', 'Nothing has to be done.');
        END IF;
        RETURN OLD;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.approved_at IS NOT NULL OR NEW.sent_at IS NOT NULL THEN
            PERFORM houvast.says_no('a letter begins as a draft', 'G10', 'Let somebody else approve it, then send it.');
        END IF;
        NEW.drafted_by := houvast.staff_name(NEW.drafted_by);
        IF NEW.kind = 'breach_authority' AND EXISTS (SELECT FROM houvast.breach b WHERE b.id = NEW.breach AND b.reported_at IS NULL
                AND b.report_by < clock_timestamp() AND length(btrim(b.late_because)) < 10) THEN
            PERFORM houvast.says_no('a report after its hours says why it is late', 'G14', 'Give the reason (AVG 33(1)).');
        END IF;
    ELSIF OLD.sent_at IS NOT NULL THEN
        PERFORM houvast.says_no('a letter that was sent stays as it was sent', 'G10', 'Write another letter.');
    ELSIF (OLD.request, OLD.breach, OLD.kind, OLD.drafted_by, OLD.drafted_at) IS DISTINCT FROM (NEW.request, NEW.breach, NEW.kind, NEW.drafted_by, NEW.drafted_at)
       OR OLD.approved_at IS NOT NULL AND (OLD.language, OLD.subject, OLD.body, OLD.reason, OLD.approved_by, OLD.approved_at)
           IS DISTINCT FROM (NEW.language, NEW.subject, NEW.body, NEW.reason, NEW.approved_by, NEW.approved_at) THEN
        PERFORM houvast.says_no('a letter that was approved stays as it was approved', 'G10', 'Draft another letter.');
    END IF;
    IF NOT houvast.is_reason(CASE WHEN houvast.letter_moves(NEW.kind) IN ('refused', 'delayed') THEN houvast.letter_moves(NEW.kind) ELSE '' END, NEW.reason) THEN
        PERFORM houvast.says_no('a letter that says no, or later, gives a reason of the law', 'G10', 'houvast request reasons lists them, with their articles.');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.approved_at IS NOT NULL AND OLD.approved_at IS NULL THEN
        NEW.approved_by := houvast.staff_name(NEW.approved_by);
        IF NEW.approved_by = houvast.staff_name(NEW.drafted_by) THEN
            PERFORM houvast.says_no('nobody approves their own letter', 'G10', 'Ask another of the staff.');
        END IF;
    END IF;
    IF NEW.approved_at IS NOT NULL OR NEW.sent_at IS NOT NULL THEN
        SELECT n INTO missing FROM unnest(houvast.letter_names(NEW.kind, NEW.language)) n WHERE strpos(lower(NEW.body), lower(n)) = 0 LIMIT 1;
        IF missing IS NOT NULL THEN
            PERFORM houvast.says_no(format('this letter must name "%s"', missing), 'G10', 'Draft it anew from the standard letter.');
        ELSIF NEW.subject || NEW.body ~ '\{[a-z_]*\}' OR btrim(NEW.subject) = '' OR length(btrim(NEW.body)) < 40 THEN
            PERFORM houvast.says_no('something in this letter was not filled in', 'G10', 'Fill in every word between braces.');
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.approved_at IS NOT NULL AND OLD.approved_at IS NULL AND NOT houvast.is_confirmed('letter ' || NEW.id, NEW.approved_by) THEN
        PERFORM houvast.says_no('nobody confirmed this approval by a code', 'G10', 'houvast request letter NUMBER --approve --by NAME --code CODE');
    END IF;
    IF NEW.sent_at IS NOT NULL AND NEW.approved_at IS NULL AND NOT EXISTS (
            SELECT FROM houvast.standard_letter(NEW.request, NEW.kind, NEW.language) s WHERE s.subject = NEW.subject AND s.body = NEW.body)
       AND NOT (NEW.kind = 'identity' AND houvast.is_confirmed('post ' || NEW.request, NULL)) THEN  -- an administrator prints a code
        PERFORM houvast.says_no('this letter was not approved, and is none that is standard in every word', 'G10',
            'Let another of the staff read and approve it.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.letter_kept() IS 'Keeps promise G10'

-- name: function_tell_letter
-- A letter that is sent is told, without a word of what it says, and the request or the breach gets its state (promise G10).
CREATE OR REPLACE FUNCTION houvast.tell_letter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q houvast.request;
BEGIN
    IF NEW.request IS NOT NULL THEN
        SELECT r.* INTO q FROM houvast.request r WHERE r.id = NEW.request FOR UPDATE;
        IF houvast.letter_moves(NEW.kind) IS NOT NULL AND houvast.letter_moves(NEW.kind) <> q.state THEN
            UPDATE houvast.request r SET state = houvast.letter_moves(NEW.kind), reason = NEW.reason WHERE r.id = NEW.request;
        END IF;
    END IF;
    IF NEW.kind = 'breach_authority' THEN
        UPDATE houvast.breach b SET reported_at = NEW.sent_at WHERE b.id = NEW.breach AND b.reported_at IS NULL;
    ELSIF NEW.kind = 'breach_person' THEN
        UPDATE houvast.breach b SET people_told_at = NEW.sent_at WHERE b.id = NEW.breach AND b.people_told_at IS NULL;
    END IF;
    PERFORM houvast.tell('letter_sent', 'G10', jsonb_build_object('letter', NEW.kind, 'language', NEW.language, 'reason', NEW.reason),
        jsonb_build_object('letter_sha256', encode(sha256(convert_to(NEW.subject || E'\n' || NEW.body, 'UTF8')), 'hex')), q.kind, q.key);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_letter() IS 'Keeps promise G10'

-- name: function_breach_kept
-- Whoever writes a breach: the hours run from when it was known, it is told to the authority or why not, and to the people at
-- high risk, before it is closed (promise G14).
CREATE OR REPLACE FUNCTION houvast.breach_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.personal_in(concat_ws(E'\n', NEW.title, NEW.note, NEW.measures, NEW.late_because)) IS NOT NULL THEN
        PERFORM houvast.says_no(format('a breach holds what looks like %s', houvast.personal_in(concat_ws(E'\n', NEW.title, NEW.note, NEW.measures, NEW.late_because))),
            'G14', 'Say which data of how many people; whom it was, the letters say.');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.aware_at > clock_timestamp() + interval '1 minute' THEN
            PERFORM houvast.says_no('a breach was not found in the future', 'G14', 'Give the moment at which it was known.');
        END IF;
        IF NEW.state <> 'open' THEN PERFORM houvast.says_no('a breach begins open', 'G14', 'Leave its state away.'); END IF;
    ELSIF NEW.aware_at <> OLD.aware_at THEN
        PERFORM houvast.says_no('when a breach was known stays as it was', 'G14', 'Add another breach, and close this one with a note.');
    ELSIF OLD.state = 'closed' THEN
        PERFORM houvast.says_no('a breach that was closed stays as it was', 'G14', 'Add another breach.');
    ELSIF OLD.reported_at IS NOT NULL AND NEW.reported_at IS DISTINCT FROM OLD.reported_at THEN
        PERFORM houvast.says_no('when a breach was reported stays as it was', 'G14', 'Nothing has to be done.');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.reported_at IS DISTINCT FROM OLD.reported_at AND NOT EXISTS (SELECT FROM houvast.letter l
            WHERE l.breach = NEW.id AND l.kind = 'breach_authority' AND l.sent_at IS NOT NULL) OR TG_OP = 'INSERT' AND NEW.reported_at IS NOT NULL THEN
        PERFORM houvast.says_no('no letter about this breach was sent to the authority', 'G14', 'Draft it, have it approved, and send it: that reports the breach.');
    ELSIF TG_OP = 'UPDATE' AND NEW.people_told_at IS DISTINCT FROM OLD.people_told_at AND NOT EXISTS (SELECT FROM houvast.letter l
            WHERE l.breach = NEW.id AND l.kind = 'breach_person' AND l.sent_at IS NOT NULL) OR TG_OP = 'INSERT' AND NEW.people_told_at IS NOT NULL THEN
        PERFORM houvast.says_no('no letter about this breach was sent to the people', 'G14', 'Draft it, have it approved, and send it: then they are told.');
    END IF;
    NEW.report_by := NEW.aware_at + {hours} * interval '1 hour';
    IF NEW.reported_at > NEW.report_by AND length(btrim(NEW.late_because)) < 10 THEN
        PERFORM houvast.says_no('a report after its hours says why it is late', 'G14', 'Give the reason (AVG 33(1)).');
    END IF;
    IF NEW.state = 'closed' THEN
        IF NEW.risk = 'unknown' OR length(btrim(NEW.note)) < 10 THEN
            PERFORM houvast.says_no('nobody has assessed this breach', 'G14', 'Say how bad it is, and why.');
        ELSIF NEW.risk <> 'none' AND NEW.reported_at IS NULL THEN
            PERFORM houvast.says_no('this breach was not reported to the authority', 'G14', 'Report it, or assess it anew: without a risk it need not be.');
        ELSIF NEW.risk = 'high' AND NEW.people_told_at IS NULL THEN
            PERFORM houvast.says_no('the people at high risk were not told', 'G14', 'Tell them (AVG 34), then close it.');
        END IF;
        NEW.closed_at := clock_timestamp();
    ELSIF NEW.reported_at IS NOT NULL THEN NEW.state := 'reported';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.breach_kept() IS 'Keeps promise G14'

-- name: function_tell_breach
-- Each step in the handling of a breach is told (promise G14).
CREATE OR REPLACE FUNCTION houvast.tell_breach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell(CASE TG_OP WHEN 'INSERT' THEN 'breach_recorded' ELSE 'breach_moved' END, 'G14',
        jsonb_build_object('risk', NEW.risk, 'state', NEW.state, 'hours_left', greatest(0, floor(extract(epoch FROM NEW.report_by - clock_timestamp()) / 3600)),
            'people', CASE WHEN NEW.people_told_at IS NULL THEN 'not told' ELSE 'told' END), jsonb_build_object('breach', NEW.id));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_breach() IS 'Keeps promise G14'

-- name: function_take_request
-- Takes a request in: its number, its code to follow it by, and the last day for the answer. `who` as kind:key, or NULL for
-- somebody who does not say who they are, which only a complaint or a question allows. To the pages it does not say whether
-- somebody has that number: whoever checks the request finds out (promise C54).
CREATE OR REPLACE FUNCTION houvast.take_request(who text, "right" text, channel text, language text, received timestamptz DEFAULT NULL,
    promise text DEFAULT '', sort text DEFAULT '', words text DEFAULT '', evidence jsonb DEFAULT NULL, OUT id bigint, OUT code uuid, OUT due_on date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF who IS NULL AND take_request."right" NOT IN ('complaint', 'question') THEN
        PERFORM houvast.says_no('a request about data is of somebody', 'C33', 'Name the person; a complaint or a question needs no name.');
    ELSIF who !~ '^[^:]+:.' THEN
        PERFORM houvast.says_no('nobody is known by that number', 'C33', 'Name the person as kind:number.');
    ELSIF who IS NOT NULL AND session_user = 'houvast_web' AND NOT houvast.counted('requests by the pages', '', 60) THEN
        PERFORM houvast.says_no('too many requests came in by the pages this hour', 'C33', 'Wait, or register it at the command line.');
    ELSIF who IS NOT NULL AND session_user <> 'houvast_web' AND NOT EXISTS (SELECT FROM houvast.person p WHERE p.kind = split_part(who, ':', 1) AND p.key = substr(who, strpos(who, ':') + 1)) THEN
        PERFORM houvast.says_no('nobody is known by that number', 'C33', 'Find the person first; register a question when there is none.');
    ELSIF length(words) > 20000 THEN  -- the constraint of the table would say in its error what was written
        PERFORM houvast.says_no('that is longer than 20,000 characters', 'C54', 'Write it shorter, or in two requests.');
    END IF;
    INSERT INTO houvast.request AS q (kind, key, "right", channel, language, received_at, promise, sort, evidence)
    VALUES (nullif(split_part(who, ':', 1), ''), nullif(substr(who, strpos(who, ':') + 1), ''), take_request."right", take_request.channel,
            take_request.language, coalesce(received, clock_timestamp()), take_request.promise, take_request.sort, take_request.evidence)
    RETURNING q.id, q.code, q.due_on INTO take_request.id, take_request.code, take_request.due_on;
    IF btrim(words) <> '' THEN INSERT INTO houvast.request_text (request, body) VALUES (take_request.id, words); END IF;
END $$;
COMMENT ON FUNCTION houvast.take_request IS 'Takes a request in (promise C54)';
REVOKE ALL ON FUNCTION houvast.take_request(text, text, text, text, timestamptz, text, text, text, jsonb) FROM PUBLIC

-- name: function_move_request
-- Takes a request to its next state; that the person no longer asks, one of the staff confirms with a code (promise G18).
DROP FUNCTION IF EXISTS houvast.move_request(bigint, text, text);
CREATE OR REPLACE FUNCTION houvast.move_request(number bigint, becomes text, why text DEFAULT '', by text DEFAULT NULL, code text DEFAULT NULL) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    due date;
BEGIN
    IF becomes = 'withdrawn' AND by IS NOT NULL AND EXISTS (SELECT FROM houvast.request q WHERE q.id = number AND q.closed_at IS NULL) THEN
        PERFORM houvast.confirm(by, code, 'withdraw ' || number);
    END IF;
    UPDATE houvast.request q SET state = becomes, reason = why WHERE q.id = number AND q.state <> becomes RETURNING q.due_on INTO due;
    IF due IS NULL THEN
        PERFORM houvast.says_no('there is no such request, or it is so already', 'G18', 'houvast request list shows the requests and their states.');
    END IF;
    RETURN due;
END $$;
COMMENT ON FUNCTION houvast.move_request IS 'Takes a request on (promise G18)';
REVOKE ALL ON FUNCTION houvast.move_request(bigint, text, text, text, text) FROM PUBLIC

-- name: function_complain
-- A complaint or a question from the pages, by anybody, without an account: the code to follow it by, and until when
-- (promise C54).
CREATE OR REPLACE FUNCTION houvast.complain("right" text, language text, words text, promise text DEFAULT '', sort text DEFAULT '', evidence jsonb DEFAULT NULL,
    OUT code uuid, OUT due_on date) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF length(btrim(coalesce(words, ''))) < 3 THEN
        PERFORM houvast.says_no('a complaint or a question says something', 'C54', 'Write in a few words what it is about.');
    END IF;
    SELECT t.code, t.due_on INTO complain.code, complain.due_on
    FROM houvast.take_request(NULL, complain."right", 'portal', complain.language, NULL, complain.promise, complain.sort, words, complain.evidence) t;
    UPDATE houvast.request q SET state = 'acknowledged' WHERE q.code = complain.code;  -- whoever asked has its code at once
END $$;
COMMENT ON FUNCTION houvast.complain IS 'Takes a complaint in from anybody (promise C54)';
REVOKE ALL ON FUNCTION houvast.complain(text, text, text, text, text, jsonb) FROM PUBLIC

-- name: function_follow_request
-- How a request stands, for whoever has its code: nothing about whom it is of (promise C54).
CREATE OR REPLACE FUNCTION houvast.follow_request(code uuid) RETURNS TABLE ("right" text, state text, received_at timestamptz, due_on date, waits boolean,
    reason text, closed_at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT q."right", q.state, q.received_at, q.due_on, q.paused_at IS NOT NULL, q.reason, q.closed_at FROM houvast.request q
    WHERE q.code = follow_request.code AND NOT q.session
$$;
COMMENT ON FUNCTION houvast.follow_request IS 'How a request stands, by its code (promise C54)';
REVOKE ALL ON FUNCTION houvast.follow_request(uuid) FROM PUBLIC

-- name: function_answers_to
-- The letters that were sent about a request of somebody who did not say who they are, for whoever has its code: there is no
-- other way to answer them. Of a request of somebody known it shows none, for these go to the person (promise C54).
CREATE OR REPLACE FUNCTION houvast.answers_to(code uuid) RETURNS TABLE (subject text, body text, sent_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.subject, l.body, l.sent_at FROM houvast.request q JOIN houvast.letter l ON l.request = q.id
    WHERE q.code = answers_to.code AND q.key IS NULL AND NOT q.session AND l.sent_at IS NOT NULL ORDER BY l.sent_at, l.id
$$;
COMMENT ON FUNCTION houvast.answers_to IS 'The answers to somebody without a name, by their code (promise C54)';
REVOKE ALL ON FUNCTION houvast.answers_to(uuid) FROM PUBLIC

-- name: function_open_case
-- Records that one of the staff looks at what a case says, as a use for that person: which of them, the pages say; `read_case` shows it once this has
-- committed, so that nobody looks and takes the record back (promise C02).
DROP FUNCTION IF EXISTS houvast.open_case(bigint, text);
CREATE OR REPLACE FUNCTION houvast.open_case(number bigint, reason text, by text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q houvast.request;
    made bigint;
BEGIN
    SELECT r.* INTO q FROM houvast.request r WHERE r.id = number AND NOT r.session;
    IF q.id IS NULL THEN PERFORM houvast.says_no('there is no such request', 'C02', 'houvast request list shows the requests.'); END IF;
    IF length(btrim(coalesce(reason, ''))) < 3 OR houvast.personal_in(reason) IS NOT NULL THEN
        PERFORM houvast.says_no('opening a case needs a reason without personal data', 'C02', 'Say in a few words why.');
    END IF;
    INSERT INTO houvast.use (staff, login, purpose, reason, kind, person, "case", until, ended_at)
    SELECT CASE WHEN by IS NOT NULL OR session_user = 'houvast_web' THEN houvast.staff_now(by) ELSE '' END, session_user, p.number, btrim(reason), q.kind, q.key, 'request ' || q.id, clock_timestamp() + interval '15 minutes', clock_timestamp()
    FROM houvast.purpose p WHERE p.live AND (p.kind = 'rights' OR q.kind IS NULL) ORDER BY p.kind <> 'rights', p.number LIMIT 1
    RETURNING use.id INTO made;
    IF made IS NULL THEN
        PERFORM houvast.says_no('the policy has no purpose for the rights of people', 'C02', 'Add one of kind rights to the policy.');
    END IF;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.open_case IS 'Records that somebody looks at a case (promise C02)';
REVOKE ALL ON FUNCTION houvast.open_case(bigint, text, text) FROM PUBLIC

-- name: function_read_case
-- What one case says, for the login whose look at it `open_case` recorded and committed in the last minutes (promise C02).
DROP FUNCTION IF EXISTS houvast.read_case(bigint, text);
CREATE OR REPLACE FUNCTION houvast.read_case(use_id bigint) RETURNS TABLE (kind text, key text, words text, letters jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q houvast.request;
BEGIN
    SELECT r.* INTO q FROM houvast.use u JOIN houvast.request r ON u."case" = 'request ' || r.id AND NOT r.session
    WHERE u.id = use_id AND u.login = session_user AND u.ended_at IS NOT NULL AND u.until > clock_timestamp()
      AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned();
    IF q.id IS NULL THEN
        PERFORM houvast.says_no('nothing records that this case is looked at', 'C02', 'SELECT houvast.open_case(number, reason), commit, then read it.');
    END IF;
    RETURN QUERY SELECT q.kind, q.key, (SELECT t.body FROM houvast.request_text t WHERE t.request = q.id),
        coalesce((SELECT jsonb_agg(to_jsonb(l) ORDER BY l.id) FROM houvast.letter l WHERE l.request = q.id), '[]');
END $$;
COMMENT ON FUNCTION houvast.read_case IS 'What one case says, to whose look is recorded (promise C02)';
REVOKE ALL ON FUNCTION houvast.read_case(bigint) FROM PUBLIC

-- name: function_forget_cases
-- Takes away what people wrote and the letters of requests that ended five years ago; how many requests (promise C54).
CREATE OR REPLACE FUNCTION houvast.forget_cases() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM houvast.request q WHERE q.closed_at < clock_timestamp() - interval '5 years';
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM houvast.confirmed c WHERE c.at < clock_timestamp() - interval '5 years';
    RETURN gone;
END $$;
COMMENT ON FUNCTION houvast.forget_cases IS 'Takes old cases away (promise C54)';
REVOKE ALL ON FUNCTION houvast.forget_cases() FROM PUBLIC

-- name: view_public_case
-- For the pages of the staff: every case without whom it is of and what was written (promise G18).
CREATE OR REPLACE VIEW houvast.public_case AS
SELECT q.id, q."right", q.state, q.channel, q.language, q.promise, q.sort, q.received_at, q.due_on, q.due_on - (clock_timestamp() AT TIME ZONE {zone})::date AS days_left,
       q.paused_at, q.waited, q.extended_at, q.reason, q.verified_at IS NOT NULL AS verified, q.level, q.kind IS NOT NULL AS known, q.closed_at, q.evidence,
       (SELECT count(*) FROM houvast.letter l WHERE l.request = q.id AND l.sent_at IS NULL) AS drafts
FROM houvast.request q WHERE NOT q.session;
COMMENT ON VIEW houvast.public_case IS 'Every case without whom it is of (promise G18)'

-- name: view_public_breach
-- For the pages of the staff: the register of breaches with its clocks (promise G14).
CREATE OR REPLACE VIEW houvast.public_breach AS
SELECT b.*, extract(epoch FROM b.report_by - clock_timestamp()) / 3600 AS hours_left FROM houvast.breach b;
COMMENT ON VIEW houvast.public_breach IS 'The register of breaches with its clocks (promise G14)'

-- name: function_draft_letter
-- Drafts a letter about a request or a breach; its number (promise G10).
CREATE OR REPLACE FUNCTION houvast.draft_letter(request bigint, breach bigint, kind text, language text, subject text, body text, reason text, by text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF length(draft_letter.body) > 20000 THEN  -- the constraint of the table would say in its error what was written
        PERFORM houvast.says_no('a letter has at most 20,000 characters', 'G10', 'Write it shorter.');
    END IF;
    INSERT INTO houvast.letter (request, breach, kind, language, subject, body, reason, drafted_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.draft_letter IS 'Drafts a letter (promise G10)';
REVOKE ALL ON FUNCTION houvast.draft_letter(bigint, bigint, text, text, text, text, text, text) FROM PUBLIC

-- name: function_approve_letter
-- Approves a letter that somebody else drafted, with a code of one's own that serves once (promise G10).
DROP FUNCTION IF EXISTS houvast.approve_letter(bigint, text);
CREATE OR REPLACE FUNCTION houvast.approve_letter(number bigint, by text, code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l houvast.letter;
    plain text;
BEGIN
    SELECT t.* INTO l FROM houvast.letter t WHERE t.id = number FOR UPDATE;
    IF l.id IS NULL THEN PERFORM houvast.says_no('there is no such letter', 'G10', 'houvast request show lists the letters of a request.'); END IF;
    IF l.approved_at IS NOT NULL OR houvast.staff_name(l.drafted_by) = houvast.staff_name(by) THEN
        PERFORM houvast.says_no('nobody approves their own letter, nor one that was approved', 'G10', 'Ask another of the staff.');
    END IF;
    plain := houvast.confirm(by, code, 'letter ' || number);
    UPDATE houvast.letter t SET approved_by = plain, approved_at = clock_timestamp() WHERE t.id = number;
END $$;
COMMENT ON FUNCTION houvast.approve_letter IS 'Approves a letter (promise G10)';
REVOKE ALL ON FUNCTION houvast.approve_letter(bigint, text, text) FROM PUBLIC

-- name: function_send_letter
-- Sends a letter: it waits in the queue for the address on file at that moment, or `printed`: it goes by post. What it says is
-- given back; the request gets its state (promise G10).
CREATE OR REPLACE FUNCTION houvast.send_letter(number bigint, printed boolean DEFAULT false) RETURNS TABLE (subject text, body text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l houvast.letter;
    q houvast.request;
BEGIN
    UPDATE houvast.letter t SET sent_at = clock_timestamp() WHERE t.id = number RETURNING t.* INTO l;
    IF l.id IS NULL THEN PERFORM houvast.says_no('there is no such letter', 'G10', 'houvast request show lists the letters of a request.'); END IF;
    SELECT r.* INTO q FROM houvast.request r WHERE r.id = l.request;
    IF NOT printed AND q.key IS NULL THEN  -- without an address it is read by its code: houvast.answers_to
        INSERT INTO houvast.outgoing (address, template, language, "values")
        SELECT t.reply_to, 'letter', l.language, jsonb_build_object('subject', l.subject, 'body', l.body) FROM houvast.request_text t
        WHERE t.request = l.request AND t.reply_to IS NOT NULL;
    ELSIF NOT printed THEN
        IF l.kind NOT IN ('acknowledgement', 'identity') AND houvast.cooling_down(q.kind, q.key, 'email') THEN  -- these two wait in the queue
            PERFORM houvast.says_no(format('the address of this person was changed; until %s no letter goes there',
                to_char(houvast.cools_until(q.kind, q.key, 'email') AT TIME ZONE {zone}, 'YYYY-MM-DD HH24:MI')), 'C37',
                'Send it by post, printed, or wait until then.');
        END IF;
        INSERT INTO houvast.outgoing (to_kind, to_key, template, language, "values")
        VALUES (q.kind, q.key, 'letter', l.language, jsonb_build_object('subject', l.subject, 'body', l.body,
            'reference', CASE WHEN l.kind IN ('acknowledgement', 'identity') AND q."right" NOT IN ('complaint', 'question') THEN q.code END));
    END IF;
    RETURN QUERY SELECT l.subject, l.body;
END $$;
COMMENT ON FUNCTION houvast.send_letter IS 'Sends a letter (promise G10)';
REVOKE ALL ON FUNCTION houvast.send_letter(bigint, boolean) FROM PUBLIC

-- name: function_record_breach
-- Writes a breach down: its number, and until when it is reported (promise G14).
CREATE OR REPLACE FUNCTION houvast.record_breach(title text, aware timestamptz, owner text, OUT id bigint, OUT report_by timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO houvast.breach (title, aware_at, owner) VALUES ($1, coalesce($2, clock_timestamp()), $3) RETURNING id, report_by
$$;
COMMENT ON FUNCTION houvast.record_breach IS 'Writes a breach down (promise G14)';
REVOKE ALL ON FUNCTION houvast.record_breach(text, timestamptz, text) FROM PUBLIC

-- name: function_change_breach
-- Writes down what was found and done about a breach; NULL leaves as it was (promise G14).
CREATE OR REPLACE FUNCTION houvast.change_breach(number bigint, risk text DEFAULT NULL, note text DEFAULT NULL, persons int DEFAULT NULL,
    measures text DEFAULT NULL, reported timestamptz DEFAULT NULL, late_because text DEFAULT NULL, told timestamptz DEFAULT NULL, closes boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.breach b SET risk = coalesce(change_breach.risk, b.risk), note = coalesce(change_breach.note, b.note),
        persons = coalesce(change_breach.persons, b.persons), measures = coalesce(change_breach.measures, b.measures),
        reported_at = coalesce(reported, b.reported_at), late_because = coalesce(change_breach.late_because, b.late_because),
        people_told_at = coalesce(told, b.people_told_at), state = CASE WHEN closes THEN 'closed' ELSE b.state END WHERE b.id = number;
    IF NOT FOUND THEN PERFORM houvast.says_no('there is no such breach', 'G14', 'houvast breach list shows them.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.change_breach IS 'Writes down what was done about a breach (promise G14)';
REVOKE ALL ON FUNCTION houvast.change_breach(bigint, text, text, int, text, timestamptz, text, timestamptz, boolean) FROM PUBLIC
