-- name: tables
-- What Houvast itself remembers. Nobody but its keeper reads or writes these tables.
CREATE TABLE IF NOT EXISTS houvast.setting (name text PRIMARY KEY, value text NOT NULL);
COMMENT ON TABLE houvast.setting IS 'How Houvast is installed here: profile, policy, map (promise C01).';
CREATE TABLE IF NOT EXISTS houvast.object (
    name text PRIMARY KEY, kind text NOT NULL, seq int NOT NULL, definition text NOT NULL, undo text NOT NULL,
    promise text NOT NULL, opens boolean NOT NULL, needs text NOT NULL DEFAULT '',
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS object_seq ON houvast.object (seq);
COMMENT ON TABLE houvast.object IS 'What apply made, and how to take each back (promise C38).';
CREATE TABLE IF NOT EXISTS houvast.snapshot (kind text, identity text, detail text, PRIMARY KEY (kind, identity, detail));
COMMENT ON TABLE houvast.snapshot IS 'What PostgreSQL granted when apply ended; drift compares with it (promise C38).';
CREATE TABLE IF NOT EXISTS houvast.version (version int PRIMARY KEY, effective timestamptz NOT NULL, sha256 text NOT NULL);
COMMENT ON TABLE houvast.version IS 'The versions of the policy and when each took effect (promise C57).';
CREATE TABLE IF NOT EXISTS houvast.bit (name text PRIMARY KEY, bit int NOT NULL UNIQUE);
COMMENT ON TABLE houvast.bit IS 'Which answer about a person each bit of a guard holds (promise C38).';
CREATE TABLE IF NOT EXISTS houvast.purpose (
    number int PRIMARY KEY, name text NOT NULL UNIQUE, role name NOT NULL, path text NOT NULL, kind text NOT NULL,
    one text NOT NULL, subject text NOT NULL, promise text NOT NULL, instead text NOT NULL, live boolean NOT NULL DEFAULT true);
ALTER TABLE houvast.purpose ADD COLUMN IF NOT EXISTS own name NOT NULL DEFAULT '';
COMMENT ON TABLE houvast.purpose IS 'The purposes of the policy; a number is never used twice (promise C05).';
CREATE TABLE IF NOT EXISTS houvast.use (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, login name NOT NULL, purpose int NOT NULL REFERENCES houvast.purpose,
    reason text NOT NULL, kind text, person text, "case" text,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(), opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL, ended_at timestamptz);
ALTER TABLE houvast.use ADD COLUMN IF NOT EXISTS client text NOT NULL DEFAULT '';
ALTER TABLE houvast.use ALTER COLUMN client SET DEFAULT coalesce(host(inet_client_addr()), 'local');
ALTER TABLE houvast.use ADD COLUMN IF NOT EXISTS erased_at timestamptz, ADD COLUMN IF NOT EXISTS staff text NOT NULL DEFAULT '';
CREATE INDEX IF NOT EXISTS use_person ON houvast.use (kind, person) WHERE person IS NOT NULL;
COMMENT ON TABLE houvast.use IS 'Every use of personal data: login, purpose, reason, client, from, to (promise C02).';
CREATE TABLE IF NOT EXISTS houvast.person (
    kind text COLLATE "C", key text COLLATE "C", collected_at timestamptz, closed_at timestamptz, guard bigint NOT NULL DEFAULT 0,
    contested text[] NOT NULL DEFAULT '{}', PRIMARY KEY (kind, key));
COMMENT ON TABLE houvast.person IS 'Data subjects: since when, closed when, and the answers that guards repeat (promise C30).';
CREATE TABLE IF NOT EXISTS houvast.stand (
    kind text COLLATE "C", key text COLLATE "C", stand text NOT NULL, about text NOT NULL DEFAULT '', source text NOT NULL DEFAULT 'houvast',
    since timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (kind, key, stand, about, source),
    CHECK (stand IN ('restricted', 'allowed', 'objected', 'consented', 'own_customer', 'stopped', 'contested', 'accepted')));
ALTER TABLE houvast.stand DROP CONSTRAINT IF EXISTS stand_stand_check, ADD CONSTRAINT stand_stand_check CHECK (stand IN (
    'restricted', 'told', 'allowed', 'objected', 'consented', 'own_customer', 'withdrawn', 'stopped', 'contested', 'accepted'));
CREATE INDEX IF NOT EXISTS stand_source ON houvast.stand (source);
COMMENT ON TABLE houvast.stand IS 'Where each person stands: objections, consent, restriction, accepted versions (promise C13).';
CREATE TABLE IF NOT EXISTS houvast.request (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, key text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(), closed_at timestamptz);
ALTER TABLE houvast.request ALTER COLUMN kind DROP NOT NULL, ALTER COLUMN key DROP NOT NULL,
    ADD COLUMN IF NOT EXISTS code uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN IF NOT EXISTS "right" text NOT NULL DEFAULT 'access' CHECK ("right" IN ('access', 'portability', 'rectification',
        'objection', 'restriction', 'withdrawal', 'stop', 'closing', 'erasure', 'complaint', 'question')),
    ADD COLUMN IF NOT EXISTS state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'acknowledged', 'identity',
        'searching', 'review', 'delayed', 'answered', 'refused', 'withdrawn')),
    ADD COLUMN IF NOT EXISTS channel text NOT NULL DEFAULT 'desk',
    ADD COLUMN IF NOT EXISTS language text NOT NULL DEFAULT 'nl' CHECK (language IN ('nl', 'en')),
    ADD COLUMN IF NOT EXISTS received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN IF NOT EXISTS due_on date,
    ADD COLUMN IF NOT EXISTS verified_at timestamptz,
    ADD COLUMN IF NOT EXISTS level int NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 4),
    ADD COLUMN IF NOT EXISTS session boolean NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS promise text NOT NULL DEFAULT '' CHECK (promise ~ '^([A-Za-z][A-Za-z0-9_-]{0,39})?$'),
    ADD COLUMN IF NOT EXISTS sort text NOT NULL DEFAULT '' CHECK (sort IN ('', 'expectation', 'breach')),
    ADD COLUMN IF NOT EXISTS evidence jsonb,
    ADD COLUMN IF NOT EXISTS reason text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS paused_at timestamptz, ADD COLUMN IF NOT EXISTS waited int NOT NULL DEFAULT 0 CHECK (waited >= 0),
    ADD COLUMN IF NOT EXISTS extended_at timestamptz,
    DROP CONSTRAINT IF EXISTS request_channel_check, ADD CONSTRAINT request_channel_check CHECK (channel IN
        ('desk', 'portal', 'mail', 'letter', 'telephone', 'api', 'agent')),
    DROP CONSTRAINT IF EXISTS request_person, ADD CONSTRAINT request_person CHECK ((kind IS NULL) = (key IS NULL));
CREATE INDEX IF NOT EXISTS request_open ON houvast.request (kind, key) WHERE closed_at IS NULL;
COMMENT ON TABLE houvast.request IS 'Requests of people about their own data; while one is open, purpose rights may see it (promise C33).';
CREATE TABLE IF NOT EXISTS houvast.hold (
    case_key text, relation text, row_key text, since timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (relation, row_key, case_key));
ALTER TABLE houvast.hold ADD COLUMN IF NOT EXISTS owner text NOT NULL DEFAULT '', ADD COLUMN IF NOT EXISTS review_on date;
COMMENT ON TABLE houvast.hold IS 'Rows that a dispute holds, each for its case (promise C31).';
CREATE TABLE IF NOT EXISTS houvast.canary (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, relation text NOT NULL, key jsonb NOT NULL, run text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.canary IS 'Made-up rows with which prove tries every promise; written down before they are made (promise C01).';

-- name: note_use
-- Writes a use into the register, and sets the token for it; only the keeper's functions that have checked it call this
-- (promise C02).
CREATE OR REPLACE FUNCTION houvast.note_use(number int, reason text, who text, "case" text, lasts interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO houvast.use (login, purpose, reason, kind, person, "case", until)
    VALUES (session_user, number, btrim(reason), nullif(split_part(who, ':', 1), ''),
            nullif(substr(who, strpos(who, ':') + 1), ''), "case", clock_timestamp() + lasts)
    RETURNING use.id INTO made;
    PERFORM houvast.set_token(concat_ws('_', 'hv', number, made, encode(convert_to(who, 'UTF8'), 'hex'),
                                        encode(convert_to(coalesce("case", ''), 'UTF8'), 'hex')), made);
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION houvast.note_use(int, text, text, text, interval) FROM PUBLIC;

-- name: record_use
-- Records a use; the token that it sets counts once this transaction has committed. A refusal is remembered even when it is
-- rolled back (promise C02).
CREATE OR REPLACE FUNCTION houvast.record_use(purpose text, reason text, person text, "case" text,
    OUT id bigint, OUT role name, OUT path text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p houvast.purpose;
    first timestamptz;
    ours text;
    personal text;
    who text := '';
BEGIN
    IF current_setting('transaction_read_only')::boolean THEN
        RAISE EXCEPTION 'Houvast refuses: a use cannot be recorded in a transaction that only reads (promise C02).'
            USING ERRCODE = 'read_only_sql_transaction', HINT = 'Open it in one that may write; houvast.enter_use then takes it anywhere.';
    END IF;
    SELECT q.* INTO p FROM houvast.purpose q WHERE q.name = record_use.purpose AND q.live;
    SELECT string_agg(q.name, ', ' ORDER BY q.name) INTO ours FROM houvast.purpose q
    WHERE q.live AND q.role <> '' AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = q.role)
      AND pg_has_role(session_user, q.role, 'MEMBER');
    IF coalesce(person, '') <> '' THEN
        who := CASE WHEN strpos(person, ':') > 0 THEN person
                    ELSE coalesce(p.subject, (SELECT q.subject FROM houvast.purpose q LIMIT 1)) || ':' || person END;
    END IF;
    IF p.number IS NULL THEN
        PERFORM houvast.refuse('purpose unknown', NULL, who);
        RAISE EXCEPTION 'Houvast refuses: the policy knows no such purpose (promise C05).'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('Name one of the purposes of this login, exactly as the policy writes it: %s.', coalesce(ours, 'it has none'));
    END IF;
    IF p.kind = 'rights' AND session_user = 'houvast_people' THEN
        PERFORM houvast.refuse('no session', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: the pages for people use data in the session of that person alone (promise C35).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Call houvast.open_session_use with the secret of their session.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = p.role) OR NOT pg_has_role(session_user, p.role, 'MEMBER') THEN
        PERFORM houvast.refuse('purpose not granted', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: login "%" may not use data for purpose "%" (promise %).', session_user, p.name, p.promise
            USING ERRCODE = 'insufficient_privilege',
                  HINT = concat_ws(' ', nullif(p.instead, ''), format('This login may open: %s.', coalesce(ours, 'nothing')));
    END IF;
    IF length(btrim(coalesce(reason, ''))) < 3 THEN
        PERFORM houvast.refuse('reason missing', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: a use needs a reason (promise C02).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Say in a few words why, without personal data: ''invoice run 2026-11''.';
    END IF;
    personal := houvast.personal_in(reason);
    IF personal IS NOT NULL THEN
        PERFORM houvast.refuse('reason personal', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: the reason holds what looks like % (promise C02).', personal
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Reasons are kept. Write what the work is and its number, as in ''ticket 12345''; name a person with person => ... alone.';
    END IF;
    SELECT min(v.effective) INTO first FROM houvast.version v;
    IF first IS NULL OR statement_timestamp() < first THEN
        PERFORM houvast.refuse('not in force', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: no version of the policy is in force yet (promise C57).'
            USING ERRCODE = 'insufficient_privilege', HINT = format('The first version takes effect at %s.', first);
    END IF;
    IF p.one = 'person' AND who = '' OR p.one = 'case' AND coalesce("case", '') = '' THEN
        PERFORM houvast.refuse(p.one || ' missing', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: purpose "%" is for one % at a time (promise %).', p.name, p.one, p.promise
            USING ERRCODE = 'insufficient_privilege', HINT = format('Name it: open_use(%L, ''reason'', %s => ...).', p.name, p.one);
    END IF;
    IF p.kind = 'rights' AND NOT EXISTS (SELECT FROM houvast.request q
            WHERE q.kind || ':' || q.key = who AND q.closed_at IS NULL AND NOT q.session) THEN
        PERFORM houvast.refuse('no request', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: no request of this person is open (promise %).', p.promise
            USING ERRCODE = 'insufficient_privilege', HINT = 'Register the request first; purpose rights works while it is open.';
    END IF;
    IF p.kind = 'rights' AND NOT EXISTS (SELECT FROM houvast.request q
            WHERE q.kind || ':' || q.key = who AND q.closed_at IS NULL AND NOT q.session AND q.verified_at IS NOT NULL) THEN
        PERFORM houvast.refuse('not verified', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: nobody has checked that this request is of the person themselves (promise C35).'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Check their identity and record how: by a code to an address on file, or by hand. Never ask for a copy of a document.';
    END IF;
    IF p.kind = 'rights' AND NOT EXISTS (SELECT FROM houvast.request q
            WHERE q.kind || ':' || q.key = who AND q.closed_at IS NULL AND NOT q.session AND q.verified_at IS NOT NULL AND (q.level NOT IN (1, 2)
              OR NOT EXISTS (SELECT FROM houvast.contact_change c WHERE c.kind = q.kind AND c.key = q.key AND c.at <= q.verified_at
                             AND c.at > statement_timestamp() - interval '3 days'))) THEN
        PERFORM houvast.refuse('not verified', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: the address of this person was changed less than three days before it was checked who they are (promise C37).'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Whoever changed it may be somebody else. Wait three days, or check them by letter or in person.';
    END IF;
    IF p.kind = 'dispute' AND NOT EXISTS (SELECT FROM houvast.hold h WHERE h.case_key = record_use."case") THEN
        PERFORM houvast.refuse('no hold', p.number, who);
        RAISE EXCEPTION 'Houvast refuses: no hold names this case (promise %).', p.promise
            USING ERRCODE = 'insufficient_privilege', HINT = 'Place a hold on the rows that the dispute is about first.';
    END IF;
    record_use.id := houvast.note_use(p.number, reason, who, "case", interval '12 hours');
    role := p.role;
    path := p.path;
END $$;

-- name: open_use
-- Opens a use for this session: `SELECT houvast.open_use('billing', 'invoice run 2026-11')` (promise C02).
CREATE OR REPLACE FUNCTION houvast.open_use(purpose text, reason text, person text DEFAULT NULL, "case" text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    recorded record;
BEGIN
    SELECT r.id, r.role, r.path INTO recorded FROM houvast.record_use(purpose, reason, person, "case") r;
    IF recorded.path OPERATOR(pg_catalog.<>) '' THEN
        PERFORM pg_catalog.set_config('role', recorded.role::text, false);
        PERFORM pg_catalog.set_config('search_path', recorded.path, false);
    END IF;
    RETURN recorded.id;
END $$;
CREATE OR REPLACE FUNCTION houvast.open_use(purpose text, reason text, person bigint, "case" text DEFAULT NULL)
RETURNS bigint LANGUAGE sql BEGIN ATOMIC
    SELECT houvast.open_use(purpose, reason, person::text, "case");
END;
CREATE OR REPLACE FUNCTION houvast.open_use(purpose text, reason text, "case" bigint)
RETURNS bigint LANGUAGE sql BEGIN ATOMIC
    SELECT houvast.open_use(purpose, reason, NULL::text, "case"::text);
END;

-- name: take_use
-- Takes a recorded, committed use of the same login for this transaction (promise C02).
CREATE OR REPLACE FUNCTION houvast.take_use(use_id bigint, OUT role name, OUT path text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u houvast.use;
    p houvast.purpose;
BEGIN
    SELECT q.* INTO u FROM houvast.use q
    WHERE q.id = use_id AND q.login = session_user AND q.login <> 'houvast_people' AND q.ended_at IS NULL AND q.until > clock_timestamp()
      AND q.xid IS DISTINCT FROM pg_current_xact_id_if_assigned();
    SELECT q.* INTO p FROM houvast.purpose q WHERE q.number = u.purpose AND q.live;
    IF u.id IS NULL OR p.number IS NULL OR NOT pg_has_role(session_user, p.role, 'MEMBER') THEN
        PERFORM houvast.refuse('no such use', p.number, '');
        RAISE EXCEPTION 'Houvast refuses: this login has no such use open (promise C02).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one with houvast.open_use and commit; a use is of one login and ends.';
    END IF;
    PERFORM houvast.set_token_here(concat_ws('_', 'hv', p.number, u.id, encode(convert_to(coalesce(u.kind || ':' || u.person, ''), 'UTF8'), 'hex'),
                       encode(convert_to(coalesce(u."case", ''), 'UTF8'), 'hex')), u.id);
    role := p.role;
    path := p.path;
END $$;

-- name: enter_use
-- For connection pools: takes a recorded use for one transaction only (promise C02).
CREATE OR REPLACE FUNCTION houvast.enter_use(use_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    taken record;
BEGIN
    SELECT t.role, t.path INTO taken FROM houvast.take_use(use_id) t;
    IF taken.path OPERATOR(pg_catalog.<>) '' THEN
        PERFORM pg_catalog.set_config('role', taken.role::text, true);
        PERFORM pg_catalog.set_config('search_path', taken.path, true);
    END IF;
END $$;

-- name: end_use
-- Ends a use of this login (promise C02).
CREATE OR REPLACE FUNCTION houvast.end_use(use_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.use SET ended_at = clock_timestamp() WHERE id = use_id AND login = session_user AND ended_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this login has no such use open (promise C02).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Give the number that open_use returned.';
    END IF;
    PERFORM houvast.clear_token();
END $$;

-- name: close_use
-- Ends the use that this session has open, and gives the session back its own role and path (promise C02).
CREATE OR REPLACE FUNCTION houvast.close_use(use_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM houvast.end_use(use_id);
    PERFORM pg_catalog.set_config('role', 'none', false);
    PERFORM pg_catalog.set_config('search_path', '"$user", public', false);
END $$;

-- name: token_fast
-- The token lies in a setting that a superuser let the keeper alone set (promise C02).
CREATE OR REPLACE FUNCTION houvast.set_token(token text, use_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('backtrace_functions', token, false);
    PERFORM set_config('backtrace_functions', '', true);
    PERFORM pg_notify('houvast', '');
END $$;
CREATE OR REPLACE FUNCTION houvast.set_token_here(token text, use_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('backtrace_functions', token, true);
END $$;
CREATE OR REPLACE FUNCTION houvast.clear_token() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('backtrace_functions', '', false);
END $$;
CREATE OR REPLACE FUNCTION houvast.purpose_now() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT nullif(split_part(current_setting('backtrace_functions', true), '_', 2), '')::int;
END;
REVOKE ALL ON FUNCTION houvast.set_token(text, bigint), houvast.set_token_here(text, bigint), houvast.clear_token(), houvast.purpose_now()
    FROM PUBLIC;

-- name: token_portable
-- Where a service refuses that grant: the setting names a recorded use, and each statement looks it up (promise C02).
-- Anybody may set it, but only to an open use of their own login: what enter_use would give them anyway.
CREATE OR REPLACE FUNCTION houvast.set_token(token text, use_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('houvast.use', token, false);
    PERFORM set_config('houvast.use', '', true);
    PERFORM pg_notify('houvast', '');
END $$;
CREATE OR REPLACE FUNCTION houvast.set_token_here(token text, use_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('houvast.use', token, true);
END $$;
CREATE OR REPLACE FUNCTION houvast.clear_token() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('houvast.use', '', false);
END $$;
CREATE OR REPLACE FUNCTION houvast.use_is_open(number int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM houvast.use u, string_to_array(current_setting('houvast.use', true), '_') t
        WHERE t[2] = number::text AND u.id::text = t[3] AND u.purpose = number AND u.login = session_user
          AND coalesce(u.kind || ':' || u.person, '') = convert_from(decode(t[4], 'hex'), 'UTF8')
          AND coalesce(u."case", '') = convert_from(decode(t[5], 'hex'), 'UTF8')
          AND u.ended_at IS NULL AND u.until > statement_timestamp()
          AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned())
$$;
CREATE OR REPLACE FUNCTION houvast.purpose_now() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT nullif(split_part(current_setting('houvast.use', true), '_', 2), '')::int;
END;
REVOKE ALL ON FUNCTION houvast.set_token(text, bigint), houvast.set_token_here(text, bigint), houvast.clear_token(), houvast.purpose_now()
    FROM PUBLIC;

-- name: terms
-- The first day (and its first moment) on which what happened has, at a moment, not yet ended. A term ends at local
-- midnight, month ends clamped; a book year counts from the 1 January after it (promise C31).
CREATE OR REPLACE FUNCTION houvast.first_day(at timestamptz, years int, months int, days int, zone text, of_book_year boolean)
RETURNS date LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    span CONSTANT interval := pg_catalog.make_interval(years, months);
    day date := (at AT TIME ZONE zone)::date OPERATOR(pg_catalog.-) days;
BEGIN
    day := greatest((day OPERATOR(pg_catalog.-) span)::date OPERATOR(pg_catalog.+) 1,
                    ((day OPERATOR(pg_catalog.+) 1) OPERATOR(pg_catalog.-) span)::date);
    RETURN CASE WHEN of_book_year
        THEN pg_catalog.make_date(extract(year FROM day OPERATOR(pg_catalog.-) 1)::int, 1, 1) ELSE day END;
END $$;
CREATE OR REPLACE FUNCTION houvast.first_moment(at timestamptz, years int, months int, days int, zone text, of_book_year boolean)
RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN houvast.first_day(at, years, months, days, zone, of_book_year)::timestamp AT TIME ZONE zone;
END $$;

-- name: public_functions
-- What every login may call; all else in this schema is the keeper's (promise C38).
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA houvast FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.record_use(text, text, text, text), houvast.open_use(text, text, text, text),
    houvast.open_use(text, text, bigint, text), houvast.open_use(text, text, bigint), houvast.take_use(bigint), houvast.enter_use(bigint),
    houvast.end_use(bigint), houvast.close_use(bigint), houvast.first_day(timestamptz, int, int, int, text, boolean),
    houvast.first_moment(timestamptz, int, int, int, text, boolean), houvast.uses_of(text, text),
    houvast.tell_erasure(bigint, bigint, bigint, bigint), houvast.tell_correction(text, text, bigint),
    houvast.open_steps(bigint, text, jsonb), houvast.mark_kept(bigint, text, text, text[]) TO PUBLIC;
GRANT USAGE ON SCHEMA houvast TO PUBLIC;
