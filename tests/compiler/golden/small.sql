-- 1. make role houvast_keeper (promise C38)
DO $hv$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'houvast_keeper') THEN
        CREATE ROLE houvast_keeper NOLOGIN;
        COMMENT ON ROLE houvast_keeper IS 'Houvast: owns its objects; nobody is a member (promise C38)';
    END IF;
END $hv$;

-- 2. make role houvast_people (promise C35)
DO $hv$ BEGIN
    IF to_regrole('houvast_people') IS NULL THEN
        CREATE ROLE houvast_people LOGIN NOINHERIT;
        COMMENT ON ROLE houvast_people IS 'Houvast: the pages for people read as this login, in the session of a person alone (promise C35)';
    END IF;
END $hv$;

-- 3. make parameter backtrace_functions (promise C02)
GRANT SET ON PARAMETER backtrace_functions TO houvast_keeper;

-- 4. make parameter session_replication_role (promise C02)
GRANT SET ON PARAMETER session_replication_role TO houvast_keeper;

-- 5. make schema houvast (promise C01)
CREATE SCHEMA houvast AUTHORIZATION houvast_keeper;
COMMENT ON SCHEMA houvast IS 'Houvast keeps policy small here';

-- 6. make houvast tables (promise C38, as houvast_keeper)
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
COMMENT ON TABLE houvast.canary IS 'Made-up rows with which prove tries every promise; written down before they are made (promise C01).';;

-- 7. make houvast log (promise C01, as houvast_keeper)
-- The log that anyone can check: what happened waits in `event`, written in the transaction in which it happened; the
-- sequencer moves it to `entry`. Nobody but the keeper reads or writes these tables (promise C01).
CREATE TABLE IF NOT EXISTS houvast.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, nonce uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), kind text NOT NULL,
    promise text NOT NULL DEFAULT '' CHECK (promise ~ '^([A-Za-z][A-Za-z0-9_-]{0,39})?$'),
    body jsonb NOT NULL, sealed jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(sealed) = 'object' AND length(sealed::text) <= 20000),
    subject_kind text, subject_key text, CHECK ((subject_kind IS NULL) = (subject_key IS NULL)));
ALTER TABLE houvast.event DROP CONSTRAINT IF EXISTS event_is_of_a_kind;
-- A function, for PostgreSQL reads the whole text of a CHECK anew for each statement: 0.27 ms for all kinds.
CREATE OR REPLACE FUNCTION houvast.is_of_a_kind(kind text, body jsonb, sealed jsonb, subject_kind text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ BEGIN
    CASE kind
    WHEN 'policy_applied' THEN
        RETURN (body ?& ARRAY['policy', 'version', 'policy_sha256', 'map_sha256', 'profile'] AND body - ARRAY['policy', 'version', 'policy_sha256', 'map_sha256', 'profile'] = '{}'
            AND jsonb_typeof(body -> 'policy') = 'string' AND body ->> 'policy' !~ '[[:cntrl:]]' AND length(body ->> 'policy') <= 200
            AND jsonb_typeof(body -> 'version') = 'number' AND body ->> 'version' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'policy_sha256') = 'string' AND body ->> 'policy_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'map_sha256') = 'string' AND body ->> 'map_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'profile') = 'string' AND body ->> 'profile' = ANY (ARRAY['fast', 'portable'])
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'drift_found' THEN
        RETURN (body ?& ARRAY['differences'] AND body - ARRAY['differences'] = '{}'
            AND jsonb_typeof(body -> 'differences') = 'number' AND body ->> 'differences' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'drift_mended' THEN
        RETURN (body = '{}'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'promise_held' THEN
        RETURN (body ?& ARRAY['attempts', 'passed'] AND body - ARRAY['attempts', 'passed'] = '{}'
            AND jsonb_typeof(body -> 'attempts') = 'number' AND body ->> 'attempts' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'passed') = 'number' AND body ->> 'passed' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'promise_broken' THEN
        RETURN (body ?& ARRAY['attempts', 'passed'] AND body - ARRAY['attempts', 'passed'] = '{}'
            AND jsonb_typeof(body -> 'attempts') = 'number' AND body ->> 'attempts' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'passed') = 'number' AND body ->> 'passed' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'promise_not_yet_kept' THEN
        RETURN (body ?& ARRAY['attempts', 'passed'] AND body - ARRAY['attempts', 'passed'] = '{}'
            AND jsonb_typeof(body -> 'attempts') = 'number' AND body ->> 'attempts' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'passed') = 'number' AND body ->> 'passed' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'use_opened' THEN
        RETURN (body ?& ARRAY['purpose', 'login', 'one'] AND body - ARRAY['purpose', 'login', 'one'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND jsonb_typeof(body -> 'one') = 'string' AND body ->> 'one' = ANY (ARRAY['', 'person', 'case'])
            AND sealed - ARRAY['use', 'reason', 'client', 'case', 'from', 'until'] = '{}') IS TRUE;
    WHEN 'use_closed' THEN
        RETURN (body ?& ARRAY['purpose', 'login'] AND body - ARRAY['purpose', 'login'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND sealed - ARRAY['use', 'to'] = '{}') IS TRUE;
    WHEN 'use_refused' THEN
        RETURN (body ?& ARRAY['purpose', 'login', 'why'] AND body - ARRAY['purpose', 'login', 'why'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND jsonb_typeof(body -> 'why') = 'string' AND body ->> 'why' = ANY (ARRAY['purpose unknown', 'purpose not granted', 'reason missing', 'reason personal', 'not in force', 'person missing', 'case missing', 'no request', 'no hold', 'no such use', 'not verified', 'no session', 'over the limit'])
            AND sealed = '{}') IS TRUE;
    WHEN 'use_limit_near' THEN
        RETURN (body ?& ARRAY['purpose', 'login', 'counts', 'count', 'most', 'per'] AND body - ARRAY['purpose', 'login', 'counts', 'count', 'most', 'per'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND jsonb_typeof(body -> 'counts') = 'string' AND body ->> 'counts' = ANY (ARRAY['people', 'uses'])
            AND jsonb_typeof(body -> 'count') = 'number' AND body ->> 'count' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'most') = 'number' AND body ->> 'most' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'per') = 'string' AND body ->> 'per' = ANY (ARRAY['hour', 'day', 'week'])
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'refusals_uncounted' THEN
        RETURN (body ?& ARRAY['count'] AND body - ARRAY['count'] = '{}'
            AND jsonb_typeof(body -> 'count') = 'number' AND body ->> 'count' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'staff_signed_in' THEN
        RETURN (body ?& ARRAY['role', 'method'] AND body - ARRAY['role', 'method'] = '{}'
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND jsonb_typeof(body -> 'method') = 'string' AND body ->> 'method' = ANY (ARRAY['passkey', 'password', 'password and code', 'recovery code', 'invitation', 'other'])
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'evidence_exported' THEN
        RETURN (body ?& ARRAY['role', 'first', 'last'] AND body - ARRAY['role', 'first', 'last'] = '{}'
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'auditor'])
            AND jsonb_typeof(body -> 'first') = 'number' AND body ->> 'first' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'last') = 'number' AND body ->> 'last' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'person_state_changed' THEN
        RETURN (body ?& ARRAY['what', 'change'] AND body - ARRAY['what', 'change'] = '{}'
            AND jsonb_typeof(body -> 'what') = 'string' AND body ->> 'what' = ANY (ARRAY['known', 'closed', 'restricted', 'told', 'allowed', 'objected', 'consented', 'own_customer', 'withdrawn', 'stopped', 'contested', 'accepted', 'address', 'linked', 'request', 'hold', 'mandate', 'passkey', 'oidc'])
            AND jsonb_typeof(body -> 'change') = 'string' AND body ->> 'change' = ANY (ARRAY['set', 'ended'])
            AND sealed - ARRAY['about'] = '{}') IS TRUE;
    WHEN 'request_received' THEN
        RETURN (body ?& ARRAY['right', 'channel', 'language', 'about'] AND body - ARRAY['right', 'channel', 'language', 'about'] = '{}'
            AND jsonb_typeof(body -> 'right') = 'string' AND body ->> 'right' = ANY (ARRAY['access', 'portability', 'rectification', 'objection', 'restriction', 'withdrawal', 'stop', 'closing', 'erasure', 'complaint', 'question'])
            AND jsonb_typeof(body -> 'channel') = 'string' AND body ->> 'channel' = ANY (ARRAY['desk', 'portal', 'mail', 'letter', 'telephone', 'api', 'agent'])
            AND jsonb_typeof(body -> 'language') = 'string' AND body ->> 'language' = ANY (ARRAY['nl', 'en'])
            AND jsonb_typeof(body -> 'about') = 'string' AND body ->> 'about' !~ '[[:cntrl:]]' AND length(body ->> 'about') <= 200
            AND sealed - ARRAY['request', 'due'] = '{}') IS TRUE;
    WHEN 'mail_received' THEN
        RETURN (body ?& ARRAY['sort', 'language', 'asks', 'answered'] AND body - ARRAY['sort', 'language', 'asks', 'answered'] = '{}'
            AND jsonb_typeof(body -> 'sort') = 'string' AND body ->> 'sort' = ANY (ARRAY['mail', 'auto', 'bounce'])
            AND jsonb_typeof(body -> 'language') = 'string' AND body ->> 'language' = ANY (ARRAY['nl', 'en', 'de'])
            AND jsonb_typeof(body -> 'asks') = 'number' AND body ->> 'asks' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'answered') = 'string' AND body ->> 'answered' = ANY (ARRAY['yes', 'no'])
            AND sealed - ARRAY['mail', 'due'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'mail_decided' THEN
        RETURN (body ?& ARRAY['to', 'why', 'requests', 'in_time'] AND body - ARRAY['to', 'why', 'requests', 'in_time'] = '{}'
            AND jsonb_typeof(body -> 'to') = 'string' AND body ->> 'to' = ANY (ARRAY['accepted', 'dismissed'])
            AND jsonb_typeof(body -> 'why') = 'string' AND body ->> 'why' = ANY (ARRAY['', 'not_request', 'spam', 'duplicate', 'answered', 'automatic'])
            AND jsonb_typeof(body -> 'requests') = 'number' AND body ->> 'requests' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'in_time') = 'string' AND body ->> 'in_time' = ANY (ARRAY['yes', 'no'])
            AND sealed - ARRAY['mail', 'due'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'request_moved' THEN
        RETURN (body ?& ARRAY['right', 'from', 'to', 'reason', 'in_time'] AND body - ARRAY['right', 'from', 'to', 'reason', 'in_time'] = '{}'
            AND jsonb_typeof(body -> 'right') = 'string' AND body ->> 'right' = ANY (ARRAY['access', 'portability', 'rectification', 'objection', 'restriction', 'withdrawal', 'stop', 'closing', 'erasure', 'complaint', 'question'])
            AND jsonb_typeof(body -> 'from') = 'string' AND body ->> 'from' = ANY (ARRAY['received', 'acknowledged', 'identity', 'searching', 'review', 'delayed', 'answered', 'refused', 'withdrawn'])
            AND jsonb_typeof(body -> 'to') = 'string' AND body ->> 'to' = ANY (ARRAY['received', 'acknowledged', 'identity', 'searching', 'review', 'delayed', 'answered', 'refused', 'withdrawn'])
            AND jsonb_typeof(body -> 'reason') = 'string' AND body ->> 'reason' = ANY (ARRAY['', 'complexity', 'high_volume', 'identity_failure', 'unfounded', 'excessive', 'rights_of_others', 'legally_required', 'legal_claims', 'accurate', 'overriding_interest', 'no_data'])
            AND jsonb_typeof(body -> 'in_time') = 'string' AND body ->> 'in_time' = ANY (ARRAY['yes', 'no'])
            AND sealed - ARRAY['request', 'due'] = '{}') IS TRUE;
    WHEN 'letter_sent' THEN
        RETURN (body ?& ARRAY['letter', 'language', 'reason'] AND body - ARRAY['letter', 'language', 'reason'] = '{}'
            AND jsonb_typeof(body -> 'letter') = 'string' AND body ->> 'letter' = ANY (ARRAY['acknowledgement', 'identity', 'copy', 'corrected', 'objection_honoured', 'objection_dismissed', 'restricted', 'lifting', 'erased', 'done', 'refusal', 'extension', 'complaint', 'question', 'breach_person', 'breach_authority'])
            AND jsonb_typeof(body -> 'language') = 'string' AND body ->> 'language' = ANY (ARRAY['nl', 'en'])
            AND jsonb_typeof(body -> 'reason') = 'string' AND body ->> 'reason' = ANY (ARRAY['', 'complexity', 'high_volume', 'identity_failure', 'unfounded', 'excessive', 'rights_of_others', 'legally_required', 'legal_claims', 'accurate', 'overriding_interest', 'no_data'])
            AND sealed - ARRAY['letter_sha256'] = '{}') IS TRUE;
    WHEN 'breach_recorded' THEN
        RETURN (body ?& ARRAY['risk', 'state', 'hours_left', 'people'] AND body - ARRAY['risk', 'state', 'hours_left', 'people'] = '{}'
            AND jsonb_typeof(body -> 'risk') = 'string' AND body ->> 'risk' = ANY (ARRAY['unknown', 'none', 'risk', 'high'])
            AND jsonb_typeof(body -> 'state') = 'string' AND body ->> 'state' = ANY (ARRAY['open', 'reported', 'closed'])
            AND jsonb_typeof(body -> 'hours_left') = 'number' AND body ->> 'hours_left' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'people') = 'string' AND body ->> 'people' = ANY (ARRAY['told', 'not told'])
            AND sealed - ARRAY['breach'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'breach_moved' THEN
        RETURN (body ?& ARRAY['risk', 'state', 'hours_left', 'people'] AND body - ARRAY['risk', 'state', 'hours_left', 'people'] = '{}'
            AND jsonb_typeof(body -> 'risk') = 'string' AND body ->> 'risk' = ANY (ARRAY['unknown', 'none', 'risk', 'high'])
            AND jsonb_typeof(body -> 'state') = 'string' AND body ->> 'state' = ANY (ARRAY['open', 'reported', 'closed'])
            AND jsonb_typeof(body -> 'hours_left') = 'number' AND body ->> 'hours_left' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'people') = 'string' AND body ->> 'people' = ANY (ARRAY['told', 'not told'])
            AND sealed - ARRAY['breach'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'person_checked' THEN
        RETURN (body ?& ARRAY['outcome', 'method', 'level'] AND body - ARRAY['outcome', 'method', 'level'] = '{}'
            AND jsonb_typeof(body -> 'outcome') = 'string' AND body ->> 'outcome' = ANY (ARRAY['right', 'wrong', 'stopped'])
            AND jsonb_typeof(body -> 'method') = 'string' AND body ->> 'method' = ANY (ARRAY['code', 'two codes', 'session', 'wallet', 'letter', 'in person', 'mandate', 'passkey', 'oidc'])
            AND jsonb_typeof(body -> 'level') = 'number' AND body ->> 'level' ~ '^[0-9]{1,15}$'
            AND sealed = '{}') IS TRUE;
    WHEN 'objection_weighed' THEN
        RETURN (body ?& ARRAY['purpose'] AND body - ARRAY['purpose'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND sealed - ARRAY['reason'] = '{}') IS TRUE;
    WHEN 'message_sent' THEN
        RETURN (body ?& ARRAY['purpose', 'ground'] AND body - ARRAY['purpose', 'ground'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND jsonb_typeof(body -> 'ground') = 'string' AND body ->> 'ground' = ANY (ARRAY['consent', 'own customer'])
            AND sealed - ARRAY['message'] = '{}') IS TRUE;
    WHEN 'data_erased' THEN
        RETURN (body ?& ARRAY['erased', 'emptied', 'left', 'kept'] AND body - ARRAY['erased', 'emptied', 'left', 'kept'] = '{}'
            AND jsonb_typeof(body -> 'erased') = 'number' AND body ->> 'erased' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'emptied') = 'number' AND body ->> 'emptied' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'left') = 'number' AND body ->> 'left' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'kept') = 'number' AND body ->> 'kept' ~ '^[0-9]{1,15}$'
            AND sealed = '{}') IS TRUE;
    WHEN 'erasure_certified' THEN
        RETURN (body ?& ARRAY['places', 'certificate_sha256'] AND body - ARRAY['places', 'certificate_sha256'] = '{}'
            AND jsonb_typeof(body -> 'places') = 'number' AND body ->> 'places' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'certificate_sha256') = 'string' AND body ->> 'certificate_sha256' ~ '^[0-9a-f]{64}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'data_corrected' THEN
        RETURN (body ?& ARRAY['table', 'column', 'rows'] AND body - ARRAY['table', 'column', 'rows'] = '{}'
            AND jsonb_typeof(body -> 'table') = 'string' AND body ->> 'table' !~ '[[:cntrl:]]' AND length(body ->> 'table') <= 200
            AND jsonb_typeof(body -> 'column') = 'string' AND body ->> 'column' !~ '[[:cntrl:]]' AND length(body ->> 'column') <= 200
            AND jsonb_typeof(body -> 'rows') = 'number' AND body ->> 'rows' ~ '^[0-9]{1,15}$'
            AND sealed = '{}') IS TRUE;
    WHEN 'document_marked' THEN
        RETURN (body ?& ARRAY['table', 'column', 'rows'] AND body - ARRAY['table', 'column', 'rows'] = '{}'
            AND jsonb_typeof(body -> 'table') = 'string' AND body ->> 'table' !~ '[[:cntrl:]]' AND length(body ->> 'table') <= 200
            AND jsonb_typeof(body -> 'column') = 'string' AND body ->> 'column' !~ '[[:cntrl:]]' AND length(body ->> 'column') <= 200
            AND jsonb_typeof(body -> 'rows') = 'number' AND body ->> 'rows' ~ '^[0-9]{1,15}$'
            AND sealed = '{}') IS TRUE;
    WHEN 'data_disclosed' THEN
        RETURN (body ?& ARRAY['recipient', 'category'] AND body - ARRAY['recipient', 'category'] = '{}'
            AND jsonb_typeof(body -> 'recipient') = 'string' AND body ->> 'recipient' !~ '[[:cntrl:]]' AND length(body ->> 'recipient') <= 200
            AND jsonb_typeof(body -> 'category') = 'string' AND body ->> 'category' !~ '[[:cntrl:]]' AND length(body ->> 'category') <= 200
            AND sealed = '{}') IS TRUE;
    WHEN 'recipient_told' THEN
        RETURN (body ?& ARRAY['recipient', 'what'] AND body - ARRAY['recipient', 'what'] = '{}'
            AND jsonb_typeof(body -> 'recipient') = 'string' AND body ->> 'recipient' !~ '[[:cntrl:]]' AND length(body ->> 'recipient') <= 200
            AND jsonb_typeof(body -> 'what') = 'string' AND body ->> 'what' = ANY (ARRAY['access', 'rectification', 'erasure', 'restriction', 'lifting'])
            AND sealed = '{}') IS TRUE;
    WHEN 'system_done' THEN
        RETURN (body ?& ARRAY['system', 'what', 'found', 'changed', 'kept'] AND body - ARRAY['system', 'what', 'found', 'changed', 'kept'] = '{}'
            AND jsonb_typeof(body -> 'system') = 'string' AND body ->> 'system' !~ '[[:cntrl:]]' AND length(body ->> 'system') <= 200
            AND jsonb_typeof(body -> 'what') = 'string' AND body ->> 'what' = ANY (ARRAY['access', 'rectification', 'erasure', 'restriction', 'lifting'])
            AND jsonb_typeof(body -> 'found') = 'number' AND body ->> 'found' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'changed') = 'number' AND body ->> 'changed' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'kept') = 'number' AND body ->> 'kept' ~ '^[0-9]{1,15}$'
            AND sealed = '{}') IS TRUE;
    WHEN 'data_handed_over' THEN
        RETURN (body ?& ARRAY['copy_sha256'] AND body - ARRAY['copy_sha256'] = '{}'
            AND jsonb_typeof(body -> 'copy_sha256') = 'string' AND body ->> 'copy_sha256' ~ '^[0-9a-f]{64}$'
            AND sealed - ARRAY['to'] = '{}') IS TRUE;
    WHEN 'token_given' THEN
        RETURN (body ?& ARRAY['token', 'login', 'role', 'scopes', 'days'] AND body - ARRAY['token', 'login', 'role', 'scopes', 'days'] = '{}'
            AND jsonb_typeof(body -> 'token') = 'string' AND body ->> 'token' !~ '[[:cntrl:]]' AND length(body ->> 'token') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND jsonb_typeof(body -> 'scopes') = 'string' AND body ->> 'scopes' !~ '[[:cntrl:]]' AND length(body ->> 'scopes') <= 200
            AND jsonb_typeof(body -> 'days') = 'number' AND body ->> 'days' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'token_revoked' THEN
        RETURN (body ?& ARRAY['token', 'login', 'role'] AND body - ARRAY['token', 'login', 'role'] = '{}'
            AND jsonb_typeof(body -> 'token') = 'string' AND body ->> 'token' !~ '[[:cntrl:]]' AND length(body ->> 'token') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'copy_handed_out' THEN
        RETURN (body ?& ARRAY['right'] AND body - ARRAY['right'] = '{}'
            AND jsonb_typeof(body -> 'right') = 'string' AND body ->> 'right' = ANY (ARRAY['access', 'portability'])
            AND sealed - ARRAY['copy_sha256'] = '{}') IS TRUE;
    WHEN 'copy_judged' THEN
        RETURN (body ?& ARRAY['right', 'change', 'rule'] AND body - ARRAY['right', 'change', 'rule'] = '{}'
            AND jsonb_typeof(body -> 'right') = 'string' AND body ->> 'right' = ANY (ARRAY['access', 'portability'])
            AND jsonb_typeof(body -> 'change') = 'string' AND body ->> 'change' = ANY (ARRAY['taken', 'let_stand', 'taken_back'])
            AND jsonb_typeof(body -> 'rule') = 'string' AND body ->> 'rule' = ANY (ARRAY['reference', 'shared', 'organisation', 'named', 'address', 'judged'])
            AND sealed - ARRAY['request'] = '{}') IS TRUE;
    WHEN 'controls_registered' THEN
        RETURN (body ?& ARRAY['controls', 'register_sha256'] AND body - ARRAY['controls', 'register_sha256'] = '{}'
            AND jsonb_typeof(body -> 'controls') = 'number' AND body ->> 'controls' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'register_sha256') = 'string' AND body ->> 'register_sha256' ~ '^[0-9a-f]{64}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'control_tested' THEN
        RETURN (body ?& ARRAY['control', 'how', 'outcome', 'role'] AND body - ARRAY['control', 'how', 'outcome', 'role'] = '{}'
            AND jsonb_typeof(body -> 'control') = 'string' AND body ->> 'control' !~ '[[:cntrl:]]' AND length(body ->> 'control') <= 200
            AND jsonb_typeof(body -> 'how') = 'string' AND body ->> 'how' = ANY (ARRAY['measured', 'attested'])
            AND jsonb_typeof(body -> 'outcome') = 'string' AND body ->> 'outcome' = ANY (ARRAY['passed', 'failed'])
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND sealed - ARRAY['result', 'note'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'visit_key_destroyed' THEN
        RETURN (body ?& ARRAY['day', 'count'] AND body - ARRAY['day', 'count'] = '{}'
            AND jsonb_typeof(body -> 'day') = 'string' AND body ->> 'day' !~ '[[:cntrl:]]' AND length(body ->> 'day') <= 200
            AND jsonb_typeof(body -> 'count') = 'number' AND body ->> 'count' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'text_flagged' THEN
        RETURN (body ?& ARRAY['table', 'column', 'state', 'ground'] AND body - ARRAY['table', 'column', 'state', 'ground'] = '{}'
            AND jsonb_typeof(body -> 'table') = 'string' AND body ->> 'table' !~ '[[:cntrl:]]' AND length(body ->> 'table') <= 200
            AND jsonb_typeof(body -> 'column') = 'string' AND body ->> 'column' !~ '[[:cntrl:]]' AND length(body ->> 'column') <= 200
            AND jsonb_typeof(body -> 'state') = 'string' AND body ->> 'state' = ANY (ARRAY['open', 'kept', 'redacted', 'removed'])
            AND jsonb_typeof(body -> 'ground') = 'string' AND body ->> 'ground' = ANY (ARRAY['', 'consent', 'vital', 'public', 'claims', 'law', 'mistaken'])
            AND sealed - ARRAY['flag', 'row'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'backup_made' THEN
        RETURN (body ?& ARRAY['backup_sha256', 'bytes'] AND body - ARRAY['backup_sha256', 'bytes'] = '{}'
            AND jsonb_typeof(body -> 'backup_sha256') = 'string' AND body ->> 'backup_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'bytes') = 'number' AND body ->> 'bytes' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'backup_tried' THEN
        RETURN (body ?& ARRAY['backup_sha256', 'bytes'] AND body - ARRAY['backup_sha256', 'bytes'] = '{}'
            AND jsonb_typeof(body -> 'backup_sha256') = 'string' AND body ->> 'backup_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'bytes') = 'number' AND body ->> 'bytes' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'backup_restored' THEN
        RETURN (body ?& ARRAY['backup_sha256', 'bytes'] AND body - ARRAY['backup_sha256', 'bytes'] = '{}'
            AND jsonb_typeof(body -> 'backup_sha256') = 'string' AND body ->> 'backup_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'bytes') = 'number' AND body ->> 'bytes' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'access_reviewed' THEN
        RETURN (body ?& ARRAY['access_sha256', 'lines', 'role'] AND body - ARRAY['access_sha256', 'lines', 'role'] = '{}'
            AND jsonb_typeof(body -> 'access_sha256') = 'string' AND body ->> 'access_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'lines') = 'number' AND body ->> 'lines' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND sealed - ARRAY['review'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'emergency_opened' THEN
        RETURN (body ?& ARRAY['purpose', 'login', 'minutes', 'role'] AND body - ARRAY['purpose', 'login', 'minutes', 'role'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND jsonb_typeof(body -> 'minutes') = 'number' AND body ->> 'minutes' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND sealed - ARRAY['emergency', 'reason'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'emergency_ended' THEN
        RETURN (body ?& ARRAY['purpose', 'login'] AND body - ARRAY['purpose', 'login'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND sealed - ARRAY['emergency'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'emergency_reviewed' THEN
        RETURN (body ?& ARRAY['purpose', 'login', 'role'] AND body - ARRAY['purpose', 'login', 'role'] = '{}'
            AND jsonb_typeof(body -> 'purpose') = 'string' AND body ->> 'purpose' !~ '[[:cntrl:]]' AND length(body ->> 'purpose') <= 200
            AND jsonb_typeof(body -> 'login') = 'string' AND body ->> 'login' !~ '[[:cntrl:]]' AND length(body ->> 'login') <= 200
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND sealed - ARRAY['emergency'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'incident_opened' THEN
        RETURN (body ?& ARRAY['days', 'role'] AND body - ARRAY['days', 'role'] = '{}'
            AND jsonb_typeof(body -> 'days') = 'number' AND body ->> 'days' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND sealed - ARRAY['incident', 'reason'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'incident_ended' THEN
        RETURN (body = '{}'
            AND sealed - ARRAY['incident'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'addresses_dropped' THEN
        RETURN (body ?& ARRAY['count'] AND body - ARRAY['count'] = '{}'
            AND jsonb_typeof(body -> 'count') = 'number' AND body ->> 'count' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'exchange_moved' THEN
        RETURN (body ?& ARRAY['step', 'consumer'] AND body - ARRAY['step', 'consumer'] = '{}'
            AND jsonb_typeof(body -> 'step') = 'string' AND body ->> 'step' = ANY (ARRAY['asked', 'begun', 'chosen', 'closed', 'incident'])
            AND jsonb_typeof(body -> 'consumer') = 'string' AND body ->> 'consumer' = ANY (ARRAY['yes', 'no'])
            AND sealed - ARRAY['exchange'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'exchange_stated' THEN
        RETURN (body ?& ARRAY['statement_sha256', 'warnings_sha256', 'language'] AND body - ARRAY['statement_sha256', 'warnings_sha256', 'language'] = '{}'
            AND jsonb_typeof(body -> 'statement_sha256') = 'string' AND body ->> 'statement_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'warnings_sha256') = 'string' AND body ->> 'warnings_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'language') = 'string' AND body ->> 'language' = ANY (ARRAY['nl', 'en'])
            AND sealed - ARRAY['exchange'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'bundle_moved' THEN
        RETURN (body ?& ARRAY['before', 'after', 'bytes'] AND body - ARRAY['before', 'after', 'bytes'] = '{}'
            AND jsonb_typeof(body -> 'before') = 'string' AND body ->> 'before' = ANY (ARRAY['receiving', 'quarantined', 'screened', 'redacting', 'submitted', 'accepted', 'replaced', 'withdrawn', 'expired', 'refused', 'destroyed', 'returned'])
            AND jsonb_typeof(body -> 'after') = 'string' AND body ->> 'after' = ANY (ARRAY['receiving', 'quarantined', 'screened', 'redacting', 'submitted', 'accepted', 'replaced', 'withdrawn', 'expired', 'refused', 'destroyed', 'returned'])
            AND jsonb_typeof(body -> 'bytes') = 'number' AND body ->> 'bytes' ~ '^[0-9]{1,15}$'
            AND sealed - ARRAY['bundle'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'bundle_screened' THEN
        RETURN (body ?& ARRAY['outcome', 'detectors', 'found', 'bytes'] AND body - ARRAY['outcome', 'detectors', 'found', 'bytes'] = '{}'
            AND jsonb_typeof(body -> 'outcome') = 'string' AND body ->> 'outcome' = ANY (ARRAY['clean', 'findings', 'not_screened'])
            AND jsonb_typeof(body -> 'detectors') = 'string' AND body ->> 'detectors' !~ '[[:cntrl:]]' AND length(body ->> 'detectors') <= 200
            AND jsonb_typeof(body -> 'found') = 'number' AND body ->> 'found' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'bytes') = 'number' AND body ->> 'bytes' ~ '^[0-9]{1,15}$'
            AND sealed - ARRAY['exchange'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'bundle_looked' THEN
        RETURN (body ?& ARRAY['file'] AND body - ARRAY['file'] = '{}'
            AND jsonb_typeof(body -> 'file') = 'number' AND body ->> 'file' ~ '^[0-9]{1,15}$'
            AND sealed - ARRAY['exchange'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'bundle_opened' THEN
        RETURN (body ?& ARRAY['role', 'subcontractor'] AND body - ARRAY['role', 'subcontractor'] = '{}'
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND jsonb_typeof(body -> 'subcontractor') = 'string' AND body ->> 'subcontractor' !~ '[[:cntrl:]]' AND length(body ->> 'subcontractor') <= 200
            AND sealed - ARRAY['use', 'reason'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'error_fact_taken' THEN
        RETURN (body ?& ARRAY['times'] AND body - ARRAY['times'] = '{}'
            AND jsonb_typeof(body -> 'times') = 'number' AND body ->> 'times' ~ '^[0-9]{1,15}$'
            AND sealed - ARRAY['product', 'version', 'error'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'subcontractor_moved' THEN
        RETURN (body ?& ARRAY['step', 'subcontractor', 'country', 'tool'] AND body - ARRAY['step', 'subcontractor', 'country', 'tool'] = '{}'
            AND jsonb_typeof(body -> 'step') = 'string' AND body ->> 'step' = ANY (ARRAY['recorded', 'announced', 'approved', 'ended', 'granted', 'taken back', 'confirmed'])
            AND jsonb_typeof(body -> 'subcontractor') = 'string' AND body ->> 'subcontractor' !~ '[[:cntrl:]]' AND length(body ->> 'subcontractor') <= 200
            AND jsonb_typeof(body -> 'country') = 'string' AND body ->> 'country' !~ '[[:cntrl:]]' AND length(body ->> 'country') <= 200
            AND jsonb_typeof(body -> 'tool') = 'string' AND body ->> 'tool' !~ '[[:cntrl:]]' AND length(body ->> 'tool') <= 200
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'exchange_certified' THEN
        RETURN (body ?& ARRAY['certificate_sha256', 'choice', 'bundles', 'confirmed'] AND body - ARRAY['certificate_sha256', 'choice', 'bundles', 'confirmed'] = '{}'
            AND jsonb_typeof(body -> 'certificate_sha256') = 'string' AND body ->> 'certificate_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'choice') = 'string' AND body ->> 'choice' = ANY (ARRAY['return', 'destroy'])
            AND jsonb_typeof(body -> 'bundles') = 'number' AND body ->> 'bundles' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'confirmed') = 'number' AND body ->> 'confirmed' ~ '^[0-9]{1,15}$'
            AND sealed - ARRAY['exchange'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'looking_moved' THEN
        RETURN (body ?& ARRAY['step', 'by'] AND body - ARRAY['step', 'by'] = '{}'
            AND jsonb_typeof(body -> 'step') = 'string' AND body ->> 'step' = ANY (ARRAY['asked', 'began', 'paused', 'went on', 'ended'])
            AND jsonb_typeof(body -> 'by') = 'string' AND body ->> 'by' = ANY (ARRAY['customer', 'specialist', 'time', 'closing'])
            AND sealed - ARRAY['looking', 'use'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'looking_accepted' THEN
        RETURN (body ?& ARRAY['statement_sha256', 'language'] AND body - ARRAY['statement_sha256', 'language'] = '{}'
            AND jsonb_typeof(body -> 'statement_sha256') = 'string' AND body ->> 'statement_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'language') = 'string' AND body ->> 'language' = ANY (ARRAY['nl', 'en'])
            AND sealed - ARRAY['looking'] = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'report_paid' THEN
        RETURN (body ?& ARRAY['report', 'rho_millionths', 'delta_trillionths', 'question_sha256', 'role'] AND body - ARRAY['report', 'rho_millionths', 'delta_trillionths', 'question_sha256', 'role'] = '{}'
            AND jsonb_typeof(body -> 'report') = 'number' AND body ->> 'report' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'rho_millionths') = 'number' AND body ->> 'rho_millionths' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'delta_trillionths') = 'number' AND body ->> 'delta_trillionths' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'question_sha256') = 'string' AND body ->> 'question_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'role') = 'string' AND body ->> 'role' = ANY (ARRAY['officer', 'support', 'finance', 'auditor', 'subcontractor', 'none'])
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'report_released' THEN
        RETURN (body ?& ARRAY['report', 'report_sha256', 'rho_millionths', 'delta_trillionths', 'rows'] AND body - ARRAY['report', 'report_sha256', 'rho_millionths', 'delta_trillionths', 'rows'] = '{}'
            AND jsonb_typeof(body -> 'report') = 'number' AND body ->> 'report' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'report_sha256') = 'string' AND body ->> 'report_sha256' ~ '^[0-9a-f]{64}$'
            AND jsonb_typeof(body -> 'rho_millionths') = 'number' AND body ->> 'rho_millionths' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'delta_trillionths') = 'number' AND body ->> 'delta_trillionths' ~ '^[0-9]{1,15}$'
            AND jsonb_typeof(body -> 'rows') = 'number' AND body ->> 'rows' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    WHEN 'clock_set_back' THEN
        RETURN (body ?& ARRAY['minutes'] AND body - ARRAY['minutes'] = '{}'
            AND jsonb_typeof(body -> 'minutes') = 'number' AND body ->> 'minutes' ~ '^[0-9]{1,15}$'
            AND sealed = '{}'
            AND subject_kind IS NULL) IS TRUE;
    ELSE RETURN false;
    END CASE;
END $$;
COMMENT ON FUNCTION houvast.is_of_a_kind(text, jsonb, jsonb, text) IS 'What each kind of event holds, and nothing else (promise C01).';
REVOKE ALL ON FUNCTION houvast.is_of_a_kind(text, jsonb, jsonb, text) FROM PUBLIC;
ALTER TABLE houvast.event ADD CONSTRAINT event_is_of_a_kind CHECK (houvast.is_of_a_kind(kind, body, sealed, subject_kind));
COMMENT ON TABLE houvast.event IS 'What happened and waits to be taken into the log, in the transaction of what happened (promise C01).';
CREATE TABLE IF NOT EXISTS houvast.entry (
    index bigint PRIMARY KEY, nonce uuid NOT NULL UNIQUE, at timestamptz NOT NULL, kind text NOT NULL, promise text NOT NULL,
    body jsonb NOT NULL, leaf text NOT NULL, sealed jsonb, subject_kind text, subject_key text);
ALTER TABLE houvast.entry ADD COLUMN IF NOT EXISTS erased_at timestamptz;
CREATE INDEX IF NOT EXISTS entry_subject ON houvast.entry (subject_kind, subject_key, index) WHERE subject_kind IS NOT NULL;
CREATE INDEX IF NOT EXISTS entry_kind ON houvast.entry (kind, index);
CREATE INDEX IF NOT EXISTS entry_promise ON houvast.entry (promise, index) WHERE promise <> '';
CREATE INDEX IF NOT EXISTS entry_minute ON houvast.entry (date_trunc('minute', at AT TIME ZONE 'UTC'), index) INCLUDE (at);
COMMENT ON TABLE houvast.entry IS 'The entries of the log in order, and what opens their sealed fields until it is erased (promise C01).';
CREATE TABLE IF NOT EXISTS houvast.secret (
    kind text COLLATE "C", key text COLLATE "C", secret bytea NOT NULL CHECK (length(secret) = 32), PRIMARY KEY (kind, key));
COMMENT ON TABLE houvast.secret IS 'From what each person''s entries are sealed with; destroyed at erasure. Of nobody: the log''s own (promise C01).';
CREATE TABLE IF NOT EXISTS houvast.checkpoint (
    size bigint PRIMARY KEY, root bytea NOT NULL CHECK (length(root) = 32), note text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.checkpoint IS 'What was signed of the log, when it had how many entries (promise C01).';;

-- 8. make houvast tell (promise C01, as houvast_keeper)
-- Writes down that something happened, in the transaction in which it does; only the keeper's own functions call it
-- (promise C01).
CREATE OR REPLACE FUNCTION houvast.tell(kind text, promise text, body jsonb, sealed jsonb DEFAULT '{}',
    subject_kind text DEFAULT NULL, subject_key text DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO houvast.event (kind, promise, body, sealed, subject_kind, subject_key)
    VALUES (tell.kind, tell.promise, tell.body, tell.sealed, tell.subject_kind, tell.subject_key);
END;
REVOKE ALL ON FUNCTION houvast.tell(text, text, jsonb, jsonb, text, text) FROM PUBLIC;;

-- 9. make houvast tell_sign_in (promise C01, as houvast_keeper)
-- For the pages: one of the staff signed in. Of the log their login may tell this and `tell_export` (promise C01).
CREATE OR REPLACE FUNCTION houvast.tell_sign_in(role text, method text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT houvast.tell('staff_signed_in', '', jsonb_build_object('role', tell_sign_in.role, 'method', tell_sign_in.method));
END;
REVOKE ALL ON FUNCTION houvast.tell_sign_in(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'houvast_web') THEN
        GRANT EXECUTE ON FUNCTION houvast.tell_sign_in(text, text) TO houvast_web;
    END IF;
END $$;;

-- 10. make houvast tell_export (promise C01, as houvast_keeper)
-- For the pages: one of the staff took a part of the log along, to hand it out (promise C01).
CREATE OR REPLACE FUNCTION houvast.tell_export(role text, first bigint, last bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT houvast.tell('evidence_exported', '', jsonb_build_object('role', tell_export.role, 'first', tell_export.first, 'last', tell_export.last));
END;
REVOKE ALL ON FUNCTION houvast.tell_export(text, bigint, bigint) FROM PUBLIC;;

-- 11. make houvast shown (promise C01, as houvast_keeper)
-- For the pages: what is public of the log, with times to the minute, and how it stands. It is all that their login may
-- read of it; what is sealed, whom an entry is about and every secret stay with the keeper (promise C01).
CREATE OR REPLACE VIEW houvast.public_entry AS
SELECT index, date_trunc('minute', at AT TIME ZONE 'UTC') AS minute, kind, promise, body, leaf FROM houvast.entry;
COMMENT ON VIEW houvast.public_entry IS 'The entries of the log without what is sealed in them; minute: in UTC (promise C01).';
CREATE OR REPLACE VIEW houvast.public_log AS
SELECT e.waiting, date_trunc('minute', e.oldest AT TIME ZONE 'UTC') AS oldest,
       coalesce((SELECT max(index) + 1 FROM houvast.entry), 0) AS entries, c.size, c.note, c.made_at
FROM (SELECT count(*) AS waiting, min(at) AS oldest FROM houvast.event) e
     LEFT JOIN (SELECT size, note, made_at FROM houvast.checkpoint ORDER BY size DESC LIMIT 1) c ON true;
COMMENT ON VIEW houvast.public_log IS 'How the log stands: what waits, and the newest checkpoint (promise C01).';
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'houvast_web') THEN
        GRANT EXECUTE ON FUNCTION houvast.tell_export(text, bigint, bigint) TO houvast_web;
        GRANT SELECT ON houvast.public_entry, houvast.public_log TO houvast_web;
    END IF;
END $$;;

-- 12. make houvast token_fast (promise C02, as houvast_keeper)
-- The token lies in a setting that a superuser let the keeper alone set (promise C02).
CREATE OR REPLACE FUNCTION houvast.set_token(token text, use_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('backtrace_functions', token, false);
    PERFORM set_config('backtrace_functions', '', true);
    PERFORM pg_notify('houvast', '');
END $$;
CREATE OR REPLACE FUNCTION houvast.set_token_here(token text, use_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('backtrace_functions', token, true);
END $$;
CREATE OR REPLACE FUNCTION houvast.clear_token() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('backtrace_functions', '', false);
END $$;
CREATE OR REPLACE FUNCTION houvast.purpose_now() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT nullif(split_part(current_setting('backtrace_functions', true), '_', 2), '')::int;
END;
REVOKE ALL ON FUNCTION houvast.set_token(text, bigint), houvast.set_token_here(text, bigint), houvast.clear_token(), houvast.purpose_now()
    FROM PUBLIC;;

-- 13. make houvast terms (promise C31, as houvast_keeper)
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
END $$;;

-- 14. make houvast note_use (promise C02, as houvast_keeper)
-- Writes a use into the register, and sets the token for it; only the keeper's functions that have checked it call this
-- (promise C02).
CREATE OR REPLACE FUNCTION houvast.note_use(number int, reason text, who text, "case" text, lasts interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.note_use(int, text, text, text, interval) FROM PUBLIC;;

-- 15. make houvast record_use (promise C02, as houvast_keeper)
-- Records a use; the token that it sets counts once this transaction has committed. A refusal is remembered even when it is
-- rolled back (promise C02).
CREATE OR REPLACE FUNCTION houvast.record_use(purpose text, reason text, person text, "case" text,
    OUT id bigint, OUT role name, OUT path text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
END $$;;

-- 16. make houvast open_use (promise C02, as houvast_keeper)
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
END;;

-- 17. make houvast take_use (promise C02, as houvast_keeper)
-- Takes a recorded, committed use of the same login for this transaction (promise C02).
CREATE OR REPLACE FUNCTION houvast.take_use(use_id bigint, OUT role name, OUT path text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
END $$;;

-- 18. make houvast enter_use (promise C02, as houvast_keeper)
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
END $$;;

-- 19. make houvast end_use (promise C02, as houvast_keeper)
-- Ends a use of this login (promise C02).
CREATE OR REPLACE FUNCTION houvast.end_use(use_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.use SET ended_at = clock_timestamp() WHERE id = use_id AND login = session_user AND ended_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this login has no such use open (promise C02).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Give the number that open_use returned.';
    END IF;
    PERFORM houvast.clear_token();
END $$;;

-- 20. make houvast close_use (promise C02, as houvast_keeper)
-- Ends the use that this session has open, and gives the session back its own role and path (promise C02).
CREATE OR REPLACE FUNCTION houvast.close_use(use_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM houvast.end_use(use_id);
    PERFORM pg_catalog.set_config('role', 'none', false);
    PERFORM pg_catalog.set_config('search_path', '"$user", public', false);
END $$;;

-- 21. make houvast ring (promise C02, as houvast_keeper)
-- Refused calls, remembered where no rollback reaches: setval and nextval of a sequence are not undone. `refused` counts
-- them; each of 64 slots is a pair of sequences: what was refused, and a keyed hash of whom it named (promise C02).
CREATE TABLE IF NOT EXISTS houvast.ring (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), taken bigint NOT NULL DEFAULT 0, seen bigint NOT NULL DEFAULT 0,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(), seed bigint NOT NULL DEFAULT hashtextextended(gen_random_uuid()::text, 0));
COMMENT ON TABLE houvast.ring IS 'Up to which refused call they were taken into the log (promise C02).';
INSERT INTO houvast.ring DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE SEQUENCE IF NOT EXISTS houvast.refused;
COMMENT ON SEQUENCE houvast.refused IS 'How many calls were refused (promise C02).';
CREATE SEQUENCE IF NOT EXISTS houvast.refused_freed MINVALUE 0;
COMMENT ON SEQUENCE houvast.refused_freed IS 'Up to which refused call its slot may be written again (promise C02).';
CREATE SEQUENCE IF NOT EXISTS houvast.refused_beat MINVALUE 0;
COMMENT ON SEQUENCE houvast.refused_beat IS 'When somebody last took refused calls into the log, in seconds since 1970 (promise C02).';
DO $$ BEGIN
    FOR slot IN 0..63 LOOP
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS houvast.refused_what_%s MINVALUE 0', slot);
        EXECUTE format('COMMENT ON SEQUENCE houvast.refused_what_%s IS ''A refused call (promise C02).''', slot);
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS houvast.refused_whom_%s MINVALUE 0', slot);
        EXECUTE format('COMMENT ON SEQUENCE houvast.refused_whom_%s IS ''Whom it named, as a keyed hash (promise C02).''', slot);
    END LOOP;
END $$;;

-- 22. make houvast refuse (promise C02, as houvast_keeper)
-- Remembers a refusal, whatever becomes of the transaction. `why` is one of `refusal_words`; `purpose` its number, NULL when
-- the policy knows no such one; `who` the person that was named, as kind:key. A slot holds, from its highest bit: the call's
-- number mod 2^14, the login's oid (32 bits), why (4), the purpose (13). Where all slots wait to be taken, the call waits
-- up to a second while somebody takes them, and is else counted only (promise C02).
CREATE OR REPLACE FUNCTION houvast.refusal_words() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['purpose unknown', 'purpose not granted', 'reason missing', 'reason personal', 'not in force',
             'person missing', 'case missing', 'no request', 'no hold', 'no such use', 'not verified', 'no session', 'over the limit'];
CREATE OR REPLACE FUNCTION houvast.person_hash(who text, seed bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN hashtextextended(who, seed) & 9223372036854775807 | 1;
CREATE OR REPLACE FUNCTION houvast.refuse(why text, purpose int, who text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    login CONSTANT bigint := (SELECT r.oid::bigint FROM pg_roles r WHERE r.rolname = session_user);
    code CONSTANT bigint := array_position(houvast.refusal_words(), refuse.why);
    known CONSTANT bigint := CASE WHEN refuse.purpose BETWEEN 1 AND 8191 THEN refuse.purpose ELSE 0 END;
    whom bigint := 0;
    call bigint;
    slot bigint;
    patience int := 50;
BEGIN
    IF pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean THEN RETURN; END IF;
    IF refuse.who <> '' THEN SELECT houvast.person_hash(refuse.who, r.seed) INTO whom FROM houvast.ring r; END IF;
    call := nextval('houvast.refused');
    slot := call % 64;
    WHILE call - 64 > coalesce(pg_sequence_last_value('houvast.refused_freed'), 0) LOOP
        IF patience = 0 OR coalesce(pg_sequence_last_value('houvast.refused_beat'), 0) < extract(epoch FROM clock_timestamp()) - 10 THEN
            RETURN;
        END IF;
        patience := patience - 1;
        PERFORM pg_sleep(0.02);
    END LOOP;
    PERFORM setval(format('houvast.refused_whom_%s', slot)::regclass, whom);
    PERFORM setval(format('houvast.refused_what_%s', slot)::regclass,
                   ((call % 16384) << 49) | (login << 17) | (code << 13) | known);
END $$;
REVOKE ALL ON FUNCTION houvast.refusal_words(), houvast.person_hash(text, bigint), houvast.refuse(text, int, text) FROM PUBLIC;;

-- 23. make houvast gather_refusals (promise C02, as houvast_keeper)
-- Takes refused calls into the log, in order, and gives how many entries that makes. A slot that was taken is freed by the
-- next call, when this one has committed. A call that left no trace in its slot is waited for, 3 seconds, and then counted
-- as lost: it was cut off, or there was no room (promise C02).
CREATE OR REPLACE FUNCTION houvast.gather_refusals() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    beat CONSTANT bigint := extract(epoch FROM clock_timestamp())::bigint;
    ring houvast.ring;
    made bigint := coalesce(pg_sequence_last_value('houvast.refused'), 0);
    freed bigint := coalesce(pg_sequence_last_value('houvast.refused_freed'), 0);
    calls bigint[];
    whats bigint[];
    whoms bigint[];
    hole bigint;
    upto bigint;
    told int;
BEGIN
    IF coalesce(pg_sequence_last_value('houvast.refused_beat'), 0) <> beat THEN PERFORM setval('houvast.refused_beat', beat); END IF;
    SELECT r.* INTO ring FROM houvast.ring r;
    IF made = ring.taken AND freed = ring.taken THEN RETURN 0; END IF;
    SELECT r.* INTO ring FROM houvast.ring r FOR UPDATE;
    made := coalesce(pg_sequence_last_value('houvast.refused'), 0);
    IF made < ring.taken THEN  -- the sequences are of an older copy than the table
        UPDATE houvast.ring SET taken = made, seen = made RETURNING * INTO ring;
    END IF;
    PERFORM setval(format('houvast.refused_whom_%s', n % 64)::regclass, 0)
    FROM generate_series(greatest(freed + 1, ring.taken - 63), ring.taken) n;
    PERFORM setval('houvast.refused_freed', ring.taken);
    IF made = ring.taken THEN RETURN 0; END IF;
    SELECT coalesce(array_agg(c.n ORDER BY c.n), '{}'), coalesce(array_agg(c.what ORDER BY c.n), '{}'), coalesce(array_agg(c.whom ORDER BY c.n), '{}')
    INTO calls, whats, whoms
    FROM (SELECT s.slot, s.what, coalesce(pg_sequence_last_value(format('houvast.refused_whom_%s', s.slot)::regclass), 0) AS whom,
                 ring.taken + 1 + ((s.what >> 49) - (ring.taken + 1) % 16384 + 16384) % 16384 AS n
          FROM (SELECT slot, coalesce(pg_sequence_last_value(format('houvast.refused_what_%s', slot)::regclass), 0) AS what
                FROM generate_series(0, 63) slot) s WHERE s.what <> 0) c
    WHERE c.n <= least(made, ring.taken + 64) AND c.n % 64 = c.slot;
    SELECT min(n) INTO hole FROM generate_series(ring.taken + 1, least(made, ring.taken + 64)) n WHERE n <> ALL (calls);
    upto := CASE WHEN hole IS NULL THEN least(made, ring.taken + 64)
                 WHEN ring.seen >= hole AND ring.seen_at < clock_timestamp() - interval '3 seconds' THEN ring.seen
                 ELSE hole - 1 END;
    told := houvast.tell_refusals(calls, whats, whoms, upto, ring.seed);
    IF upto - ring.taken > told THEN
        PERFORM houvast.tell('refusals_uncounted', 'C02', jsonb_build_object('count', upto - ring.taken - told));
    END IF;
    UPDATE houvast.ring SET taken = upto, seen = CASE WHEN upto >= seen THEN made ELSE seen END,
        seen_at = CASE WHEN upto >= seen THEN clock_timestamp() ELSE seen_at END;
    RETURN told + (upto - ring.taken > told)::int;
END $$;
CREATE OR REPLACE FUNCTION houvast.tell_refusals(calls bigint[], whats bigint[], whoms bigint[], upto bigint, seed bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    words CONSTANT text[] := houvast.refusal_words();
    kinds text[] := '{}';
    keys text[] := '{}';
    hashes bigint[] := '{}';
    told int := 0;
BEGIN
    IF cardinality(array_remove(whoms, 0::bigint)) > 0 THEN
        SELECT array_agg(p.kind), array_agg(p.key), array_agg(houvast.person_hash(p.kind || ':' || p.key, seed)) INTO kinds, keys, hashes
        FROM houvast.person p WHERE houvast.person_hash(p.kind || ':' || p.key, seed) = ANY (whoms);
    END IF;
    PERFORM houvast.tell('use_refused', c.promise, jsonb_build_object('purpose', c.purpose, 'login', c.login, 'why', c.why), '{}', c.kind, c.key)
    FROM (
        SELECT w.why, coalesce(p.name, '') AS purpose, coalesce(r.rolname, 'a login that is gone') AS login,
               kinds[array_position(hashes, u.whom)] AS kind, keys[array_position(hashes, u.whom)] AS key,
               CASE WHEN w.why IN ('reason missing', 'reason personal', 'no such use') THEN 'C02' WHEN w.why IN ('not verified', 'no session') THEN 'C35' WHEN w.why = 'not in force' THEN 'C57'
                    ELSE coalesce(p.promise, 'C05') END AS promise
        FROM unnest(calls, whats, whoms) u (call, what, whom)
        CROSS JOIN LATERAL (SELECT words[(u.what >> 13) & 15] AS why) w
        LEFT JOIN houvast.purpose p ON p.number = u.what & 8191
        LEFT JOIN pg_roles r ON r.oid = ((u.what >> 17) & 4294967295)::oid
        WHERE u.call <= upto ORDER BY u.call) c;
    GET DIAGNOSTICS told = ROW_COUNT;
    RETURN told;
END $$;
REVOKE ALL ON FUNCTION houvast.gather_refusals(), houvast.tell_refusals(bigint[], bigint[], bigint[], bigint, bigint) FROM PUBLIC;;

-- 24. make houvast personal_in (promise C02, as houvast_keeper)
-- What kind of personal data stands in a text that must hold none, in words; NULL when none is found. Numbers count when their
-- check digits are right: the eleven-test of a BSN, ISO 13616 for an IBAN, ISO/IEC 7812 for a card. Names have no pattern. The words of
-- special categories are those of `houvast.screening` (promises C02, G16).
CREATE OR REPLACE FUNCTION houvast.is_bsn(digits text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN length(digits) = 9 AND digits <> '000000000' AND (
    SELECT sum(substr(digits, n, 1)::int * CASE n WHEN 9 THEN -1 ELSE 10 - n END) % 11 = 0 FROM generate_series(1, 9) n);
CREATE OR REPLACE FUNCTION houvast.is_iban(iban text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    lengths CONSTANT jsonb := '{"AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
        "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
        "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19,
        "SK": 24, "SM": 27, "TR": 26, "VA": 22}';
    size CONSTANT int := (lengths ->> left(iban, 2))::int;
    account CONSTANT text := substr(iban, 5, size - 4) || left(iban, 4);
    digits text := '';
BEGIN
    IF size IS NULL OR length(iban) < size OR length(regexp_replace(left(iban, size), '\D', '', 'g')) < 8 THEN RETURN false; END IF;
    SELECT string_agg(CASE WHEN c ~ '[0-9]' THEN c ELSE (ascii(c) - 55)::text END, '' ORDER BY n) INTO digits
    FROM regexp_split_to_table(account, '') WITH ORDINALITY s (c, n);
    RETURN digits::numeric % 97 = 1;
END $$;
CREATE OR REPLACE FUNCTION houvast.is_card(digits text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN length(digits) >= 13 AND length(digits) <= 19 AND (
    SELECT sum(substr('01234567890246813579', substr(reverse(digits), n, 1)::int + CASE n % 2 WHEN 0 THEN 11 ELSE 1 END, 1)::int) % 10 = 0
    FROM generate_series(1, length(digits)) n);
CREATE OR REPLACE FUNCTION houvast.is_special(words text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    begins text;
    told boolean := false;
    found int := 1;
    ends int;
BEGIN
    IF words ~ '(^|\D)([1-9]|1[0-5])(\D|$)' AND words ~*  E'\\y(?:[1-9]|1[0-5])[- ]?(?:jaar oud|jarige?|years? old|year-old)\\y|\\y(?:ik ben|i am|i''m|aged|leeftijd:?) (?:[1-9]|1[0-5])(?: jaar| years?)?\\y(?:[^\\d%.,:/-]|[.,][^\\d]|[.,]?$)|\\y(?:zoon(?:tje)?|dochter(?:tje)?|kind(?:je)?|jongen|meisje|leerling|kleinzoon|kleindochter|son|daughter|child|kid|boy|girl|pupil)\\y[^\\d\\n.]{0,20}\\y(?:[1-9]|1[0-5])(?: jaar| years?|\\))' THEN RETURN true; END IF;
    FOREACH begins IN ARRAY regexp_split_to_array(lower(words), '[^[:alnum:]]+') LOOP
        told := told OR (left(begins, 4) = ANY ('{aang,abor,addi,adhd,alco,alle,alzh,anor,anti,arbe,arre,ast,athe,auti,basi,bero,bipo,bise,bo,boed,bors,burn,chem,chil,chri,chur,conv,copd,crim,darm,deme,depr,diab,diag,disa,doct,drug,epil,ethn,etni,gay,gear,geha,gelo,geop,gere,geva,hals,hand,hart,hear,hepa,hers,hind,hiv,homo,hosp,huid,huis,illn,isla,jeho,jewi,jood,kank,kath,kerk,kind,lesb,leuk,lid,long,maag,medi,mind,misc,misk,mosk,mosl,mosq,mult,musl,nier,oper,over,park,poli,preg,prim,pris,pros,psyc,pts,quee,recl,reli,reum,rheu,rols,roma,schi,seks,sexu,shop,sick,stra,suic,suik,surg,susp,syna,taak,ther,trad,tran,tumo,unio,vakb,verd,vero,vers,wao,whee,wia,zelf,ziek,zwan}'::text[]) OR left(begins, 3) = ANY ('{aang,abor,addi,adhd,alco,alle,alzh,anor,anti,arbe,arre,ast,athe,auti,basi,bero,bipo,bise,bo,boed,bors,burn,chem,chil,chri,chur,conv,copd,crim,darm,deme,depr,diab,diag,disa,doct,drug,epil,ethn,etni,gay,gear,geha,gelo,geop,gere,geva,hals,hand,hart,hear,hepa,hers,hind,hiv,homo,hosp,huid,huis,illn,isla,jeho,jewi,jood,kank,kath,kerk,kind,lesb,leuk,lid,long,maag,medi,mind,misc,misk,mosk,mosl,mosq,mult,musl,nier,oper,over,park,poli,preg,prim,pris,pros,psyc,pts,quee,recl,reli,reum,rheu,rols,roma,schi,seks,sexu,shop,sick,stra,suic,suik,surg,susp,syna,taak,ther,trad,tran,tumo,unio,vakb,verd,vero,vers,wao,whee,wia,zelf,ziek,zwan}'::text[]) OR left(begins, 2) = ANY ('{aang,abor,addi,adhd,alco,alle,alzh,anor,anti,arbe,arre,ast,athe,auti,basi,bero,bipo,bise,bo,boed,bors,burn,chem,chil,chri,chur,conv,copd,crim,darm,deme,depr,diab,diag,disa,doct,drug,epil,ethn,etni,gay,gear,geha,gelo,geop,gere,geva,hals,hand,hart,hear,hepa,hers,hind,hiv,homo,hosp,huid,huis,illn,isla,jeho,jewi,jood,kank,kath,kerk,kind,lesb,leuk,lid,long,maag,medi,mind,misc,misk,mosk,mosl,mosq,mult,musl,nier,oper,over,park,poli,preg,prim,pris,pros,psyc,pts,quee,recl,reli,reum,rheu,rols,roma,schi,seks,sexu,shop,sick,stra,suic,suik,surg,susp,syna,taak,ther,trad,tran,tumo,unio,vakb,verd,vero,vers,wao,whee,wia,zelf,ziek,zwan}'::text[])) AND begins ~ '^(aangehouden|aangifte|abortus|addict|adhd|alcohol|allergi|allergic|alzheimer|anorexia|antidepressant|antidepressi|arbeidsongeschikt|arrested|ast|atheist|autis|basisschool|beroerte|bipolair|bipolar|biseksu|bisexual|bo|boeddhist|borst|burn|chemo|child|christen|christian|church|convicted|copd|criminal|darm|dement|depressie|diabet|diagnose|diagnosed|disab|doctor|drugsverslaving|epilep|ethnic|etnische|gay|gearresteerd|gehandicapt|geloof|geloofsovertuiging|geopereerd|gereformeerd|gevangenis|gevangenisstraf|hals|handicap|hart|heart|hepatitis|herseninfarct|hindoe|hiv|homo|homoseksu|homosexual|hospital|huid|huisarts|illness|islam|islamitisch|jehova|jehovah|jewish|joods|kanker|katholiek|kerk|kind|lesbian|lesbisch|leuk|lid|long|maag|medicatie|medication|medicijnen|medicijngebruik|minderjarig|miscarriage|miskraam|moskee|moslim|mosque|multiple|muslim|nierdialyse|operatie|overspannen|parkinson|political|politieke|pregnan|primary|prison|prostaat|psychiat|psycholoog|psychotherap|pts|queer|reclassering|religie|religion|reuma|rheumatism|rolstoel|roman|schizo|seksuele|sexual|shop|sick|strafblad|suicidal|suicide|suikerziekte|surgery|suspect|synagoge|synagogue|taakstraf|therapeut|therapie|therapist|therapy|trade|transgender|transseksueel|tumo|union|vakbond|vakbondslid|verdachte|veroordeeld|verslaafd|verslaving|verslavingszorg|wao|wheelchair|wia|zelfmoord|ziek|ziekenhuis|ziekgemeld|ziekmelding|ziekte|zwanger)';
    END LOOP;
    IF NOT told THEN RETURN false; END IF;
    IF words ~*  E'\\y(diabet(?:es|icus|icae?|ic)|suikerziekte|(?:borst|long|huid|darm|prostaat|hals|maag)?kanker(?:patient|behandeling)?|leuk(?:emie|aemia|emia)|tumou?r(?:en|s)?|chemo(?:therapie|therapy|kuur)?|hiv(?:-positi(?:ef|ve))?|hepatitis|epilep(?:sie|sy|tisch|tic)|asth?ma(?:tisch|tic)?|copd|reuma(?:tisch)?|rheumatism|multiple scleros(?:e|is)|parkinson|alzheimer|dement(?:ie|ia|erend)|schizo(?:frenie|freen|phrenia|phrenic)|bipolaire?(?: stoornis)?|bipolar disorder|adhd|autis(?:me|m|tisch|tic)|pts[sd]|burn-?out|depressie(?:s|f|ve)?|antidepressi(?:va|vum)|antidepressants?|anorexia|bou?limia|zelfmoord(?:poging)?|suicidal|suicide attempt|zwanger(?:schap)?|pregnan(?:t|cy)|miskraam|miscarriage|abortus|hart(?:infarct|aanval|patient|falen)|heart attack|beroerte|herseninfarct|nierdialyse|arbeidsongeschikt(?:heid)?|rolstoel|wheelchair user|ziekte van [a-z]{3,15}|medicijngebruik|psychiat(?:er|rist|risch|rische|ric)|psychotherap(?:ie|eut|y|ist)|alcohol(?:ist|isme|verslaving|ism)|drugsverslaving|verslavingszorg|vakbondslid(?:maatschap)?|lid van (?:de |een )?(?:vakbond|fnv|cnv|vcp)|(?:trade )?union member(?:ship)?|homoseksu(?:eel|ele)|homosexual|biseksu(?:eel|ele)|bisexual|lesbisch|lesbian|transgender|transseksueel|seksuele (?:geaardheid|voorkeur)|sexual orientation|strafblad|veroordeeld (?:voor|wegens|tot)|gevangenisstraf|taakstraf|reclassering|criminal (?:record|conviction)|convicted (?:of|for)|prison sentence|moslima?|muslim|islamitisch|joods(?:e)?|jewish|katholieke?|roman catholic|gereformeerde?|hindoe|boeddhist|jehova''?s? getuigen?|jehovah''?s witness(?:es)?|etnische (?:afkomst|achtergrond)|ethnic (?:origin|background)|politieke (?:voorkeur|overtuiging)|political (?:opinions?|affiliation)|minderjarige?|kind(?:eren)? (?:onder|jonger dan) (?:de )?(?:zestien|16)|child(?:ren)? under (?:the age of )?(?:sixteen|16))\\y' THEN RETURN true; END IF;
    LOOP
        found := regexp_instr(words,  E'\\y(zieke?|ziekmelding|ziekgemeld|ziekenhuis|operatie|geopereerd|medicijnen|medicatie|allergi(?:e|sch)|handicap|gehandicapt|therapie|therapeut|psycholoog|diagnose|verslaafd|verslaving|overspannen|wia|wao|huisarts|sick leave|illness|hospital|surgery|medication|allergic|disab(?:led|ility)|therapist|therapy|diagnosed|addict(?:ed|ion)|doctor|vakbond|trade union|shop steward|homo|gay|queer|geloof|geloofsovertuiging|religie|religion|kerk|church|moskee|mosque|synagoge|synagogue|christen|christian|islam|atheist|gevangenis|prison|aangehouden|arrested|gearresteerd|verdachte van|suspect of|aangifte tegen|lid van de partij|basisschool|primary school)\\y', found, 1, 0, 'i');
        IF coalesce(found, 0) = 0 THEN RETURN false; END IF;
        ends := regexp_instr(words,  E'\\y(zieke?|ziekmelding|ziekgemeld|ziekenhuis|operatie|geopereerd|medicijnen|medicatie|allergi(?:e|sch)|handicap|gehandicapt|therapie|therapeut|psycholoog|diagnose|verslaafd|verslaving|overspannen|wia|wao|huisarts|sick leave|illness|hospital|surgery|medication|allergic|disab(?:led|ility)|therapist|therapy|diagnosed|addict(?:ed|ion)|doctor|vakbond|trade union|shop steward|homo|gay|queer|geloof|geloofsovertuiging|religie|religion|kerk|church|moskee|mosque|synagoge|synagogue|christen|christian|islam|atheist|gevangenis|prison|aangehouden|arrested|gearresteerd|verdachte van|suspect of|aangifte tegen|lid van de partij|basisschool|primary school)\\y', found, 1, 1, 'i');
        IF (substr(words, greatest(1, found - 70), least(found - 1, 70)) ~*  E'\\y(?:ik|mijn|m''n|mij|me|zij|hij|haar|zijn|hem|wij|ons|onze|i|i''m|my|he|she|his|her|our|we|patient|klant|collega|moeder|vader|dochter|zoon|zoontje|dochtertje|kind|man|vrouw|partner|medewerker|mevrouw|meneer|mother|father|daughter|son|child|husband|wife|colleague)\\y' OR substr(words, ends, 70) ~*  E'\\y(?:ik|mijn|m''n|mij|me|zij|hij|haar|zijn|hem|wij|ons|onze|i|i''m|my|he|she|his|her|our|we|patient|klant|collega|moeder|vader|dochter|zoon|zoontje|dochtertje|kind|man|vrouw|partner|medewerker|mevrouw|meneer|mother|father|daughter|son|child|husband|wife|colleague)\\y')
           AND substr(words, greatest(1, found - 70), ends + 20 - greatest(1, found - 70)) !~* '(?:ziek(?: word| ben)? (?:ik )?van|sick of|doctor (?:who|string)|christian name)' THEN
            RETURN true;
        END IF;
        found := ends;
    END LOOP;
END $$;
CREATE OR REPLACE FUNCTION houvast.looks_like(kind text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE kind
    WHEN 'bsn' THEN '(?<![[:alnum:]_.,-])(\d{9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3})(?![[:alnum:]_-]|[.,]\d)'
    WHEN 'named bsn' THEN '\m(bsn|burgerservicenummer|sofi-?nummer)[^[:alnum:]]{0,3}\d{8,9}\M'
    WHEN 'iban' THEN '\m([A-Z]{2}\d{2}( ?[A-Z0-9]){11,30})'
    WHEN 'card' THEN '(?<![[:alnum:]_.,-])([3-6]\d{3}([ -]?\d{4}){2}[ -]?\d{1,7}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![[:alnum:]_-])'
    WHEN 'birth_date' THEN '\m(geboren|geb\.|geboorte\w{0,10}|born|birth\w{0,4}|d\.?o\.?b\.?)[^\d\n]{0,25}'
        || '(\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}|(19|20)\d\d-\d\d-\d\d|\d{1,2} [a-z]{3,9} (19|20)\d\d)'
    WHEN 'secret' THEN '\m(password|passwd|pwd|wachtwoord|pincode|api[ _-]?key|(access|auth|api|bearer)[ _-]?token|client[ _-]?secret)["'']?\s*[:=]\s*["'']?[^\s"'',;]{4,}'
        || '|\m(password|wachtwoord|pincode)\s+(is|luidt)\s+[^\s"'',;]*\d[^\s"'',;]*|-----BEGIN [A-Z ]*PRIVATE KEY-----|\meyJ[\w-]{10,}\.[\w-]+'
        || '|\m(AKIA[0-9A-Z]{16}|gh[pousr]_\w{36})\M|://[^\s/:@]+:[^\s/@]+@'
    END;
CREATE OR REPLACE FUNCTION houvast.plainly(words text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN translate(words, U&'\00A0\202F\2009\2010\2011\2012\2013\2014', '   -----');
CREATE OR REPLACE FUNCTION houvast.shielded_in(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    found text[] := '{}';
BEGIN
    IF said ~ '\d' THEN
        IF said ~ '\d{9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3}' AND EXISTS (SELECT FROM regexp_matches(said, houvast.looks_like('bsn'), 'g') m
                   WHERE m[1] !~ '^(19|20)\d\d[ .](0[1-9]|1[0-2])[ .]' AND houvast.is_bsn(translate(m[1], ' .', '')))
           OR said ~* houvast.looks_like('named bsn') THEN
            found := found || text 'bsn';
        END IF;
        IF said ~ '[[:alpha:]]{2}\d{2}' AND EXISTS (SELECT FROM regexp_matches(upper(said), houvast.looks_like('iban'), 'g') m WHERE houvast.is_iban(replace(m[1], ' ', ''))) THEN
            found := found || text 'iban';
        END IF;
        IF said ~* houvast.looks_like('birth_date') THEN found := found || text 'birth_date'; END IF;
        IF said ~ '[3-6]\d{3}[ -]?\d{4}|3[47]\d{2}[ -]?\d{6}' AND EXISTS (SELECT FROM regexp_matches(said, houvast.looks_like('card'), 'g') m WHERE houvast.is_card(translate(m[1], ' -', ''))) THEN
            found := found || text 'card';
        END IF;
    END IF;
    IF said ~* '(pass|pwd|wachtwoord|pincode|api|token|secret|private key|eyj|akia|gh[pousr]_|://)' AND said ~* houvast.looks_like('secret') THEN found := found || text 'secret'; END IF;
    IF houvast.is_special(said) THEN found := found || text 'special'; END IF;
    RETURN found;
END $$;
CREATE OR REPLACE FUNCTION houvast.kinds_in(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    said CONSTANT text := houvast.plainly(words);
    found text[] := '{}';
BEGIN
    IF strpos(said, '@') > 0 AND said ~* '[[:alnum:]_.+%-]+@[[:alnum:]-]+(\.[[:alnum:]-]+)*\.[a-z]{2,24}\M' THEN found := found || text 'email'; END IF;
    IF said ~ '\d' THEN
        IF said ~ '(?<![[:alnum:]+])(\+|00)[1-9]\d{0,2}[ ./-]?(\(0\))?([ ./-]?\d){7,12}(?!\d)'
           OR said ~ '(?<![[:alnum:]./,:-])0[1-9]\d{8}(?![[:alnum:]-])'
           OR said ~ '(?<![[:alnum:]./,:-])06[ -](\d{8}|\d{4}[ -]\d{4}|\d{2}([ -]\d{2}){3}|\d{3}[ -]\d{2}[ -]\d{3})(?![[:alnum:]-])'
           OR said ~ '(?<![[:alnum:]./,:-])\(?0[1-57]\d\)?[ -](\d{7}|\d{3} \d{4}|\d{3} \d{2} \d{2})(?![[:alnum:]-])'
           OR said ~ '(?<![[:alnum:]./,:-])\(?0[1-57]\d{2}\)?[ -](\d{6}|\d{3} \d{3}|\d{2} \d{2} \d{2})(?![[:alnum:]-])' THEN
            found := found || text 'phone';
        END IF;
        IF said ~ '\m(?!(19|20)\d\d )[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2},? {1,2}\d{1,5}\M'
           OR said ~ '\m\d{1,5} ?[a-z]{0,2},? {1,2}(?!(19|20)\d\d )[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\M' THEN
            found := found || text 'address';
        END IF;
    END IF;
    RETURN found || houvast.shielded_in(said);
END $$;
CREATE OR REPLACE FUNCTION houvast.personal_in(words text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE (houvast.kinds_in(words))[1] WHEN 'email' THEN 'an e-mail address' WHEN 'phone' THEN 'a phone number'
    WHEN 'bsn' THEN 'a citizen service number (BSN)' WHEN 'iban' THEN 'a bank account number (IBAN)' WHEN 'address' THEN 'an address'
    WHEN 'birth_date' THEN 'a date of birth' WHEN 'card' THEN 'the number of a payment card' WHEN 'secret' THEN 'a password or key'
    WHEN 'special' THEN 'what the law protects more, such as health, or that somebody is a child' END;
CREATE OR REPLACE FUNCTION houvast.held_in(words text, may text[]) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY(SELECT k FROM unnest(houvast.shielded_in(houvast.plainly(words))) k WHERE NOT k = ANY (may));
CREATE OR REPLACE FUNCTION houvast.redacted(words text, may text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    made text := houvast.plainly(words);
    kind text;
BEGIN
    FOREACH kind IN ARRAY houvast.held_in(words, may) LOOP
        IF kind = 'special' THEN
            made := regexp_replace(regexp_replace(regexp_replace(made,  E'\\y(diabet(?:es|icus|icae?|ic)|suikerziekte|(?:borst|long|huid|darm|prostaat|hals|maag)?kanker(?:patient|behandeling)?|leuk(?:emie|aemia|emia)|tumou?r(?:en|s)?|chemo(?:therapie|therapy|kuur)?|hiv(?:-positi(?:ef|ve))?|hepatitis|epilep(?:sie|sy|tisch|tic)|asth?ma(?:tisch|tic)?|copd|reuma(?:tisch)?|rheumatism|multiple scleros(?:e|is)|parkinson|alzheimer|dement(?:ie|ia|erend)|schizo(?:frenie|freen|phrenia|phrenic)|bipolaire?(?: stoornis)?|bipolar disorder|adhd|autis(?:me|m|tisch|tic)|pts[sd]|burn-?out|depressie(?:s|f|ve)?|antidepressi(?:va|vum)|antidepressants?|anorexia|bou?limia|zelfmoord(?:poging)?|suicidal|suicide attempt|zwanger(?:schap)?|pregnan(?:t|cy)|miskraam|miscarriage|abortus|hart(?:infarct|aanval|patient|falen)|heart attack|beroerte|herseninfarct|nierdialyse|arbeidsongeschikt(?:heid)?|rolstoel|wheelchair user|ziekte van [a-z]{3,15}|medicijngebruik|psychiat(?:er|rist|risch|rische|ric)|psychotherap(?:ie|eut|y|ist)|alcohol(?:ist|isme|verslaving|ism)|drugsverslaving|verslavingszorg|vakbondslid(?:maatschap)?|lid van (?:de |een )?(?:vakbond|fnv|cnv|vcp)|(?:trade )?union member(?:ship)?|homoseksu(?:eel|ele)|homosexual|biseksu(?:eel|ele)|bisexual|lesbisch|lesbian|transgender|transseksueel|seksuele (?:geaardheid|voorkeur)|sexual orientation|strafblad|veroordeeld (?:voor|wegens|tot)|gevangenisstraf|taakstraf|reclassering|criminal (?:record|conviction)|convicted (?:of|for)|prison sentence|moslima?|muslim|islamitisch|joods(?:e)?|jewish|katholieke?|roman catholic|gereformeerde?|hindoe|boeddhist|jehova''?s? getuigen?|jehovah''?s witness(?:es)?|etnische (?:afkomst|achtergrond)|ethnic (?:origin|background)|politieke (?:voorkeur|overtuiging)|political (?:opinions?|affiliation)|minderjarige?|kind(?:eren)? (?:onder|jonger dan) (?:de )?(?:zestien|16)|child(?:ren)? under (?:the age of )?(?:sixteen|16))\\y', '[...]', 'gi'),  E'\\y(zieke?|ziekmelding|ziekgemeld|ziekenhuis|operatie|geopereerd|medicijnen|medicatie|allergi(?:e|sch)|handicap|gehandicapt|therapie|therapeut|psycholoog|diagnose|verslaafd|verslaving|overspannen|wia|wao|huisarts|sick leave|illness|hospital|surgery|medication|allergic|disab(?:led|ility)|therapist|therapy|diagnosed|addict(?:ed|ion)|doctor|vakbond|trade union|shop steward|homo|gay|queer|geloof|geloofsovertuiging|religie|religion|kerk|church|moskee|mosque|synagoge|synagogue|christen|christian|islam|atheist|gevangenis|prison|aangehouden|arrested|gearresteerd|verdachte van|suspect of|aangifte tegen|lid van de partij|basisschool|primary school)\\y', '[...]', 'gi'),  E'\\y(?:[1-9]|1[0-5])[- ]?(?:jaar oud|jarige?|years? old|year-old)\\y|\\y(?:ik ben|i am|i''m|aged|leeftijd:?) (?:[1-9]|1[0-5])(?: jaar| years?)?\\y(?:[^\\d%.,:/-]|[.,][^\\d]|[.,]?$)|\\y(?:zoon(?:tje)?|dochter(?:tje)?|kind(?:je)?|jongen|meisje|leerling|kleinzoon|kleindochter|son|daughter|child|kid|boy|girl|pupil)\\y[^\\d\\n.]{0,20}\\y(?:[1-9]|1[0-5])(?: jaar| years?|\\))', '[...]', 'gi');
        ELSE
            made := regexp_replace(made, houvast.looks_like(kind), '[...]', 'gi');
            IF kind = 'bsn' THEN made := regexp_replace(made, houvast.looks_like('named bsn'), '[...]', 'gi'); END IF;
        END IF;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION houvast.is_bsn(text), houvast.is_iban(text), houvast.is_card(text), houvast.is_special(text), houvast.looks_like(text),
    houvast.plainly(text), houvast.shielded_in(text), houvast.kinds_in(text), houvast.personal_in(text), houvast.held_in(text, text[]), houvast.redacted(text, text[]) FROM PUBLIC;;

-- 25. make houvast tell_use (promise C02, as houvast_keeper)
-- A use that is recorded, and its end, go into the log in the same transaction; by whatever statement the register is
-- written (promise C02).
CREATE OR REPLACE FUNCTION houvast.instant(at timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
CREATE OR REPLACE FUNCTION houvast.tell_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p houvast.purpose;
BEGIN
    SELECT q.* INTO p FROM houvast.purpose q WHERE q.number = NEW.purpose;
    IF TG_OP = 'INSERT' THEN
        PERFORM houvast.tell('use_opened', 'C02', jsonb_build_object('purpose', p.name, 'login', NEW.login, 'one', p.one),
            jsonb_build_object('use', NEW.id, 'reason', NEW.reason, 'client', NEW.client, 'case', coalesce(NEW."case", ''),
                               'from', houvast.instant(NEW.opened_at), 'until', houvast.instant(NEW.until)), NEW.kind, NEW.person);
    END IF;
    IF NEW.ended_at IS NOT NULL THEN
        PERFORM houvast.tell('use_closed', 'C02', jsonb_build_object('purpose', p.name, 'login', NEW.login),
            jsonb_build_object('use', NEW.id, 'to', houvast.instant(NEW.ended_at)), NEW.kind, NEW.person);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_use() IS 'Keeps promise C02';
REVOKE ALL ON FUNCTION houvast.instant(timestamptz), houvast.tell_use() FROM PUBLIC;;

-- 26. make houvast telling_uses (promise C02, as houvast_keeper)
-- From here on every use has its entry: the lock of the trigger lets no use slip in between (promise C02).
CREATE OR REPLACE TRIGGER hv_tell_use AFTER INSERT ON houvast.use FOR EACH ROW EXECUTE FUNCTION houvast.tell_use();
CREATE OR REPLACE TRIGGER hv_tell_use_ended AFTER UPDATE ON houvast.use FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION houvast.tell_use();
ALTER TABLE houvast.use ENABLE ALWAYS TRIGGER hv_tell_use;
ALTER TABLE houvast.use ENABLE ALWAYS TRIGGER hv_tell_use_ended;
COMMENT ON TRIGGER hv_tell_use ON houvast.use IS 'Keeps promise C02';
COMMENT ON TRIGGER hv_tell_use_ended ON houvast.use IS 'Keeps promise C02';
INSERT INTO houvast.setting SELECT 'uses before the log', coalesce(max(id), 0)::text FROM houvast.use ON CONFLICT DO NOTHING;
INSERT INTO houvast.setting VALUES ('log since', houvast.instant(clock_timestamp())) ON CONFLICT DO NOTHING;;

-- 27. make houvast is_filling (promise C13, as houvast_keeper)
-- Whether apply fills what was there before: that is told as one event, that a policy was applied. Anybody may set the
-- setting, but only a superuser's session counts, which could as well take the triggers away (promise C13).
CREATE OR REPLACE FUNCTION houvast.is_filling() RETURNS boolean LANGUAGE sql STABLE
RETURN current_setting('houvast.filling', true) = 'yes' AND (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = session_user);
REVOKE ALL ON FUNCTION houvast.is_filling() FROM PUBLIC;;

-- 28. make table outgoing (promise C35, as houvast_keeper)
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
COMMENT ON TABLE houvast.outgoing IS 'Mail that waits to be sent to people, and when what went before was sent (promise C35).';;

-- 29. make table checking (promise C35, as houvast_keeper)
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
INSERT INTO houvast.secret VALUES ('', 'checks', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))) ON CONFLICT DO NOTHING;;

-- 30. make table checked (promise C35, as houvast_keeper)
-- How many codes were asked in an hour: for an address, for a person, from a network, in all. Whom or where stands here as
-- a keyed hash (promise C35).
CREATE TABLE IF NOT EXISTS houvast.checked (what bytea, hour timestamptz, count int NOT NULL, PRIMARY KEY (what, hour));
COMMENT ON TABLE houvast.checked IS 'How many codes were asked in an hour, by a keyed hash of whom and where (promise C35).';;

-- 31. make table person_session (promise C35, as houvast_keeper)
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
COMMENT ON TABLE houvast.person_session IS 'Sessions of people on the pages: a hash of their secret, of which check, how sure, until when (promise C35).';;

-- 32. make function new_secret (promise C35, as houvast_keeper)
-- A secret of 244 random bits: what a browser keeps, or a link holds (promise C35).
CREATE OR REPLACE FUNCTION houvast.new_secret() RETURNS text LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
COMMENT ON FUNCTION houvast.new_secret() IS 'A new secret (promise C35)';
REVOKE ALL ON FUNCTION houvast.new_secret() FROM PUBLIC;;

-- 33. make function new_code (promise C35, as houvast_keeper)
-- A code of 8 characters out of 32 (40 bits), in Crockford's alphabet: without I, L, O and U, which are read or heard as
-- others (promise C35).
CREATE OR REPLACE FUNCTION houvast.new_code() RETURNS text LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN (SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(s.drawn, n) & 31) + 1, 1), '' ORDER BY n)
        FROM (SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS drawn) s, generate_series(0, 7) n);
COMMENT ON FUNCTION houvast.new_code() IS 'A new code for one check (promise C35)';
REVOKE ALL ON FUNCTION houvast.new_code() FROM PUBLIC;;

-- 34. make function typed_code (promise C35, as houvast_keeper)
-- A code as somebody typed or pasted it: spaces and dashes go, small letters count, O is read as 0, I and L as 1 (promise C35).
CREATE OR REPLACE FUNCTION houvast.typed_code(code text) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN convert_to(translate(upper(regexp_replace(left(coalesce(code, ''), 40), '[^[:alnum:]]', '', 'g')), 'OIL', '011'), 'UTF8');
COMMENT ON FUNCTION houvast.typed_code(text) IS 'A code as it is compared (promise C35)';
REVOKE ALL ON FUNCTION houvast.typed_code(text) FROM PUBLIC;;

-- 35. make function count_asking (promise C35, as houvast_keeper)
-- Counts a code that is asked, and says whether it may be sent: 5 an hour for an address and for a person, 20 from a network.
-- What is over that counts for nobody else. Beyond 1000 in all, each network still gets two and each person one: whoever asks
-- from many networks slows others down, and locks nobody out. Counted by adding, so that no two at once are counted as one, in
-- one order, so that nobody waits in a circle (promise C35).
CREATE OR REPLACE FUNCTION houvast.count_asking(address text, person text, network text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.count_asking(text, text, text) FROM PUBLIC;;

-- 36. make function codes_asked (promise C35, as houvast_keeper)
-- How many codes were asked this hour in all: beyond 1000 the worker raises an alarm (promise C35).
CREATE OR REPLACE FUNCTION houvast.codes_asked() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(c.count), 0) FROM houvast.checked c, houvast.secret s WHERE s.kind = '' AND s.key = 'checks'
        AND c.what = sha256(s.secret || 'all '::bytea) AND c.hour = date_trunc('hour', clock_timestamp())
$$;
COMMENT ON FUNCTION houvast.codes_asked() IS 'How many codes were asked this hour (promise C35)';
REVOKE ALL ON FUNCTION houvast.codes_asked() FROM PUBLIC;;

-- 37. make function counted (promise C35, as houvast_keeper)
-- Counts one thing, and says whether it was at most so often this hour; atomically, as codes are counted (promise C35).
CREATE OR REPLACE FUNCTION houvast.counted(what text, "of" text, most int) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO houvast.checked AS c (what, hour, count)
    SELECT sha256(s.secret || convert_to(counted.what || ' ' || coalesce(counted."of", ''), 'UTF8')), date_trunc('hour', clock_timestamp()), 1
    FROM houvast.secret s WHERE s.kind = '' AND s.key = 'checks'
    ON CONFLICT (what, hour) DO UPDATE SET count = c.count + 1 RETURNING c.count <= most
$$;
COMMENT ON FUNCTION houvast.counted(text, text, int) IS 'Whether something was done at most so often this hour (promise C35)';
REVOKE ALL ON FUNCTION houvast.counted(text, text, int) FROM PUBLIC;;

-- 38. make function ask_code (promise C35, as houvast_keeper)
-- For the pages: begins a check and queues its code to the address on file of the one person who has this identifier. For an
-- address that nobody has, or that several have, or that is too new, or too often asked for, the same is written, but for
-- whose it is, and the mail is a blank: the answer is the same (promise C35).
CREATE OR REPLACE FUNCTION houvast.ask_code(sort text, value text, browser text, network text, language text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
END $$;;

-- 39. make function answer_code (promise C35, as houvast_keeper)
-- For the pages: tries a code, and gives the secret of a session; whether the code was right, houvast.session_now says once
-- this has committed. The try is counted by the statement that compares: five, however many come at once (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_code("check" uuid, code text, browser text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
END $$;;

-- 40. make function session_now (promise C35, as houvast_keeper)
-- For the pages: how a session stands, without whose it is; no row when it is none. `fresh`: used in the last 15 minutes, as
-- what is most sensitive asks (promise C35).
CREATE OR REPLACE FUNCTION houvast.session_now(secret text) RETURNS TABLE (level int, method text, since timestamptz, until timestamptz, fresh boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.level, s.method, s.since, s.until, s.seen_at > clock_timestamp() - interval '15 minutes' FROM houvast.person_session s
    WHERE s.secret = sha256(convert_to(session_now.secret, 'UTF8')) AND s.live AND s.ended_at IS NULL
      AND s.until > clock_timestamp() AND s.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()
$$;
COMMENT ON FUNCTION houvast.session_now(text) IS 'How the session of a person stands (promise C35)';
REVOKE ALL ON FUNCTION houvast.session_now(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.session_now(text) TO houvast_web; END IF;
END $$;;

-- 41. make function end_sessions (promise C35, as houvast_keeper)
-- Ends sessions and the requests that stood open for them; of a check, or by a secret (promise C35).
CREATE OR REPLACE FUNCTION houvast.end_sessions(by_check uuid, by_secret bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH ended AS (
        UPDATE houvast.person_session s SET ended_at = clock_timestamp()
        WHERE (s."check" = by_check OR s.secret = by_secret OR s.parent = by_secret) AND s.ended_at IS NULL RETURNING s.request
    )
    UPDATE houvast.request q SET closed_at = clock_timestamp(), state = 'answered' FROM ended e WHERE q.id = e.request AND q.session AND q.closed_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.end_sessions(uuid, bytea) IS 'Ends sessions of people (promise C35)';
REVOKE ALL ON FUNCTION houvast.end_sessions(uuid, bytea) FROM PUBLIC;;

-- 42. make function end_session (promise C35, as houvast_keeper)
-- For the pages: somebody signs out (promise C35).
CREATE OR REPLACE FUNCTION houvast.end_session(secret text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.end_sessions(NULL, sha256(convert_to(end_session.secret, 'UTF8')))
$$;
COMMENT ON FUNCTION houvast.end_session(text) IS 'Ends the session of a person (promise C35)';
REVOKE ALL ON FUNCTION houvast.end_session(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.end_session(text) TO houvast_web; END IF;
END $$;;

-- 43. make function stop_check (promise C35, as houvast_keeper)
-- For the pages: whoever got the mail did not ask. The check ends, and a session that came of it. The answer never says
-- whether there was one (promise C35).
CREATE OR REPLACE FUNCTION houvast.stop_check(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
END $$;;

-- 44. make function live_session (promise C35, as houvast_keeper)
-- Whose the session of a secret is. The first call opens the request under which it reads; the keeper's functions that act for
-- somebody in their session call this. `sensitive`: not when it was left alone for 15 minutes, and never again after that:
-- who finds a browser that was left alone does not freshen its session by looking first (promise C35).
DROP FUNCTION IF EXISTS houvast.live_session(text, boolean);
CREATE OR REPLACE FUNCTION houvast.live_session(secret text, sensitive boolean, VARIADIC may text[] DEFAULT '{}', OUT kind text, OUT key text, OUT request bigint)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.live_session(text, boolean, text[]) FROM PUBLIC;;

-- 45. make function record_session_use (promise C35, as houvast_keeper)
-- Records a use of the purpose for people's rights, for the person whose session this is and nobody else (promise C35).
CREATE OR REPLACE FUNCTION houvast.record_session_use(secret text, reason text, sensitive boolean, OUT id bigint, OUT role name, OUT path text,
    OUT kind text, OUT key text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.record_session_use(text, text, boolean) TO houvast_people;;

-- 46. make function open_session_use (promise C35, as houvast_keeper)
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
GRANT EXECUTE ON FUNCTION houvast.open_session_use(text, text, boolean) TO houvast_people;;

-- 47. make function say_choice (promise C35, as houvast_keeper)
-- For the pages for people: somebody chooses in their own session about a purpose: `yes` or `no` to what asks for consent, `object`
-- to what does not, or `allow` it again. In force when this commits; whether it changed anything (promises C13, C35, G09).
CREATE OR REPLACE FUNCTION houvast.say_choice(secret text, purpose text, choice text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.say_choice(text, text, text) TO houvast_people;;

-- 48. make function own_stands (promise C35, as houvast_keeper)
-- For the pages for people: where the person of a session stands, and since when (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_stands(secret text) RETURNS TABLE (stand text, about text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see', 'choose') l;
    RETURN QUERY SELECT t.stand, t.about, min(t.since) FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.stand t ON t.kind = s.kind AND t.key = s.key GROUP BY t.stand, t.about ORDER BY 2, 1;
END $$;
COMMENT ON FUNCTION houvast.own_stands(text) IS 'Where the person of a session stands (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_stands(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_stands(text) TO houvast_people;;

-- 49. make function own_requests (promise C35, as houvast_keeper)
-- For the pages for people: the requests of the person of a session, the newest first (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_requests(secret text) RETURNS TABLE (code uuid, "right" text, state text, received_at timestamptz, due_on date, closed_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see', 'ask') l;
    RETURN QUERY SELECT q.code, q."right", q.state, q.received_at, q.due_on, q.closed_at FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.request q ON q.kind = s.kind AND q.key = s.key AND NOT q.session ORDER BY q.id DESC LIMIT 50;
END $$;
COMMENT ON FUNCTION houvast.own_requests(text) IS 'The requests of the person of a session (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_requests(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_requests(text) TO houvast_people;;

-- 50. make function sweep_checks (promise C35, as houvast_keeper)
-- For the worker: what has had its time goes; of a changed address, long after it has cooled down. A check that was tried in vain or stopped is told to the log, with whom it was
-- about; of addresses that nobody has nothing is (promise C35).
CREATE OR REPLACE FUNCTION houvast.sweep_checks() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.sweep_checks() FROM PUBLIC;;

-- 51. make role hv_answer (promise C10)
CREATE ROLE "hv_answer" NOLOGIN;
COMMENT ON ROLE "hv_answer" IS 'Houvast: role of database small_company (promise C10)';

-- 52. make role hv_v_answer (promise C10)
CREATE ROLE "hv_v_answer" NOLOGIN;
COMMENT ON ROLE "hv_v_answer" IS 'Houvast: role of database small_company (promise C10)';

-- 53. make schema answer (promise C10)
CREATE SCHEMA "answer" AUTHORIZATION "hv_v_answer";
COMMENT ON SCHEMA "answer" IS 'What purpose answer may see (promise C10)';
GRANT USAGE ON SCHEMA "answer" TO "hv_answer";

-- 54. make role hv_billing (promise C09)
CREATE ROLE "hv_billing" NOLOGIN;
COMMENT ON ROLE "hv_billing" IS 'Houvast: role of database small_company (promise C09)';

-- 55. make role hv_v_billing (promise C09)
CREATE ROLE "hv_v_billing" NOLOGIN;
COMMENT ON ROLE "hv_v_billing" IS 'Houvast: role of database small_company (promise C09)';

-- 56. make schema billing (promise C09)
CREATE SCHEMA "billing" AUTHORIZATION "hv_v_billing";
COMMENT ON SCHEMA "billing" IS 'What purpose billing may see (promise C09)';
GRANT USAGE ON SCHEMA "billing" TO "hv_billing";

-- 57. make role hv_marketing (promise C13)
CREATE ROLE "hv_marketing" NOLOGIN;
COMMENT ON ROLE "hv_marketing" IS 'Houvast: role of database small_company (promise C13)';

-- 58. make role hv_v_marketing (promise C13)
CREATE ROLE "hv_v_marketing" NOLOGIN;
COMMENT ON ROLE "hv_v_marketing" IS 'Houvast: role of database small_company (promise C13)';

-- 59. make schema marketing (promise C13)
CREATE SCHEMA "marketing" AUTHORIZATION "hv_v_marketing";
COMMENT ON SCHEMA "marketing" IS 'What purpose marketing may see (promise C13)';
GRANT USAGE ON SCHEMA "marketing" TO "hv_marketing";

-- 60. make table suppressed (promise C13, as houvast_keeper)
-- Addresses to which nothing is marketed, as digests that outlive the person: whoever comes back is known by them.
CREATE TABLE IF NOT EXISTS houvast.suppressed (
    hash bytea CHECK (length(hash) = 32), purpose text, since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (hash, purpose));
COMMENT ON TABLE houvast.suppressed IS 'Addresses that objected to marketing, as keyed digests; they outlive an erasure (promise C13).';;

-- 61. make table contact_change (promise C37, as houvast_keeper)
-- That an address or number was changed, for codes and copies do not go to a new one at once.
CREATE TABLE IF NOT EXISTS houvast.contact_change (
    kind text COLLATE "C", key text COLLATE "C", sort text, at timestamptz DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, key, sort, at));
ALTER TABLE houvast.contact_change DROP COLUMN IF EXISTS was;
COMMENT ON TABLE houvast.contact_change IS 'When a person''s address was changed or taken away; no address (promise C37).';;

-- 62. make table bounce (promise C37, as houvast_keeper)
-- Mail that did not arrive at the address that a person has now.
CREATE TABLE IF NOT EXISTS houvast.bounce (
    kind text COLLATE "C", key text COLLATE "C", sort text, at timestamptz DEFAULT clock_timestamp(),
    letter boolean NOT NULL DEFAULT false, PRIMARY KEY (kind, key, sort, at));
COMMENT ON TABLE houvast.bounce IS 'Mail that did not arrive: three times, or one letter, and the address is in doubt (promise C37).';;

-- 63. make table link (promise C35, as houvast_keeper)
-- Two people of the map who are one: a customer who is a supplier's contact too.
CREATE TABLE IF NOT EXISTS houvast.link (
    kind text COLLATE "C", key text COLLATE "C", other_kind text COLLATE "C", other_key text COLLATE "C",
    since timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (kind, key, other_kind, other_key),
    CHECK ((kind, key) <> (other_kind, other_key)));
COMMENT ON TABLE houvast.link IS 'Two people of the map who are one, each way; made when both were verified (promise C35).';;

-- 64. make table opt_out_code (promise C13, as houvast_keeper)
-- For each person who may be marketed to, what stands in the link by which they end that: it says nothing of them.
CREATE TABLE IF NOT EXISTS houvast.opt_out_code (
    kind text COLLATE "C", key text COLLATE "C", purpose text, code uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    PRIMARY KEY (kind, key, purpose));
COMMENT ON TABLE houvast.opt_out_code IS 'What stands in the opt-out link of each message to a person (promise C13).';;

-- 65. make table message (promise C13, as houvast_keeper)
-- What was sent to whom, on which ground, at that moment.
CREATE TABLE IF NOT EXISTS houvast.message (
    kind text COLLATE "C", key text COLLATE "C", purpose text, message text, ground text NOT NULL, since timestamptz,
    at timestamptz DEFAULT clock_timestamp(), PRIMARY KEY (kind, key, purpose, message, at));
COMMENT ON TABLE houvast.message IS 'Which message went to whom, when, and on what ground since when (promise C13).';;

-- 66. make houvast known (promise C57, as houvast_keeper)
UPDATE houvast.purpose SET live = false WHERE name <> ALL (ARRAY['answer', 'billing', 'marketing']::text[]);
INSERT INTO houvast.purpose VALUES (1, 'answer', 'hv_answer', '"answer", "public"', 'ordinary', '', 'customer', 'C10', 'Answer from an open ticket.', true, '')
ON CONFLICT (number) DO UPDATE SET (name, role, path, kind, one, subject, promise, instead, live, own) = ROW (excluded.name, excluded.role, excluded.path, excluded.kind, excluded.one, excluded.subject, excluded.promise, excluded.instead, excluded.live, excluded.own);
INSERT INTO houvast.purpose VALUES (2, 'billing', 'hv_billing', '"billing", "public"', 'ordinary', '', 'customer', 'C09', '', true, '')
ON CONFLICT (number) DO UPDATE SET (name, role, path, kind, one, subject, promise, instead, live, own) = ROW (excluded.name, excluded.role, excluded.path, excluded.kind, excluded.one, excluded.subject, excluded.promise, excluded.instead, excluded.live, excluded.own);
INSERT INTO houvast.purpose VALUES (3, 'marketing', 'hv_marketing', '"marketing", "public"', 'ordinary', '', 'customer', 'C13', '', true, '')
ON CONFLICT (number) DO UPDATE SET (name, role, path, kind, one, subject, promise, instead, live, own) = ROW (excluded.name, excluded.role, excluded.path, excluded.kind, excluded.one, excluded.subject, excluded.promise, excluded.instead, excluded.live, excluded.own);
DELETE FROM houvast.version;
INSERT INTO houvast.version VALUES (1, '2018-05-25T00:00:00+00:00', 'aa3dff1c6d3dd5fcc1cc90f756153818e7781e2c54d17e8e91ca3472020154b1');
INSERT INTO houvast.bit VALUES ('alive', 0) ON CONFLICT DO NOTHING;
INSERT INTO houvast.bit VALUES ('unrestricted', 1) ON CONFLICT DO NOTHING;
INSERT INTO houvast.bit VALUES ('since:1', 2) ON CONFLICT DO NOTHING;
INSERT INTO houvast.bit VALUES ('allowed:answer|unrestricted', 3) ON CONFLICT DO NOTHING;
INSERT INTO houvast.bit VALUES ('allowed:billing|unrestricted', 4) ON CONFLICT DO NOTHING;
INSERT INTO houvast.bit VALUES ('allowed:marketing|unrestricted & consented:marketing & unobjected:marketing', 5) ON CONFLICT DO NOTHING;
INSERT INTO houvast.setting VALUES ('profile', 'fast') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
INSERT INTO houvast.setting VALUES ('policy', 'small') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
INSERT INTO houvast.setting VALUES ('map', 'small') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
INSERT INTO houvast.setting VALUES ('asked of account', '63') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
INSERT INTO houvast.setting VALUES ('asked of contact', '63') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
INSERT INTO houvast.setting VALUES ('asked of ticket', '15') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
INSERT INTO houvast.setting VALUES ('asked of purchase', '63') ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- 67. make revoke account from others (promise C01)
REVOKE ALL ON "public"."account" FROM "small_support", "small_office", "small_news", "small_counter";

-- 68. make revoke contact from others (promise C01)
REVOKE ALL ON "public"."contact" FROM "small_support", "small_office", "small_news", "small_counter";
REVOKE ALL ("email", "name") ON "public"."contact" FROM "small_support", "small_office", "small_news", "small_counter";

-- 69. make revoke contact_list from others (promise C01)
REVOKE ALL ON "public"."contact_list" FROM "small_support", "small_office", "small_news", "small_counter";

-- 70. make revoke customers from others (promise C01)
REVOKE ALL ON "public"."customers" FROM "small_support", "small_office", "small_news", "small_counter";

-- 71. make revoke purchase from others (promise C01)
REVOKE ALL ON "public"."purchase" FROM "small_support", "small_office", "small_news", "small_counter";

-- 72. make revoke ticket from others (promise C01)
REVOKE ALL ON "public"."ticket" FROM "small_support", "small_office", "small_news", "small_counter";

-- 73. make view contact_list reads as its caller (promise C01)
ALTER VIEW "public"."contact_list" SET (security_invoker = true);

-- 74. make function everybody() runs as its caller (promise C01)
ALTER FUNCTION "public"."everybody"() SECURITY INVOKER;

-- 75. make revoke temporary from public (promise C02)
REVOKE TEMPORARY ON DATABASE "small_company" FROM PUBLIC;

-- 76. make revoke create on schema public from small_owner (promise C02)
REVOKE CREATE ON SCHEMA "public" FROM "small_owner";

-- 77. make revoke default small_owner in public on r from small_counter (promise C03)
ALTER DEFAULT PRIVILEGES FOR ROLE "small_owner" IN SCHEMA "public" REVOKE SELECT ON TABLES FROM "small_counter";

-- 78. make row security account (promise C01)
ALTER TABLE "public"."account" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "public"."account" FORCE ROW LEVEL SECURITY;

-- 79. make row security contact (promise C01)
ALTER TABLE "public"."contact" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "public"."contact" FORCE ROW LEVEL SECURITY;

-- 80. make row security ticket (promise C01)
ALTER TABLE "public"."ticket" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "public"."ticket" FORCE ROW LEVEL SECURITY;

-- 81. make row security purchase (promise C01)
ALTER TABLE "public"."purchase" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "public"."purchase" FORCE ROW LEVEL SECURITY;

-- 82. make function guard_of (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.guard_of(facts text[], collected timestamptz, closed timestamptz)
RETURNS bigint LANGUAGE sql STABLE AS $hv$ SELECT CASE WHEN closed IS NULL THEN 1::bigint ELSE 0 END
    | CASE WHEN (NOT ('restricted:' = ANY (facts))) THEN 2::bigint ELSE 0 END
    | CASE WHEN ((statement_timestamp() >= '2018-05-25T00:00:00+00:00'::timestamptz AND 'accepted:1' = ANY (facts)) OR (NOT ((statement_timestamp() >= '2018-05-25T00:00:00+00:00'::timestamptz AND 'accepted:1' = ANY (facts))) AND coalesce(collected >= '2018-05-25T00:00:00+00:00'::timestamptz, false))) THEN 4::bigint ELSE 0 END
    | CASE WHEN ('allowed:answer' = ANY (facts) OR NOT ('restricted:' = ANY (facts))) THEN 8::bigint ELSE 0 END
    | CASE WHEN ('allowed:billing' = ANY (facts) OR NOT ('restricted:' = ANY (facts))) THEN 16::bigint ELSE 0 END
    | CASE WHEN ('allowed:marketing' = ANY (facts) OR NOT ('restricted:' = ANY (facts))) AND ('consented:marketing' = ANY (facts)) AND (NOT (facts && ARRAY['objected:marketing']::text[])) THEN 32::bigint ELSE 0 END $hv$;
COMMENT ON FUNCTION houvast.guard_of IS 'The answers about a person, one bit each (promises C13, C30, C32, C56)';

-- 83. make function refresh_person (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.refresh_person(k text, who text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    PERFORM FROM houvast.person p WHERE p.kind = k AND p.key = who FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    UPDATE houvast.person p SET guard = houvast.guard_of(s.facts, p.collected_at, p.closed_at), contested = s.contested
    FROM (SELECT coalesce(array_agg(t.stand || ':' || t.about), '{}') AS facts,
                 coalesce(array_agg(t.about) FILTER (WHERE t.stand = 'contested'), '{}') AS contested
          FROM houvast.stand t WHERE t.kind = k AND t.key = who) s
    WHERE p.kind = k AND p.key = who;
END $hv$;
COMMENT ON FUNCTION houvast.refresh_person IS 'A person''s answers follow their stands at once (promise C13)';
REVOKE ALL ON FUNCTION houvast.refresh_person(text, text) FROM PUBLIC;

-- 84. make function stand_changed (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."stand_changed"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM houvast.refresh_person(OLD.kind, OLD.key); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM houvast.refresh_person(NEW.kind, NEW.key); END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."stand_changed"() IS 'Keeps promise C13';

-- 85. make trigger hv_stand on houvast.stand (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_stand" AFTER INSERT OR UPDATE OR DELETE ON houvast.stand
    FOR EACH ROW EXECUTE FUNCTION houvast."stand_changed"();
COMMENT ON TRIGGER "hv_stand" ON houvast.stand IS 'Keeps promise C13';

-- 86. make function stand_mailing_consented_marketing (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."stand_mailing_consented_marketing"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF TG_OP <> 'INSERT' THEN DELETE FROM houvast.stand s WHERE s.source OPERATOR(pg_catalog.=) ('mailing#0:' || OLD."id"::text); END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN RETURN NULL; END IF;
    IF (NEW."ended_at" IS NULL) AND NEW."account_id" IS NOT NULL THEN
        IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' AND coalesce((OLD."ended_at" IS NULL), false) AND OLD."account_id" OPERATOR(pg_catalog.=) NEW."account_id" THEN
            IF EXISTS (SELECT FROM houvast.stand w WHERE w.kind OPERATOR(pg_catalog.=) 'customer' AND w.key OPERATOR(pg_catalog.=) NEW."account_id"::text AND w.stand OPERATOR(pg_catalog.=) 'withdrawn' AND w.about OPERATOR(pg_catalog.=) 'marketing') THEN RETURN NULL; END IF;
        ELSE
            DELETE FROM houvast.stand w WHERE w.kind OPERATOR(pg_catalog.=) 'customer' AND w.key OPERATOR(pg_catalog.=) NEW."account_id"::text AND w.stand OPERATOR(pg_catalog.=) 'withdrawn' AND w.about OPERATOR(pg_catalog.=) 'marketing';
        END IF;
        INSERT INTO houvast.stand (kind, key, stand, about, source)
        VALUES ('customer', NEW."account_id"::text, 'consented', 'marketing', 'mailing#0:' || NEW."id"::text)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."stand_mailing_consented_marketing"() IS 'Keeps promise C13';

-- 87. make trigger hv_stand_mailing_consented_marketing on mailing (promise C13)
CREATE OR REPLACE TRIGGER "hv_stand_mailing_consented_marketing" AFTER INSERT OR DELETE ON "public"."mailing"
    FOR EACH ROW EXECUTE FUNCTION houvast."stand_mailing_consented_marketing"();
COMMENT ON TRIGGER "hv_stand_mailing_consented_marketing" ON "public"."mailing" IS 'Keeps promise C13';

-- 88. make trigger hv_stand_mailing_consented_marketing_changed on mailing (promise C13)
CREATE OR REPLACE TRIGGER "hv_stand_mailing_consented_marketing_changed" AFTER UPDATE ON "public"."mailing"
    FOR EACH ROW WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."account_id" IS DISTINCT FROM NEW."account_id" OR OLD."ended_at" IS DISTINCT FROM NEW."ended_at") EXECUTE FUNCTION houvast."stand_mailing_consented_marketing"();
COMMENT ON TRIGGER "hv_stand_mailing_consented_marketing_changed" ON "public"."mailing" IS 'Keeps promise C13';

-- 89. make table c_ticket_open (promise C10, as houvast_keeper)
CREATE TABLE IF NOT EXISTS "houvast"."c_ticket_open" (case_key integer PRIMARY KEY, person integer NOT NULL,
    starts timestamptz NOT NULL, ends timestamptz NOT NULL);
ALTER TABLE "houvast"."c_ticket_open" ADD COLUMN IF NOT EXISTS maker name;
CREATE INDEX IF NOT EXISTS "c_ticket_open_person" ON "houvast"."c_ticket_open" (person) INCLUDE (maker);
COMMENT ON TABLE "houvast"."c_ticket_open" IS 'Open cases of circumstance ticket.open, and which login opened each (promise C10)';

-- 90. make function c_ticket_open (promise C10, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."c_ticket_open"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    hv_maker name;
BEGIN
    IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN
        IF OLD."id" OPERATOR(pg_catalog.=) NEW."id" AND OLD."account_id" OPERATOR(pg_catalog.=) NEW."account_id" AND (OLD."closed_at" IS NULL) AND (NEW."closed_at" IS NULL) THEN RETURN NULL; END IF;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        IF ((NEW."closed_at" IS NULL) AND NEW."account_id" IS NOT NULL) IS NOT TRUE THEN RETURN NULL; END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF (NEW."closed_at" IS NULL) AND NEW."account_id" IS NOT NULL AND NOT pg_catalog.current_setting('is_superuser') OPERATOR(pg_catalog.=) 'on' THEN
            IF NOT (EXISTS (SELECT FROM "houvast"."c_ticket_open" v WHERE v.person OPERATOR(pg_catalog.=) NEW."account_id"::integer AND v.starts <= pg_catalog.statement_timestamp() AND v.ends > pg_catalog.statement_timestamp() AND v.maker IS DISTINCT FROM session_user)) THEN hv_maker := session_user; END IF;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN DELETE FROM "houvast"."c_ticket_open" c WHERE c.case_key OPERATOR(pg_catalog.=) OLD."id"; END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN RETURN NULL; END IF;
    IF (NEW."closed_at" IS NULL) AND NEW."account_id" IS NOT NULL THEN
        INSERT INTO "houvast"."c_ticket_open" (case_key, person, starts, ends, maker) VALUES (NEW."id", NEW."account_id", '-infinity', 'infinity', hv_maker)
        ON CONFLICT (case_key) DO NOTHING;
        IF NOT FOUND THEN
            UPDATE "houvast"."c_ticket_open" c SET person = NEW."account_id", starts = '-infinity', ends = 'infinity', maker = hv_maker WHERE c.case_key OPERATOR(pg_catalog.=) NEW."id";
        END IF;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."c_ticket_open"() IS 'Keeps promise C10';

-- 91. make trigger hv_c_ticket_open on ticket (promise C10)
CREATE OR REPLACE TRIGGER "hv_c_ticket_open" AFTER INSERT OR DELETE ON "public"."ticket"
    FOR EACH ROW EXECUTE FUNCTION houvast."c_ticket_open"();
COMMENT ON TRIGGER "hv_c_ticket_open" ON "public"."ticket" IS 'Keeps promise C10';

-- 92. make trigger hv_c_ticket_open_changed on ticket (promise C10)
CREATE OR REPLACE TRIGGER "hv_c_ticket_open_changed" AFTER UPDATE ON "public"."ticket"
    FOR EACH ROW WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."account_id" IS DISTINCT FROM NEW."account_id" OR OLD."closed_at" IS DISTINCT FROM NEW."closed_at") EXECUTE FUNCTION houvast."c_ticket_open"();
COMMENT ON TRIGGER "hv_c_ticket_open_changed" ON "public"."ticket" IS 'Keeps promise C10';

-- 93. make function c_ticket_open_empty (promise C10, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."c_ticket_open_empty"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    TRUNCATE "houvast"."c_ticket_open";
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."c_ticket_open_empty"() IS 'Keeps promise C10';

-- 94. make trigger hv_c_ticket_open_empty on ticket (promise C10)
CREATE OR REPLACE TRIGGER "hv_c_ticket_open_empty" AFTER TRUNCATE ON "public"."ticket"
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."c_ticket_open_empty"();
COMMENT ON TRIGGER "hv_c_ticket_open_empty" ON "public"."ticket" IS 'Keeps promise C10';

-- 95. make table c_order_open (promise C09, as houvast_keeper)
CREATE TABLE IF NOT EXISTS "houvast"."c_order_open" (case_key integer PRIMARY KEY, person integer NOT NULL,
    starts timestamptz NOT NULL, ends timestamptz NOT NULL);
ALTER TABLE "houvast"."c_order_open" ADD COLUMN IF NOT EXISTS maker name;
CREATE INDEX IF NOT EXISTS "c_order_open_person" ON "houvast"."c_order_open" (person) INCLUDE (maker);
COMMENT ON TABLE "houvast"."c_order_open" IS 'Open cases of circumstance order.open, and which login opened each (promise C09)';

-- 96. make function c_order_open (promise C09, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."c_order_open"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    hv_maker name;
BEGIN
    IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN
        IF OLD."id" OPERATOR(pg_catalog.=) NEW."id" AND OLD."account_id" OPERATOR(pg_catalog.=) NEW."account_id" AND (OLD."status"::text IN ('new', 'paid')) AND (NEW."status"::text IN ('new', 'paid')) THEN RETURN NULL; END IF;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        IF ((NEW."status"::text IN ('new', 'paid')) AND NEW."account_id" IS NOT NULL) IS NOT TRUE THEN RETURN NULL; END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF (NEW."status"::text IN ('new', 'paid')) AND NEW."account_id" IS NOT NULL AND NOT pg_catalog.current_setting('is_superuser') OPERATOR(pg_catalog.=) 'on' THEN
            IF NOT (EXISTS (SELECT FROM "houvast"."c_order_open" v WHERE v.person OPERATOR(pg_catalog.=) NEW."account_id"::integer AND v.starts <= pg_catalog.statement_timestamp() AND v.ends > pg_catalog.statement_timestamp() AND v.maker IS DISTINCT FROM session_user)) THEN hv_maker := session_user; END IF;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN DELETE FROM "houvast"."c_order_open" c WHERE c.case_key OPERATOR(pg_catalog.=) OLD."id"; END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN RETURN NULL; END IF;
    IF (NEW."status"::text IN ('new', 'paid')) AND NEW."account_id" IS NOT NULL THEN
        INSERT INTO "houvast"."c_order_open" (case_key, person, starts, ends, maker) VALUES (NEW."id", NEW."account_id", '-infinity', 'infinity', hv_maker)
        ON CONFLICT (case_key) DO NOTHING;
        IF NOT FOUND THEN
            UPDATE "houvast"."c_order_open" c SET person = NEW."account_id", starts = '-infinity', ends = 'infinity', maker = hv_maker WHERE c.case_key OPERATOR(pg_catalog.=) NEW."id";
        END IF;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."c_order_open"() IS 'Keeps promise C09';

-- 97. make trigger hv_c_order_open on purchase (promise C09)
CREATE OR REPLACE TRIGGER "hv_c_order_open" AFTER INSERT OR DELETE ON "public"."purchase"
    FOR EACH ROW EXECUTE FUNCTION houvast."c_order_open"();
COMMENT ON TRIGGER "hv_c_order_open" ON "public"."purchase" IS 'Keeps promise C09';

-- 98. make trigger hv_c_order_open_changed on purchase (promise C09)
CREATE OR REPLACE TRIGGER "hv_c_order_open_changed" AFTER UPDATE ON "public"."purchase"
    FOR EACH ROW WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."account_id" IS DISTINCT FROM NEW."account_id" OR OLD."status" IS DISTINCT FROM NEW."status") EXECUTE FUNCTION houvast."c_order_open"();
COMMENT ON TRIGGER "hv_c_order_open_changed" ON "public"."purchase" IS 'Keeps promise C09';

-- 99. make function c_order_open_empty (promise C09, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."c_order_open_empty"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    TRUNCATE "houvast"."c_order_open";
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."c_order_open_empty"() IS 'Keeps promise C09';

-- 100. make trigger hv_c_order_open_empty on purchase (promise C09)
CREATE OR REPLACE TRIGGER "hv_c_order_open_empty" AFTER TRUNCATE ON "public"."purchase"
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."c_order_open_empty"();
COMMENT ON TRIGGER "hv_c_order_open_empty" ON "public"."purchase" IS 'Keeps promise C09';

-- 101. make function subject_account_new (promise C30, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."subject_account_new"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    INSERT INTO houvast.person (kind, key, collected_at, closed_at, guard, contested)
    SELECT 'customer', NEW."id"::text, coalesce(NEW."created_at", pg_catalog.clock_timestamp()), NEW."closed_at", houvast.guard_of(coalesce(pg_catalog.array_agg(s.stand || ':' || s.about), '{}'), coalesce(NEW."created_at", pg_catalog.clock_timestamp()), NEW."closed_at"),
        coalesce(pg_catalog.array_agg(s.about) FILTER (WHERE s.stand OPERATOR(pg_catalog.=) 'contested'), '{}')
    FROM houvast.stand s WHERE s.kind OPERATOR(pg_catalog.=) 'customer' AND s.key OPERATOR(pg_catalog.=) NEW."id"::text
    ON CONFLICT DO NOTHING;
    RETURN NEW;
END $hv$;
COMMENT ON FUNCTION houvast."subject_account_new"() IS 'Keeps promise C30';

-- 102. make trigger a_hv_subject on account (promise C30)
CREATE OR REPLACE TRIGGER "a_hv_subject" BEFORE INSERT ON "public"."account"
    FOR EACH ROW EXECUTE FUNCTION houvast."subject_account_new"();
COMMENT ON TRIGGER "a_hv_subject" ON "public"."account" IS 'Keeps promise C30';

-- 103. make function subject_account_gone (promise C30, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."subject_account_gone"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    DELETE FROM houvast.person p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."id"::text;
    DELETE FROM houvast.stand p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."id"::text;
    DELETE FROM houvast.contact_change p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."id"::text;
    DELETE FROM houvast.passkey p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."id"::text;
    DELETE FROM houvast.oidc_link p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."id"::text;
    DELETE FROM houvast.bounce p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."id"::text;
    DELETE FROM houvast.message p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."id"::text;
    DELETE FROM houvast.opt_out_code p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."id"::text;
    DELETE FROM houvast.outgoing p WHERE p.to_kind OPERATOR(pg_catalog.=) 'customer' AND p.to_key OPERATOR(pg_catalog.=) OLD."id"::text AND p.template OPERATOR(pg_catalog.=) 'contact_changed';
    DELETE FROM houvast.link p WHERE 'customer' OPERATOR(pg_catalog.=) p.kind AND OLD."id"::text OPERATOR(pg_catalog.=) p.key
        OR 'customer' OPERATOR(pg_catalog.=) p.other_kind AND OLD."id"::text OPERATOR(pg_catalog.=) p.other_key;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."subject_account_gone"() IS 'Keeps promise C30';

-- 104. make trigger hv_subject_gone on account (promise C30)
CREATE OR REPLACE TRIGGER "hv_subject_gone" AFTER DELETE ON "public"."account"
    FOR EACH ROW EXECUTE FUNCTION houvast."subject_account_gone"();
COMMENT ON TRIGGER "hv_subject_gone" ON "public"."account" IS 'Keeps promise C30';

-- 105. make function subject_account_closed (promise C30, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."subject_account_closed"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    PERFORM FROM houvast.person p
    WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) NEW."id"::text FOR UPDATE;
    UPDATE houvast.person p SET closed_at = NEW."closed_at", guard = houvast.guard_of(
        coalesce((SELECT pg_catalog.array_agg(s.stand || ':' || s.about) FROM houvast.stand s
                  WHERE s.kind OPERATOR(pg_catalog.=) p.kind AND s.key OPERATOR(pg_catalog.=) p.key), '{}'), p.collected_at, NEW."closed_at")
    WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) NEW."id"::text;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."subject_account_closed"() IS 'Keeps promise C30';

-- 106. make trigger hv_subject_closed on account (promise C30)
CREATE OR REPLACE TRIGGER "hv_subject_closed" AFTER UPDATE ON "public"."account"
    FOR EACH ROW WHEN (OLD."closed_at" IS DISTINCT FROM NEW."closed_at") EXECUTE FUNCTION houvast."subject_account_closed"();
COMMENT ON TRIGGER "hv_subject_closed" ON "public"."account" IS 'Keeps promise C30';

-- 107. make function owners_of (promise C31, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.owners_of(held_in text, held_key text) RETURNS TABLE (kind text, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF held_in OPERATOR(pg_catalog.=) 'account' THEN RETURN QUERY SELECT 'customer'::text, t."id"::text FROM "public"."account" t WHERE t."id" OPERATOR(pg_catalog.=) held_key::integer AND t."id" IS NOT NULL;
    ELSIF held_in OPERATOR(pg_catalog.=) 'contact' THEN RETURN QUERY SELECT 'customer'::text, t."account_id"::text FROM "public"."contact" t WHERE t."id" OPERATOR(pg_catalog.=) held_key::integer AND t."account_id" IS NOT NULL;
    ELSIF held_in OPERATOR(pg_catalog.=) 'ticket' THEN RETURN QUERY SELECT 'customer'::text, t."account_id"::text FROM "public"."ticket" t WHERE t."id" OPERATOR(pg_catalog.=) held_key::integer AND t."account_id" IS NOT NULL;
    ELSIF held_in OPERATOR(pg_catalog.=) 'purchase' THEN RETURN QUERY SELECT 'customer'::text, t."account_id"::text FROM "public"."purchase" t WHERE t."id" OPERATOR(pg_catalog.=) held_key::integer AND t."account_id" IS NOT NULL;
    END IF;
END $hv$;
COMMENT ON FUNCTION houvast.owners_of IS 'Whose a held row is (promise C31)';
REVOKE ALL ON FUNCTION houvast.owners_of(text, text) FROM PUBLIC;

-- 108. make function tell_stand (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."tell_stand"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, stand AS what, about FROM came) s;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, stand AS what, about FROM gone) s;
    ELSE
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, stand AS what, about FROM gone) EXCEPT ALL (SELECT kind, key, stand AS what, about FROM came)) s;
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, stand AS what, about FROM came) EXCEPT ALL (SELECT kind, key, stand AS what, about FROM gone)) s;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."tell_stand"() IS 'Keeps promise C13';

-- 109. make trigger hv_tell_stand_insert on houvast.stand (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_stand_insert" AFTER INSERT ON houvast.stand REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_stand"();
COMMENT ON TRIGGER "hv_tell_stand_insert" ON houvast.stand IS 'Keeps promise C13';

-- 110. make trigger hv_tell_stand_delete on houvast.stand (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_stand_delete" AFTER DELETE ON houvast.stand REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_stand"();
COMMENT ON TRIGGER "hv_tell_stand_delete" ON houvast.stand IS 'Keeps promise C13';

-- 111. make trigger hv_tell_stand_update on houvast.stand (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_stand_update" AFTER UPDATE ON houvast.stand REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_stand"();
COMMENT ON TRIGGER "hv_tell_stand_update" ON houvast.stand IS 'Keeps promise C13';

-- 112. make function tell_person (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."tell_person"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, 'known' AS what, '' AS about FROM came UNION ALL SELECT kind, key, 'closed', '' FROM came WHERE closed_at IS NOT NULL) s;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, 'known' AS what, '' AS about FROM gone UNION ALL SELECT kind, key, 'closed', '' FROM gone WHERE closed_at IS NOT NULL) s;
    ELSE
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, 'known' AS what, '' AS about FROM gone UNION ALL SELECT kind, key, 'closed', '' FROM gone WHERE closed_at IS NOT NULL) EXCEPT ALL (SELECT kind, key, 'known' AS what, '' AS about FROM came UNION ALL SELECT kind, key, 'closed', '' FROM came WHERE closed_at IS NOT NULL)) s;
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, 'known' AS what, '' AS about FROM came UNION ALL SELECT kind, key, 'closed', '' FROM came WHERE closed_at IS NOT NULL) EXCEPT ALL (SELECT kind, key, 'known' AS what, '' AS about FROM gone UNION ALL SELECT kind, key, 'closed', '' FROM gone WHERE closed_at IS NOT NULL)) s;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."tell_person"() IS 'Keeps promise C13';

-- 113. make trigger hv_tell_person_insert on houvast.person (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_person_insert" AFTER INSERT ON houvast.person REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_person"();
COMMENT ON TRIGGER "hv_tell_person_insert" ON houvast.person IS 'Keeps promise C13';

-- 114. make trigger hv_tell_person_delete on houvast.person (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_person_delete" AFTER DELETE ON houvast.person REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_person"();
COMMENT ON TRIGGER "hv_tell_person_delete" ON houvast.person IS 'Keeps promise C13';

-- 115. make trigger hv_tell_person_update on houvast.person (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_person_update" AFTER UPDATE ON houvast.person REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_person"();
COMMENT ON TRIGGER "hv_tell_person_update" ON houvast.person IS 'Keeps promise C13';

-- 116. make function tell_contact_change (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."tell_contact_change"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, 'address' AS what, sort AS about FROM came) s;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, 'address' AS what, sort AS about FROM gone) s;
    ELSE
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, 'address' AS what, sort AS about FROM gone) EXCEPT ALL (SELECT kind, key, 'address' AS what, sort AS about FROM came)) s;
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, 'address' AS what, sort AS about FROM came) EXCEPT ALL (SELECT kind, key, 'address' AS what, sort AS about FROM gone)) s;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."tell_contact_change"() IS 'Keeps promise C13';

-- 117. make trigger hv_tell_contact_change_insert on houvast.contact_change (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_contact_change_insert" AFTER INSERT ON houvast.contact_change REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_contact_change"();
COMMENT ON TRIGGER "hv_tell_contact_change_insert" ON houvast.contact_change IS 'Keeps promise C13';

-- 118. make trigger hv_tell_contact_change_delete on houvast.contact_change (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_contact_change_delete" AFTER DELETE ON houvast.contact_change REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_contact_change"();
COMMENT ON TRIGGER "hv_tell_contact_change_delete" ON houvast.contact_change IS 'Keeps promise C13';

-- 119. make trigger hv_tell_contact_change_update on houvast.contact_change (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_contact_change_update" AFTER UPDATE ON houvast.contact_change REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_contact_change"();
COMMENT ON TRIGGER "hv_tell_contact_change_update" ON houvast.contact_change IS 'Keeps promise C13';

-- 120. make function tell_link (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."tell_link"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, 'linked' AS what, other_kind || ':' || other_key AS about FROM came) s;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, 'linked' AS what, other_kind || ':' || other_key AS about FROM gone) s;
    ELSE
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, 'linked' AS what, other_kind || ':' || other_key AS about FROM gone) EXCEPT ALL (SELECT kind, key, 'linked' AS what, other_kind || ':' || other_key AS about FROM came)) s;
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, 'linked' AS what, other_kind || ':' || other_key AS about FROM came) EXCEPT ALL (SELECT kind, key, 'linked' AS what, other_kind || ':' || other_key AS about FROM gone)) s;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."tell_link"() IS 'Keeps promise C13';

-- 121. make trigger hv_tell_link_insert on houvast.link (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_link_insert" AFTER INSERT ON houvast.link REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_link"();
COMMENT ON TRIGGER "hv_tell_link_insert" ON houvast.link IS 'Keeps promise C13';

-- 122. make trigger hv_tell_link_delete on houvast.link (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_link_delete" AFTER DELETE ON houvast.link REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_link"();
COMMENT ON TRIGGER "hv_tell_link_delete" ON houvast.link IS 'Keeps promise C13';

-- 123. make trigger hv_tell_link_update on houvast.link (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_link_update" AFTER UPDATE ON houvast.link REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_link"();
COMMENT ON TRIGGER "hv_tell_link_update" ON houvast.link IS 'Keeps promise C13';

-- 124. make function tell_request (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."tell_request"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, 'request' AS what, '' AS about FROM came WHERE closed_at IS NULL AND kind IS NOT NULL) s;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT kind, key, 'request' AS what, '' AS about FROM gone WHERE closed_at IS NULL AND kind IS NOT NULL) s;
    ELSE
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, 'request' AS what, '' AS about FROM gone WHERE closed_at IS NULL AND kind IS NOT NULL) EXCEPT ALL (SELECT kind, key, 'request' AS what, '' AS about FROM came WHERE closed_at IS NULL AND kind IS NOT NULL)) s;
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT kind, key, 'request' AS what, '' AS about FROM came WHERE closed_at IS NULL AND kind IS NOT NULL) EXCEPT ALL (SELECT kind, key, 'request' AS what, '' AS about FROM gone WHERE closed_at IS NULL AND kind IS NOT NULL)) s;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."tell_request"() IS 'Keeps promise C13';

-- 125. make trigger hv_tell_request_insert on houvast.request (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_request_insert" AFTER INSERT ON houvast.request REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_request"();
COMMENT ON TRIGGER "hv_tell_request_insert" ON houvast.request IS 'Keeps promise C13';

-- 126. make trigger hv_tell_request_delete on houvast.request (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_request_delete" AFTER DELETE ON houvast.request REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_request"();
COMMENT ON TRIGGER "hv_tell_request_delete" ON houvast.request IS 'Keeps promise C13';

-- 127. make trigger hv_tell_request_update on houvast.request (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_request_update" AFTER UPDATE ON houvast.request REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_request"();
COMMENT ON TRIGGER "hv_tell_request_update" ON houvast.request IS 'Keeps promise C13';

-- 128. make function tell_hold (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."tell_hold"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT o.kind, o.key, 'hold' AS what, h.case_key AS about FROM came h LEFT JOIN LATERAL houvast.owners_of(h.relation, h.row_key) o ON true) s;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM (SELECT o.kind, o.key, 'hold' AS what, h.case_key AS about FROM gone h LEFT JOIN LATERAL houvast.owners_of(h.relation, h.row_key) o ON true) s;
    ELSE
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'ended'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT o.kind, o.key, 'hold' AS what, h.case_key AS about FROM gone h LEFT JOIN LATERAL houvast.owners_of(h.relation, h.row_key) o ON true) EXCEPT ALL (SELECT o.kind, o.key, 'hold' AS what, h.case_key AS about FROM came h LEFT JOIN LATERAL houvast.owners_of(h.relation, h.row_key) o ON true)) s;
        PERFORM houvast.tell('person_state_changed', 'C13', jsonb_build_object('what', s.what, 'change', 'set'),
            jsonb_build_object('about', s.about), s.kind, s.key) FROM ((SELECT o.kind, o.key, 'hold' AS what, h.case_key AS about FROM came h LEFT JOIN LATERAL houvast.owners_of(h.relation, h.row_key) o ON true) EXCEPT ALL (SELECT o.kind, o.key, 'hold' AS what, h.case_key AS about FROM gone h LEFT JOIN LATERAL houvast.owners_of(h.relation, h.row_key) o ON true)) s;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."tell_hold"() IS 'Keeps promise C13';

-- 129. make trigger hv_tell_hold_insert on houvast.hold (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_hold_insert" AFTER INSERT ON houvast.hold REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_hold"();
COMMENT ON TRIGGER "hv_tell_hold_insert" ON houvast.hold IS 'Keeps promise C13';

-- 130. make trigger hv_tell_hold_delete on houvast.hold (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_hold_delete" AFTER DELETE ON houvast.hold REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_hold"();
COMMENT ON TRIGGER "hv_tell_hold_delete" ON houvast.hold IS 'Keeps promise C13';

-- 131. make trigger hv_tell_hold_update on houvast.hold (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_hold_update" AFTER UPDATE ON houvast.hold REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."tell_hold"();
COMMENT ON TRIGGER "hv_tell_hold_update" ON houvast.hold IS 'Keeps promise C13';

-- 132. make function normal (promise C33, as houvast_keeper)
-- One way of writing an identifier, in which two that are the same are equal (promise C33).
CREATE OR REPLACE FUNCTION houvast.normal(sort text, value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE sort
    WHEN 'email' THEN pg_catalog.lower(pg_catalog.btrim(value))
    WHEN 'phone' THEN pg_catalog.regexp_replace(pg_catalog.regexp_replace(value, '\D', '', 'g'), '^00', '')
    ELSE pg_catalog.btrim(value) END;
COMMENT ON FUNCTION houvast.normal(text, text) IS 'An identifier as it is compared (promise C33)';
REVOKE ALL ON FUNCTION houvast.normal(text, text) FROM PUBLIC;;

-- 133. make function persons_by (promise C33, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.persons_by(sort text, value text) RETURNS TABLE (kind text, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    wanted CONSTANT text := houvast.normal(sort, value);
BEGIN
    IF coalesce(wanted, '') OPERATOR(pg_catalog.=) '' THEN RETURN; END IF;
    IF sort OPERATOR(pg_catalog.=) 'email' THEN
        RETURN QUERY SELECT 'customer'::text, t."account_id"::text FROM "public"."contact" t WHERE pg_catalog.lower(t."email"::text) OPERATOR(pg_catalog.=) wanted AND t."account_id" IS NOT NULL;
    ELSIF sort OPERATOR(pg_catalog.=) 'phone' THEN
        RETURN;
    ELSIF sort OPERATOR(pg_catalog.=) 'login' THEN
        RETURN QUERY SELECT 'customer'::text, t."id"::text FROM "public"."account" t WHERE t."login"::text OPERATOR(pg_catalog.=) wanted AND t."id" IS NOT NULL;
    ELSIF sort OPERATOR(pg_catalog.=) 'number' THEN
        RETURN;
    ELSIF sort OPERATOR(pg_catalog.=) 'external' THEN
        RETURN;
    ELSE
        RAISE EXCEPTION 'Houvast refuses: nobody is found by this sort of identifier (promise C33).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name one of: email, phone, login, number, external.';
    END IF;
END $hv$;
COMMENT ON FUNCTION houvast.persons_by IS 'Who is known by an address, a number or a name: nobody, one or several (promise C33)';
REVOKE ALL ON FUNCTION houvast.persons_by(text, text) FROM PUBLIC;

-- 134. make function reach_of (promise C33, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.reach_of(kind text, key text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.person p WHERE p.kind OPERATOR(pg_catalog.=) reach_of.kind AND p.key OPERATOR(pg_catalog.=) reach_of.key) THEN
        RETURN NULL;
    END IF;
    IF reach_of.kind OPERATOR(pg_catalog.=) 'customer' THEN
        RETURN (SELECT t."email"::text FROM "public"."contact" t
                WHERE t."account_id" OPERATOR(pg_catalog.=) reach_of.key::integer AND t."email" <> '' ORDER BY t."id" LIMIT 1);
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast.reach_of IS 'The address on file to which letters to a person go (promise C33)';
REVOKE ALL ON FUNCTION houvast.reach_of(text, text) FROM PUBLIC;

-- 135. make function post_of (promise C35, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.post_of(kind text, key text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF post_of.kind OPERATOR(pg_catalog.=) 'customer' THEN
        RETURN (SELECT nullif(array_remove(ARRAY[nullif(btrim(t."name"::text), '')], NULL), '{}') FROM "public"."contact" t, houvast.person p
                WHERE t."account_id" OPERATOR(pg_catalog.=) post_of.key::integer AND p.kind OPERATOR(pg_catalog.=) post_of.kind AND p.key OPERATOR(pg_catalog.=) post_of.key AND NOT p.contested && ARRAY['contact.name']
                ORDER BY t."id" LIMIT 1);
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast.post_of IS 'The postal address on file of a person, line by line (promise C35)';
REVOKE ALL ON FUNCTION houvast.post_of(text, text) FROM PUBLIC;

-- 136. make function is_marketing (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.is_marketing(purpose text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN purpose OPERATOR(pg_catalog.=) ANY (ARRAY['marketing']::text[]);
COMMENT ON FUNCTION houvast.is_marketing IS 'Whether a purpose is marketing: an objection to one is to all of them (promise C13)';
REVOKE ALL ON FUNCTION houvast.is_marketing(text) FROM PUBLIC;

-- 137. make function addresses_of (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.addresses_of(kind text, key text) RETURNS TABLE (sort text, value text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.person p WHERE p.kind OPERATOR(pg_catalog.=) addresses_of.kind AND p.key OPERATOR(pg_catalog.=) addresses_of.key) THEN
        RETURN;
    END IF;
    IF addresses_of.kind OPERATOR(pg_catalog.=) 'customer' THEN
        RETURN QUERY SELECT 'email'::text, t."email"::text FROM "public"."contact" t WHERE t."account_id" OPERATOR(pg_catalog.=) addresses_of.key::integer AND t."email" IS NOT NULL
        UNION SELECT 'login'::text, t."login"::text FROM "public"."account" t WHERE t."id" OPERATOR(pg_catalog.=) addresses_of.key::integer AND t."login" IS NOT NULL;
    END IF;
END $hv$;
COMMENT ON FUNCTION houvast.addresses_of IS 'Every identifier of a person (promise C13)';
REVOKE ALL ON FUNCTION houvast.addresses_of(text, text) FROM PUBLIC;

-- 138. make function place_of (promise C37, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.place_of(kind text, name text) RETURNS text LANGUAGE sql IMMUTABLE AS $hv$
    SELECT v.place FROM (SELECT NULL::text, NULL::text, NULL::text WHERE false) v (kind, name, place) WHERE v.kind OPERATOR(pg_catalog.=) $1 AND v.name OPERATOR(pg_catalog.=) $2
$hv$;
COMMENT ON FUNCTION houvast.place_of IS 'Where an address lies that can be contested (promise C37)';
REVOKE ALL ON FUNCTION houvast.place_of(text, text) FROM PUBLIC;

-- 139. make function keyed_hash (promise C13, as houvast_keeper)
-- HMAC-SHA-256 of an address (RFC 2104), from the two halves of its key (promise C13).
CREATE OR REPLACE FUNCTION houvast.keyed_hash(inside bytea, outside bytea, sort text, value text) RETURNS bytea LANGUAGE sql STABLE
RETURN CASE WHEN houvast.normal(sort, value) <> '' THEN
    sha256(outside || decode('5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c', 'hex')
           || sha256(inside || decode('3636363636363636363636363636363636363636363636363636363636363636', 'hex')
                     || convert_to(sort || ':' || houvast.normal(sort, value), 'UTF8'))) END;
COMMENT ON FUNCTION houvast.keyed_hash(bytea, bytea, text, text) IS 'HMAC-SHA-256 of an address with a given key (promise C13)';
REVOKE ALL ON FUNCTION houvast.keyed_hash(bytea, bytea, text, text) FROM PUBLIC;;

-- 140. make function address_hash (promise C13, as houvast_keeper)
-- HMAC-SHA-256 of an address, with a key that never leaves this database: without it nobody can try addresses. The key
-- lies as its inner and outer half (RFC 2104), each XORed with its constant.
DO $$
DECLARE
    secret bytea := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
    inside bytea := secret;
    outside bytea := secret;
BEGIN
    FOR n IN 0..31 LOOP
        inside := set_byte(inside, n, get_byte(secret, n) # 54);
        outside := set_byte(outside, n, get_byte(secret, n) # 92);
    END LOOP;
    IF NOT EXISTS (SELECT FROM houvast.secret s WHERE s.kind = 'houvast' AND s.key = 'suppression inside') THEN
        INSERT INTO houvast.secret VALUES ('houvast', 'suppression inside', inside), ('houvast', 'suppression outside', outside);
    END IF;
END $$;
CREATE OR REPLACE FUNCTION houvast.address_hash(sort text, value text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.keyed_hash(i.secret, o.secret, sort, value) FROM houvast.secret i, houvast.secret o
    WHERE i.kind = 'houvast' AND i.key = 'suppression inside' AND o.kind = 'houvast' AND o.key = 'suppression outside'
$$;
COMMENT ON FUNCTION houvast.address_hash(text, text) IS 'The keyed digest of an address; NULL for none (promise C13)';
REVOKE ALL ON FUNCTION houvast.address_hash(text, text) FROM PUBLIC;;

-- 141. make function asked_by (promise C35, as houvast_keeper)
-- Whether a request of a person is open of which it was checked that it is theirs, their own session included (promise C35).
CREATE OR REPLACE FUNCTION houvast.asked_by(kind text, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM houvast.request q WHERE q.kind = asked_by.kind AND q.key = asked_by.key AND q.closed_at IS NULL
                   AND q.verified_at IS NOT NULL)
$$;
COMMENT ON FUNCTION houvast.asked_by(text, text) IS 'Whether a checked request of a person is open (promise C35)';
REVOKE ALL ON FUNCTION houvast.asked_by(text, text) FROM PUBLIC;;

-- 142. make function need_request (promise C35, as houvast_keeper)
-- Refuses what is done in somebody's name by hand before it was checked that they ask it (promise C35).
CREATE OR REPLACE FUNCTION houvast.need_request(kind text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT houvast.asked_by(kind, key) THEN
        RAISE EXCEPTION 'Houvast refuses: nobody has checked that this person asks for it (promise C35).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Register their request and check whose it is: houvast request add, houvast request verify. On your own doubt, what only takes away goes without: --own-doubt.';
    END IF;
END $$;
COMMENT ON FUNCTION houvast.need_request(text, text) IS 'Refuses what nobody was checked to have asked for (promise C35)';
REVOKE ALL ON FUNCTION houvast.need_request(text, text) FROM PUBLIC;;

-- 143. make function was_told (promise G06, as houvast_keeper)
-- Whether a person was sent the letter that their restriction ends, after it began (GDPR art. 18(3); promise G06).
CREATE OR REPLACE FUNCTION houvast.was_told(kind text, key text, since timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM houvast.letter l JOIN houvast.request q ON q.id = l.request
                   WHERE q.kind = was_told.kind AND q.key = was_told.key AND l.kind = 'lifting' AND l.sent_at >= was_told.since);
END $$;
COMMENT ON FUNCTION houvast.was_told(text, text, timestamptz) IS 'Whether a person was told that their restriction ends (promise G06)';
REVOKE ALL ON FUNCTION houvast.was_told(text, text, timestamptz) FROM PUBLIC;;

-- 144. make function set_stand (promise C13, as houvast_keeper)
-- A person stands somewhere from now on; false when they did already. Withdrawing takes every yes to that purpose away,
-- wherever it came from, and to marketing it is an objection too; a new yes ends a withdrawal (promises C13, C30, C32). Only with a
-- checked request of the person; an officer's own doubt, the post and links of the person's own only take away (promise C35).
CREATE OR REPLACE FUNCTION houvast.set_stand(kind text, key text, stand text, about text DEFAULT '', source text DEFAULT 'houvast')
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed boolean;
BEGIN
    PERFORM FROM houvast.person p WHERE p.kind = set_stand.kind AND p.key = set_stand.key FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: nobody is known by this number (promise C33).'
            USING ERRCODE = 'no_data_found', HINT = 'Find the person first: houvast person find.';
    END IF;
    IF set_stand.stand IN ('objected', 'consented', 'own_customer', 'allowed', 'withdrawn')
       AND NOT EXISTS (SELECT FROM houvast.purpose q WHERE q.name = set_stand.about) THEN
        RAISE EXCEPTION 'Houvast refuses: the policy knows no such purpose (promise C05).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name one of the purposes of the policy.';
    END IF;
    IF set_stand.stand NOT IN ('objected', 'restricted', 'stopped', 'withdrawn', 'contested')
       OR set_stand.source NOT IN ('officer', 'bounce', 'linked', 'opt-out link') THEN
        PERFORM houvast.need_request(set_stand.kind, set_stand.key);
    END IF;
    IF set_stand.stand = 'withdrawn' THEN
        DELETE FROM houvast.stand s WHERE s.kind = set_stand.kind AND s.key = set_stand.key AND s.about = set_stand.about
            AND s.stand IN ('consented', 'own_customer', 'allowed');
        changed := FOUND;
        IF houvast.is_marketing(set_stand.about) THEN
            changed := houvast.set_stand(kind, key, 'objected', about, source) OR changed;
        END IF;
    ELSIF set_stand.stand IN ('consented', 'own_customer') THEN
        DELETE FROM houvast.stand s WHERE s.kind = set_stand.kind AND s.key = set_stand.key AND s.about = set_stand.about
            AND s.stand = 'withdrawn';
    END IF;
    INSERT INTO houvast.stand (kind, key, stand, about, source)
    SELECT set_stand.kind, set_stand.key, set_stand.stand, set_stand.about, set_stand.source
    WHERE NOT EXISTS (SELECT FROM houvast.stand s WHERE s.kind = set_stand.kind AND s.key = set_stand.key
                      AND s.stand = set_stand.stand AND s.about = set_stand.about AND s.source NOT LIKE '%#%');
    changed := FOUND OR coalesce(changed, false);
    IF changed AND set_stand.stand = 'objected' AND set_stand.source <> 'linked' AND houvast.is_marketing(set_stand.about) THEN
        PERFORM houvast.set_stand(l.other_kind, l.other_key, 'objected', set_stand.about, 'linked') FROM houvast.link l
        WHERE l.kind = set_stand.kind AND l.key = set_stand.key;
    END IF;
    RETURN changed;
END $$;
COMMENT ON FUNCTION houvast.set_stand(text, text, text, text, text) IS 'Where a person stands from now on, told in the log (promise C13)';
REVOKE ALL ON FUNCTION houvast.set_stand(text, text, text, text, text) FROM PUBLIC;;

-- 145. make function end_stand (promise C13, as houvast_keeper)
-- A person stands somewhere no longer; false when they did not. Of whatever source, or of one. A restriction ends only when
-- a letter told the person before (GDPR art. 18(3)); what they said themselves, only with a checked request of theirs. An objection to marketing that the person takes back frees their addresses
-- (promises C13, G06).
CREATE OR REPLACE FUNCTION houvast.end_stand(kind text, key text, stand text, about text DEFAULT '', source text DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed boolean;
BEGIN
    PERFORM FROM houvast.person p WHERE p.kind = end_stand.kind AND p.key = end_stand.key FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: nobody is known by this number (promise C33).'
            USING ERRCODE = 'no_data_found', HINT = 'Find the person first: houvast person find.';
    END IF;
    IF end_stand.stand = 'restricted' THEN
        IF EXISTS (SELECT FROM houvast.stand r WHERE r.kind = end_stand.kind AND r.key = end_stand.key AND r.stand = 'restricted'
              AND (end_stand.source IS NULL OR r.source = end_stand.source) AND NOT houvast.was_told(r.kind, r.key, r.since)) THEN
            RAISE EXCEPTION 'Houvast refuses: whoever has restricted their data is told before that ends (promise G06).'
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Send them the letter first: houvast request lifting NUMBER, approved by another.';
        END IF;
    ELSIF EXISTS (SELECT FROM houvast.stand s WHERE s.kind = end_stand.kind AND s.key = end_stand.key AND s.stand = end_stand.stand
            AND s.about = end_stand.about AND (end_stand.source IS NULL OR s.source = end_stand.source)
            AND s.source NOT IN ('officer', 'bounce')) THEN
        PERFORM houvast.need_request(end_stand.kind, end_stand.key);
    END IF;
    DELETE FROM houvast.stand s WHERE s.kind = end_stand.kind AND s.key = end_stand.key AND s.stand = end_stand.stand
        AND s.about = end_stand.about AND (end_stand.source IS NULL OR s.source = end_stand.source);
    changed := FOUND;
    IF end_stand.stand = 'restricted' THEN
        DELETE FROM houvast.stand s WHERE s.kind = end_stand.kind AND s.key = end_stand.key AND s.stand IN ('told', 'allowed');
    ELSIF end_stand.stand = 'objected' AND houvast.is_marketing(end_stand.about) AND NOT EXISTS (
        SELECT FROM houvast.stand s WHERE s.kind = end_stand.kind AND s.key = end_stand.key AND s.stand = 'objected'
            AND houvast.is_marketing(s.about)) THEN
        DELETE FROM houvast.suppressed u WHERE u.hash IN (
            SELECT houvast.address_hash(a.sort, a.value) FROM houvast.addresses_of(end_stand.kind, end_stand.key) a);
    END IF;
    RETURN changed;
END $$;
COMMENT ON FUNCTION houvast.end_stand(text, text, text, text, text) IS 'Where a person stands no longer, told in the log (promise C13)';
REVOKE ALL ON FUNCTION houvast.end_stand(text, text, text, text, text) FROM PUBLIC;;

-- 146. make function cools_until (promise C37, as houvast_keeper)
-- Until when nothing goes to a person's address of this sort, because it was changed in the last three days; NULL when it may.
CREATE OR REPLACE FUNCTION houvast.cools_until(kind text, key text, sort text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT max(c.at) + interval '3 days' FROM houvast.contact_change c WHERE c.kind = cools_until.kind AND c.key = cools_until.key
        AND c.sort = cools_until.sort AND c.at > statement_timestamp() - interval '3 days'
$$;
COMMENT ON FUNCTION houvast.cools_until(text, text, text) IS 'Until when an address is too new for codes, copies and letters (promise C37)';
REVOKE ALL ON FUNCTION houvast.cools_until(text, text, text) FROM PUBLIC;;

-- 147. make function cooling_down (promise C37, as houvast_keeper)
-- Whether a person's address of this sort was changed in the last three days: codes, copies and letters then do not go to it.
CREATE OR REPLACE FUNCTION houvast.cooling_down(kind text, key text, sort text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.cools_until(kind, key, sort) IS NOT NULL
$$;
COMMENT ON FUNCTION houvast.cooling_down(text, text, text) IS 'Whether an address is too new for codes, copies and letters (promise C37)';
REVOKE ALL ON FUNCTION houvast.cooling_down(text, text, text) FROM PUBLIC;;

-- 148. make function notify_changed (promise C37, as houvast_keeper)
-- The old address hears that it was changed, so that nobody's mail is moved behind their back; of made-up people nobody does. It
-- is known whose it is, so that an erasure takes it along. At most three an hour for a person, and to an address (promise C37).
CREATE OR REPLACE FUNCTION houvast.notify_changed(kind text, key text, address text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_person boolean;
    to_address boolean;
BEGIN
    IF coalesce(address, '') = '' OR houvast.is_filling() THEN RETURN; END IF;
    of_person := houvast.counted('notice of', kind || ':' || key, 3);
    to_address := houvast.counted('notice to', houvast.normal('email', address), 3);
    IF of_person AND to_address THEN
        INSERT INTO houvast.outgoing (address, to_kind, to_key, template) VALUES (address, kind, key, 'contact_changed');
    END IF;
END $$;
COMMENT ON FUNCTION houvast.notify_changed(text, text, text) IS 'Tells the old address that it was changed (promise C37)';
REVOKE ALL ON FUNCTION houvast.notify_changed(text, text, text) FROM PUBLIC;;

-- 149. make function bounced (promise C37, as houvast_keeper)
-- Mail to a person did not arrive: the third time, or with one returned letter, the address is in doubt, and no purpose but
-- the person's own uses it until it is settled or changed. Gives how often it has happened (promise C37).
CREATE OR REPLACE FUNCTION houvast.bounced(kind text, key text, sort text DEFAULT 'email', letter boolean DEFAULT false)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lies text := houvast.place_of(bounced.kind, bounced.sort);
    times int;
BEGIN
    PERFORM FROM houvast.person p WHERE p.kind = bounced.kind AND p.key = bounced.key FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: nobody is known by this number (promise C33).'
            USING ERRCODE = 'no_data_found', HINT = 'Find the person first: houvast person find.';
    ELSIF lies IS NULL THEN
        RAISE EXCEPTION 'Houvast refuses: the data map says of no such address where it lies, or that it can be contested (promise C37).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name it under `identifiers:` of these people, and mark its column `contestable: yes`.';
    END IF;
    INSERT INTO houvast.bounce (kind, key, sort, letter) VALUES (bounced.kind, bounced.key, bounced.sort, bounced.letter);
    SELECT count(*) INTO times FROM houvast.bounce b WHERE b.kind = bounced.kind AND b.key = bounced.key AND b.sort = bounced.sort;
    IF times >= 3 OR bounced.letter THEN PERFORM houvast.set_stand(bounced.kind, bounced.key, 'contested', lies, 'bounce'); END IF;
    RETURN times;
END $$;
COMMENT ON FUNCTION houvast.bounced(text, text, text, boolean) IS 'Mail that did not arrive puts an address in doubt (promise C37)';
REVOKE ALL ON FUNCTION houvast.bounced(text, text, text, boolean) FROM PUBLIC;;

-- 150. make table staff (promise C38, as houvast_keeper)
-- The staff as the database knows them: one spelling of each name, their role, and the secret of their codes, which no login reads.
-- An administrator writes them down; the pages cannot (promise C38).
CREATE TABLE IF NOT EXISTS houvast.staff (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9@]{1,60}$'),
    role text NOT NULL DEFAULT 'officer' CHECK (role ~ '^[a-z]{1,20}$'), secret bytea CHECK (length(secret) >= 20),
    last_step bigint NOT NULL DEFAULT 0, since timestamptz NOT NULL DEFAULT clock_timestamp(), ended_at timestamptz);
COMMENT ON TABLE houvast.staff IS 'The staff, each with the secret of their codes; nobody but its keeper reads it (promise C38).';;

-- 151. make table staff_tries (promise C38, as houvast_keeper)
-- How many codes of staff were tried, with the hour in it. A sequence, because what is rolled back must count too (promise C38).
CREATE SEQUENCE IF NOT EXISTS houvast.staff_tries MINVALUE 0;
COMMENT ON SEQUENCE houvast.staff_tries IS 'How many codes of staff were tried this hour (promise C38).';;

-- 152. make table confirmed (promise C38, as houvast_keeper)
-- What was confirmed, by whom and in which transaction: by a code of one of the staff, or by a person in their own session. What
-- needs it looks for it here (promises C38, G10, G18).
CREATE TABLE IF NOT EXISTS houvast.confirmed (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(), what text, who text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (xid, what, who));
COMMENT ON TABLE houvast.confirmed IS 'What was confirmed by whom, in which transaction (promise C38).';;

-- 153. make function staff_name (promise G10, as houvast_keeper)
-- The one spelling of the name of one of the staff: no difference by case, accents, width, spaces and punctuation; what is not of
-- our alphabet after that, such as letters that only look alike, is no name (promise G10).
CREATE OR REPLACE FUNCTION houvast.staff_name(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain CONSTANT text := lower(regexp_replace(normalize(coalesce(name, ''), NFKD), '[\u0300-\u036f\s._''-]', '', 'g'));
BEGIN
    IF plain !~ '^[a-z0-9@]{1,60}$' THEN
        PERFORM houvast.says_no('this names nobody of the staff', 'G10', 'Write the name in plain letters and digits.');
    END IF;
    RETURN plain;
END $$;
COMMENT ON FUNCTION houvast.staff_name IS 'The one spelling of the name of one of the staff (promise G10)';
REVOKE ALL ON FUNCTION houvast.staff_name(text) FROM PUBLIC;

-- 154. make function staff_now (promise C02, as houvast_keeper)
-- How the register names one of the staff: role and number. Who was not written down is refused (promise C02).
CREATE OR REPLACE FUNCTION houvast.staff_now(who text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text := (SELECT s.role || ' ' || s.id FROM houvast.staff s WHERE s.name = houvast.staff_name(who) AND s.ended_at IS NULL);
BEGIN
    IF found IS NULL THEN
        PERFORM houvast.says_no('the database does not know this member of the staff', 'C02', 'An administrator writes them down: houvast staff add NAME.');
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.staff_now IS 'How the register names one of the staff (promise C02)';
REVOKE ALL ON FUNCTION houvast.staff_now(text) FROM PUBLIC;

-- 155. make function sha1 (promise C38, as houvast_keeper)
-- SHA-1 (FIPS 180-4), which PostgreSQL has only in an extension. Of use within HMAC alone: codes of authenticator apps are made
-- with it, and what is known against SHA-1 does not weaken that (RFC 6151 and RFC 4226, B.2) (promise C38).
CREATE OR REPLACE FUNCTION houvast.sha1(message bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    low CONSTANT bigint := 4294967295;
    full_text CONSTANT bytea := message || '\x80'::bytea || decode(repeat('00', (119 - length(message) % 64) % 64), 'hex') || int8send(length(message)::bigint * 8);
    h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    w bigint[];
    a bigint; b bigint; c bigint; d bigint; e bigint; f bigint;
BEGIN
    FOR block IN 0..length(full_text) / 64 - 1 LOOP
        FOR t IN 0..15 LOOP
            w[t] := (get_byte(full_text, block * 64 + t * 4)::bigint << 24) + (get_byte(full_text, block * 64 + t * 4 + 1) << 16)
                  + (get_byte(full_text, block * 64 + t * 4 + 2) << 8) + get_byte(full_text, block * 64 + t * 4 + 3);
        END LOOP;
        FOR t IN 16..79 LOOP
            f := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
            w[t] := ((f << 1) | (f >> 31)) & low;
        END LOOP;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        FOR t IN 0..79 LOOP
            f := CASE WHEN t < 20 THEN ((b & c) | ((~b & low) & d)) + 1518500249 WHEN t < 40 THEN (b # c # d) + 1859775393
                      WHEN t < 60 THEN ((b & c) | (b & d) | (c & d)) + 2400959708 ELSE (b # c # d) + 3395469782 END;
            f := ((((a << 5) | (a >> 27)) & low) + f + e + w[t]) & low;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & low; b := a; a := f;
        END LOOP;
        h := ARRAY[(h[1] + a) & low, (h[2] + b) & low, (h[3] + c) & low, (h[4] + d) & low, (h[5] + e) & low];
    END LOOP;
    RETURN substr(int8send(h[1]), 5) || substr(int8send(h[2]), 5) || substr(int8send(h[3]), 5) || substr(int8send(h[4]), 5) || substr(int8send(h[5]), 5);
END $$;
COMMENT ON FUNCTION houvast.sha1 IS 'SHA-1, for codes of authenticator apps (promise C38)';
REVOKE ALL ON FUNCTION houvast.sha1(bytea) FROM PUBLIC;

-- 156. make function totp (promise C38, as houvast_keeper)
-- The code of six digits of a secret of at most 64 bytes in a step of 30 seconds (RFC 6238, HMAC-SHA-1) (promise C38).
CREATE OR REPLACE FUNCTION houvast.totp(secret bytea, step bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    inside bytea := secret || decode(repeat('00', 64 - length(secret)), 'hex');
    outside bytea := inside;
    made bytea;
    at int;
BEGIN
    FOR n IN 0..63 LOOP
        outside := set_byte(outside, n, get_byte(inside, n) # 92);
        inside := set_byte(inside, n, get_byte(inside, n) # 54);
    END LOOP;
    made := houvast.sha1(outside || houvast.sha1(inside || int8send(step)));
    at := get_byte(made, 19) & 15;
    RETURN lpad(((((get_byte(made, at) & 127) << 24) + (get_byte(made, at + 1) << 16) + (get_byte(made, at + 2) << 8) + get_byte(made, at + 3)) % 1000000)::text, 6, '0');
END $$;
COMMENT ON FUNCTION houvast.totp IS 'A code of an authenticator app (promise C38)';
REVOKE ALL ON FUNCTION houvast.totp(bytea, bigint) FROM PUBLIC;

-- 157. make function may_try (promise C38, as houvast_keeper)
-- Counts a try of a code, whatever becomes of the transaction: ten wrong ones an hour of all staff together (promise C38).
CREATE OR REPLACE FUNCTION houvast.may_try() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) / 3600)::bigint * 100000;
    taken bigint := nextval('houvast.staff_tries');
BEGIN
    IF taken < first THEN taken := setval('houvast.staff_tries', first + 1); END IF;
    RETURN taken - first <= 10;
END $$;
COMMENT ON FUNCTION houvast.may_try() IS 'Counts codes of staff that are tried (promise C38)';
REVOKE ALL ON FUNCTION houvast.may_try() FROM PUBLIC;

-- 158. make function confirm (promise G10, as houvast_keeper)
-- One of the staff confirms one thing with a code of this moment: each code serves once. The name in its one spelling. A right code
-- was made on a device that whoever has taken over the pages does not have (promises C38, G10).
CREATE OR REPLACE FUNCTION houvast.confirm(who text, code text, what text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_step CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) / 30)::bigint;
    plain CONSTANT text := houvast.staff_name(who);
    typed CONSTANT text := regexp_replace(left(coalesce(code, ''), 20), '\D', '', 'g');
    used bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.staff s WHERE s.name = plain AND s.secret IS NOT NULL AND s.ended_at IS NULL) THEN
        PERFORM houvast.says_no('this member of the staff has no codes', 'G10', 'An administrator gives them: houvast staff code NAME.');
    ELSIF typed = '' THEN
        PERFORM houvast.says_no('this is confirmed by a code', 'G10', 'Give the code that your authenticator app shows now.');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('houvast.staff_tries', 0));
    IF NOT houvast.may_try() THEN
        PERFORM houvast.says_no('too many codes were tried', 'G10', 'Wait until the next hour.');
    END IF;
    UPDATE houvast.staff s SET last_step = n.step
    FROM generate_series(now_step - 1, now_step + 1) n (step)
    WHERE s.name = plain AND s.secret IS NOT NULL AND s.ended_at IS NULL AND n.step > s.last_step AND houvast.totp(s.secret, n.step) = typed
    RETURNING s.last_step INTO used;
    IF used IS NULL THEN
        PERFORM houvast.says_no('this code is wrong, or was used', 'G10', 'Give the code that your authenticator app shows now; each serves once.');
    END IF;
    PERFORM setval('houvast.staff_tries', currval('houvast.staff_tries') - 1);  -- only wrong ones are counted
    INSERT INTO houvast.confirmed (what, who) VALUES (confirm.what, plain) ON CONFLICT DO NOTHING;
    RETURN plain;
END $$;
COMMENT ON FUNCTION houvast.confirm IS 'One of the staff confirms one thing by a code (promise G10)';
REVOKE ALL ON FUNCTION houvast.confirm(text, text, text) FROM PUBLIC;

-- 159. make function is_confirmed (promise G10, as houvast_keeper)
-- Whether this transaction confirmed something; by this one, or by anybody (promise G10).
CREATE OR REPLACE FUNCTION houvast.is_confirmed(what text, who text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM houvast.confirmed c WHERE c.xid = pg_current_xact_id_if_assigned() AND c.what = is_confirmed.what
                   AND (is_confirmed.who IS NULL OR c.who = is_confirmed.who))
$$;
COMMENT ON FUNCTION houvast.is_confirmed IS 'Whether this transaction confirmed something (promise G10)';
REVOKE ALL ON FUNCTION houvast.is_confirmed(text, text) FROM PUBLIC;

-- 160. make function standard_letter (promise G10, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.standard_letter(request bigint, kind text, language text) RETURNS TABLE (subject text, body text)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
    SELECT t.subject, replace(replace(replace(replace(t.body, '{reference}', q.code::text), '{right}', w.words),
        '{due}', extract(day FROM q.due_on)::int || ' ' || (CASE standard_letter.language WHEN 'nl' THEN ARRAY['januari', 'februari', 'maart', 'april', 'mei', 'juni', 'juli', 'augustus', 'september', 'oktober', 'november', 'december']::text[] WHEN 'en' THEN ARRAY['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']::text[] END)[extract(month FROM q.due_on)::int] || ' ' || extract(year FROM q.due_on)::int),
        '{received}', extract(day FROM (q.received_at AT TIME ZONE 'Europe/Amsterdam')::date)::int || ' ' || (CASE standard_letter.language WHEN 'nl' THEN ARRAY['januari', 'februari', 'maart', 'april', 'mei', 'juni', 'juli', 'augustus', 'september', 'oktober', 'november', 'december']::text[] WHEN 'en' THEN ARRAY['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']::text[] END)[extract(month FROM (q.received_at AT TIME ZONE 'Europe/Amsterdam')::date)::int] || ' ' || extract(year FROM (q.received_at AT TIME ZONE 'Europe/Amsterdam')::date)::int)
    FROM houvast.request q
    JOIN (VALUES ('access', 'nl', 'uw gegevens zien'), ('access', 'en', 'see your data'), ('portability', 'nl', 'uw gegevens meenemen'), ('portability', 'en', 'take your data with you'), ('rectification', 'nl', 'uw gegevens verbeteren'), ('rectification', 'en', 'correct your data'), ('objection', 'nl', 'bezwaar maken'), ('objection', 'en', 'object'), ('restriction', 'nl', 'uw gegevens laten rusten'), ('restriction', 'en', 'restrict the use of your data'), ('withdrawal', 'nl', 'uw toestemming intrekken'), ('withdrawal', 'en', 'withdraw your consent'), ('stop', 'nl', 'het gebruik van uw gegevens stoppen'), ('stop', 'en', 'stop the use of your data'), ('closing', 'nl', 'uw account sluiten'), ('closing', 'en', 'close your account'), ('erasure', 'nl', 'uw gegevens wissen'), ('erasure', 'en', 'erase your data'), ('complaint', 'nl', 'een klacht'), ('complaint', 'en', 'a complaint'), ('question', 'nl', 'een vraag'), ('question', 'en', 'a question')) w ("right", language, words) ON w."right" = q."right" AND w.language = standard_letter.language
    JOIN (VALUES
        ('acknowledgement', 'nl', 'Wij hebben uw verzoek ontvangen', 'Dag,

Op {received} kregen wij uw verzoek: {right}.

U krijgt antwoord uiterlijk op {due}. Hebben wij meer tijd nodig? Dan hoort u dat voor die dag, met de reden.

Wilt u weten hoe het met uw verzoek staat? Kies op onze privacysite "Verzoek volgen", en vul het nummer in dat hieronder staat.

Met vriendelijke groet,

small


Nummer van uw verzoek: {reference}
'), ('acknowledgement', 'en', 'We have got your request', 'Hello,

On {received} we got your request: {right}.

You will get an answer on {due} at the latest. Do we need more time? Then we will tell you before that day, with the reason.

Do you want to know how your request is going? Choose "Follow a request" on our privacy website, and fill in the number below.

Kind regards,

small


Number of your request: {reference}
'), ('identity', 'nl', 'Wij willen zeker weten dat u het bent', 'Dag,

U vroeg ons iets over uw gegevens: {right}. Wij willen zeker weten dat u het bent. Anders kan iemand anders uw gegevens krijgen.

Wat kunt u doen?

- Log in op uw account en vraag het daar.
- Of vraag op onze website een code aan. Die sturen wij naar het adres dat wij van u kennen.

Stuur ons geen kopie van uw paspoort of identiteitskaart. Die hebben wij niet nodig.

De tijd voor ons antwoord staat stil tot wij dit van u weten.

Met vriendelijke groet,

small


Nummer van uw verzoek: {reference}
'), ('identity', 'en', 'We want to be sure that it is you', 'Hello,

You asked us something about your data: {right}. We want to be sure that it is you. Otherwise somebody else could get your data.

What can you do?

- Sign in to your account and ask it there.
- Or ask for a code on our website. We send it to the address that we know of you.

Do not send us a copy of your passport or identity card. We do not need it.

The time for our answer stands still until we know this.

Kind regards,

small


Number of your request: {reference}
')) t (kind, language, subject, body) ON t.kind = standard_letter.kind AND t.language = standard_letter.language
    WHERE q.id = standard_letter.request
$hv$;
COMMENT ON FUNCTION houvast.standard_letter IS 'A letter that may go without approval, word for word (promise G10)';
REVOKE ALL ON FUNCTION houvast.standard_letter(bigint, text, text) FROM PUBLIC;

-- 161. make table request_text (promise C54, as houvast_keeper)
-- What a person wrote: kept apart from the case, never told to the log, gone five years after the case has ended
-- (promise C54). The five years are those of claims (BW 3:310).
CREATE TABLE IF NOT EXISTS houvast.request_text (
    request bigint PRIMARY KEY REFERENCES houvast.request ON DELETE CASCADE, body text NOT NULL CHECK (length(body) BETWEEN 1 AND 20000),
    since timestamptz NOT NULL DEFAULT clock_timestamp());
ALTER TABLE houvast.request_text ADD COLUMN IF NOT EXISTS reply_to text;  -- of a complaint or question by mail, of nobody known
COMMENT ON TABLE houvast.request_text IS 'What people wrote in a request or complaint; nobody but its keeper reads it (promise C54).';;

-- 162. make table breach (promise G14, as houvast_keeper)
-- Breaches of personal data: from when the organisation knew, how bad, what was done (promise G14).
CREATE TABLE IF NOT EXISTS houvast.breach (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL CHECK (length(btrim(title)) BETWEEN 3 AND 200),
    aware_at timestamptz NOT NULL, report_by timestamptz NOT NULL, risk text NOT NULL DEFAULT 'unknown' CHECK (risk IN ('unknown', 'none', 'risk', 'high')),
    note text NOT NULL DEFAULT '', persons int CHECK (persons >= 0), measures text NOT NULL DEFAULT '', owner text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'reported', 'closed')),
    reported_at timestamptz, people_told_at timestamptz, late_because text NOT NULL DEFAULT '', added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz);
COMMENT ON TABLE houvast.breach IS 'The register of breaches, each with its clock; no names of people in it (promise G14).';;

-- 163. make table letter (promise G10, as houvast_keeper)
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
COMMENT ON TABLE houvast.letter IS 'Letters to people, from draft to sent; nobody but their keeper reads them (promise G10).';;

-- 164. make function easter (promise G18, as houvast_keeper)
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
REVOKE ALL ON FUNCTION houvast.easter(int) FROM PUBLIC;

-- 165. make function is_free (promise G18, as houvast_keeper)
-- Whether a day is a Saturday, a Sunday or a holiday, as the law of another day has them (promise G18).
CREATE OR REPLACE FUNCTION houvast.is_free(day date, by date) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT extract(isodow FROM day) > 5 OR EXISTS (
        SELECT FROM (SELECT DISTINCT ON (r.name) r.rule FROM (VALUES
            ('new_year', date '2018-05-25', '01-01'),
            ('good_friday', date '2018-05-25', 'easter-2'),
            ('easter_monday', date '2018-05-25', 'easter+1'),
            ('kings_day', date '2018-05-25', '04-27, on sunday 04-26'),
            ('liberation_day', date '2018-05-25', '05-05'),
            ('ascension_day', date '2018-05-25', 'easter+39'),
            ('whit_monday', date '2018-05-25', 'easter+50'),
            ('christmas_day', date '2018-05-25', '12-25'),
            ('boxing_day', date '2018-05-25', '12-26')) r (name, since, rule) WHERE r.since <= by ORDER BY r.name, r.since DESC) r
        CROSS JOIN LATERAL (SELECT CASE WHEN r.rule ^@ 'easter' THEN houvast.easter(extract(year FROM day)::int) + substr(r.rule, 7)::int
            ELSE to_date(extract(year FROM day) || '-' || left(r.rule, 5), 'YYYY-MM-DD') END AS at) first
        WHERE day = CASE WHEN r.rule LIKE '%, on sunday %' AND extract(isodow FROM first.at) = 7
            THEN to_date(extract(year FROM day) || '-' || right(r.rule, 5), 'YYYY-MM-DD') ELSE first.at END)
$$;
COMMENT ON FUNCTION houvast.is_free IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.is_free(date, date) FROM PUBLIC;

-- 166. make function due_on (promise G18, as houvast_keeper)
-- The last day on which to answer: the day of receipt does not count, a term of months ends on the same day number or the last
-- day of the month, days of waiting for the person are added, and a free day moves it on (Regulation 1182/71; promise G18).
CREATE OR REPLACE FUNCTION houvast.due_on(received timestamptz, extended boolean, waited int) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first CONSTANT date := (received AT TIME ZONE 'Europe/Amsterdam')::date;
    term CONSTANT interval := CASE WHEN extended THEN interval '0 years 3 months 0 days' ELSE interval '0 years 1 months 0 days' END;
    day date := (first + term)::date + waited;
BEGIN
    WHILE houvast.is_free(day, first) LOOP day := day + 1; END LOOP;
    RETURN day;
END $$;
COMMENT ON FUNCTION houvast.due_on IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.due_on(timestamptz, boolean, int) FROM PUBLIC;

-- 167. make function may_move (promise G18, as houvast_keeper)
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
REVOKE ALL ON FUNCTION houvast.may_move(text, text) FROM PUBLIC;

-- 168. make function is_reason (promise G18, as houvast_keeper)
-- Whether a reason is one for refusing, or for taking longer: the law has a closed list (promise G18).
CREATE OR REPLACE FUNCTION houvast.is_reason(becomes text, reason text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE becomes
        WHEN 'delayed' THEN reason = ANY ('{complexity,high_volume}'::text[])
        WHEN 'refused' THEN reason = ANY ('{identity_failure,unfounded,excessive,rights_of_others,legally_required,legal_claims,accurate,overriding_interest,no_data}'::text[])
        ELSE reason = '' END
$$;
COMMENT ON FUNCTION houvast.is_reason IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.is_reason(text, text) FROM PUBLIC;

-- 169. make function says_no (promise G18, as houvast_keeper)
-- The error of a case that does not go as the law has it (promise G18).
CREATE OR REPLACE FUNCTION houvast.says_no(what text, promise text, instead text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Houvast refuses: % (promise %).', what, promise USING ERRCODE = 'check_violation', HINT = instead;
END $$;
COMMENT ON FUNCTION houvast.says_no IS 'Keeps promise G18';
REVOKE ALL ON FUNCTION houvast.says_no(text, text, text) FROM PUBLIC;

-- 170. make function request_kept (promise G18, as houvast_keeper)
-- Whoever writes a request: the clock is computed, a state follows only where it may, and nothing ends without an answer that
-- was sent or the person's own word (promise G18). A request of a session of the person themselves is no case.
CREATE OR REPLACE FUNCTION houvast.request_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment CONSTANT timestamptz := clock_timestamp();
    today CONSTANT date := (moment AT TIME ZONE 'Europe/Amsterdam')::date;
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
    NEW.waited := OLD.waited + CASE WHEN OLD.paused_at IS NULL THEN 0 ELSE greatest(0, today - (OLD.paused_at AT TIME ZONE 'Europe/Amsterdam')::date) END;
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
COMMENT ON FUNCTION houvast.request_kept() IS 'Keeps promise G18';

-- 171. make function tell_case (promise G18, as houvast_keeper)
-- A request that comes in, and each state that it gets, is told in the same transaction; never what was written (promise G18).
CREATE OR REPLACE FUNCTION houvast.tell_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.session OR houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM houvast.tell('request_received', 'G18', jsonb_build_object('right', NEW."right", 'channel', NEW.channel,
            'language', NEW.language, 'about', NEW.promise), jsonb_build_object('request', NEW.id, 'due', NEW.due_on), NEW.kind, NEW.key);
    ELSE
        PERFORM houvast.tell('request_moved', 'G18', jsonb_build_object('right', NEW."right", 'from', OLD.state, 'to', NEW.state,
            'reason', NEW.reason, 'in_time', CASE WHEN (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date <= OLD.due_on THEN 'yes' ELSE 'no' END),
            jsonb_build_object('request', NEW.id, 'due', NEW.due_on), NEW.kind, NEW.key);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_case() IS 'Keeps promise G18';

-- 172. make function letter_moves (promise G10, as houvast_keeper)
-- Which state a request gets by sending a letter; NULL when it stays as it is (promise G10).
CREATE OR REPLACE FUNCTION houvast.letter_moves(kind text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN kind = 'acknowledgement' THEN 'acknowledged' WHEN kind = 'identity' THEN 'identity' WHEN kind = 'extension' THEN 'delayed'
        WHEN kind IN ('refusal', 'objection_dismissed') THEN 'refused'
        WHEN kind IN ('copy', 'corrected', 'objection_honoured', 'restricted', 'erased', 'done', 'complaint', 'question') THEN 'answered' END
$$;
COMMENT ON FUNCTION houvast.letter_moves IS 'Keeps promise G10';
REVOKE ALL ON FUNCTION houvast.letter_moves(text) FROM PUBLIC;

-- 173. make function letter_names (promise G10, as houvast_keeper)
-- What a letter must name, in its language: where one says no, in whole or in part, the authority, the court, and until when
-- (promise G10).
CREATE OR REPLACE FUNCTION houvast.letter_names(kind text, language text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN kind IN ('refusal', 'objection_dismissed', 'erased', 'complaint') THEN
        CASE language WHEN 'nl' THEN ARRAY['Autoriteit Persoonsgegevens', 'rechtbank', '6 weken']::text[] ELSE ARRAY['Autoriteit Persoonsgegevens', 'court', '6 weeks']::text[] END ELSE '{}'::text[] END
$$;
COMMENT ON FUNCTION houvast.letter_names IS 'Keeps promise G10';
REVOKE ALL ON FUNCTION houvast.letter_names(text, text) FROM PUBLIC;

-- 174. make function letter_kept (promise G10, as houvast_keeper)
-- Whoever writes a letter: it is approved by somebody else than who drafted it, names what it must, and stays as it was approved
-- (promise G10). The names of the staff are compared in their one spelling, and the approval was confirmed by a code; only a
-- letter that is standard in every word goes without.
CREATE OR REPLACE FUNCTION houvast.letter_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.letter_kept() IS 'Keeps promise G10';

-- 175. make function tell_letter (promise G10, as houvast_keeper)
-- A letter that is sent is told, without a word of what it says, and the request or the breach gets its state (promise G10).
CREATE OR REPLACE FUNCTION houvast.tell_letter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.tell_letter() IS 'Keeps promise G10';

-- 176. make function breach_kept (promise G14, as houvast_keeper)
-- Whoever writes a breach: the hours run from when it was known, it is told to the authority or why not, and to the people at
-- high risk, before it is closed (promise G14).
CREATE OR REPLACE FUNCTION houvast.breach_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
    NEW.report_by := NEW.aware_at + 72 * interval '1 hour';
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
COMMENT ON FUNCTION houvast.breach_kept() IS 'Keeps promise G14';

-- 177. make function tell_breach (promise G14, as houvast_keeper)
-- Each step in the handling of a breach is told (promise G14).
CREATE OR REPLACE FUNCTION houvast.tell_breach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell(CASE TG_OP WHEN 'INSERT' THEN 'breach_recorded' ELSE 'breach_moved' END, 'G14',
        jsonb_build_object('risk', NEW.risk, 'state', NEW.state, 'hours_left', greatest(0, floor(extract(epoch FROM NEW.report_by - clock_timestamp()) / 3600)),
            'people', CASE WHEN NEW.people_told_at IS NULL THEN 'not told' ELSE 'told' END), jsonb_build_object('breach', NEW.id));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_breach() IS 'Keeps promise G14';

-- 178. make function take_request (promise C54, as houvast_keeper)
-- Takes a request in: its number, its code to follow it by, and the last day for the answer. `who` as kind:key, or NULL for
-- somebody who does not say who they are, which only a complaint or a question allows. To the pages it does not say whether
-- somebody has that number: whoever checks the request finds out (promise C54).
CREATE OR REPLACE FUNCTION houvast.take_request(who text, "right" text, channel text, language text, received timestamptz DEFAULT NULL,
    promise text DEFAULT '', sort text DEFAULT '', words text DEFAULT '', evidence jsonb DEFAULT NULL, OUT id bigint, OUT code uuid, OUT due_on date)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.take_request(text, text, text, text, timestamptz, text, text, text, jsonb) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.take_request TO houvast_web; END IF;
END $$;

-- 179. make function move_request (promise G18, as houvast_keeper)
-- Takes a request to its next state; that the person no longer asks, one of the staff confirms with a code (promise G18).
DROP FUNCTION IF EXISTS houvast.move_request(bigint, text, text);
CREATE OR REPLACE FUNCTION houvast.move_request(number bigint, becomes text, why text DEFAULT '', by text DEFAULT NULL, code text DEFAULT NULL) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.move_request(bigint, text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.move_request TO houvast_web; END IF;
END $$;

-- 180. make function complain (promise C54, as houvast_keeper)
-- A complaint or a question from the pages, by anybody, without an account: the code to follow it by, and until when
-- (promise C54).
CREATE OR REPLACE FUNCTION houvast.complain("right" text, language text, words text, promise text DEFAULT '', sort text DEFAULT '', evidence jsonb DEFAULT NULL,
    OUT code uuid, OUT due_on date) LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF length(btrim(coalesce(words, ''))) < 3 THEN
        PERFORM houvast.says_no('a complaint or a question says something', 'C54', 'Write in a few words what it is about.');
    END IF;
    SELECT t.code, t.due_on INTO complain.code, complain.due_on
    FROM houvast.take_request(NULL, complain."right", 'portal', complain.language, NULL, complain.promise, complain.sort, words, complain.evidence) t;
    UPDATE houvast.request q SET state = 'acknowledged' WHERE q.code = complain.code;  -- whoever asked has its code at once
END $$;
COMMENT ON FUNCTION houvast.complain IS 'Takes a complaint in from anybody (promise C54)';
REVOKE ALL ON FUNCTION houvast.complain(text, text, text, text, text, jsonb) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.complain TO houvast_web; END IF;
END $$;

-- 181. make function follow_request (promise C54, as houvast_keeper)
-- How a request stands, for whoever has its code: nothing about whom it is of (promise C54).
CREATE OR REPLACE FUNCTION houvast.follow_request(code uuid) RETURNS TABLE ("right" text, state text, received_at timestamptz, due_on date, waits boolean,
    reason text, closed_at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT q."right", q.state, q.received_at, q.due_on, q.paused_at IS NOT NULL, q.reason, q.closed_at FROM houvast.request q
    WHERE q.code = follow_request.code AND NOT q.session
$$;
COMMENT ON FUNCTION houvast.follow_request IS 'How a request stands, by its code (promise C54)';
REVOKE ALL ON FUNCTION houvast.follow_request(uuid) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.follow_request TO houvast_web; END IF;
END $$;

-- 182. make function answers_to (promise C54, as houvast_keeper)
-- The letters that were sent about a request of somebody who did not say who they are, for whoever has its code: there is no
-- other way to answer them. Of a request of somebody known it shows none, for these go to the person (promise C54).
CREATE OR REPLACE FUNCTION houvast.answers_to(code uuid) RETURNS TABLE (subject text, body text, sent_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.subject, l.body, l.sent_at FROM houvast.request q JOIN houvast.letter l ON l.request = q.id
    WHERE q.code = answers_to.code AND q.key IS NULL AND NOT q.session AND l.sent_at IS NOT NULL ORDER BY l.sent_at, l.id
$$;
COMMENT ON FUNCTION houvast.answers_to IS 'The answers to somebody without a name, by their code (promise C54)';
REVOKE ALL ON FUNCTION houvast.answers_to(uuid) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.answers_to TO houvast_web; END IF;
END $$;

-- 183. make function open_case (promise C02, as houvast_keeper)
-- Records that one of the staff looks at what a case says, as a use for that person: which of them, the pages say; `read_case` shows it once this has
-- committed, so that nobody looks and takes the record back (promise C02).
DROP FUNCTION IF EXISTS houvast.open_case(bigint, text);
CREATE OR REPLACE FUNCTION houvast.open_case(number bigint, reason text, by text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.open_case(bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.open_case TO houvast_web; END IF;
END $$;

-- 184. make function read_case (promise C02, as houvast_keeper)
-- What one case says, for the login whose look at it `open_case` recorded and committed in the last minutes (promise C02).
DROP FUNCTION IF EXISTS houvast.read_case(bigint, text);
CREATE OR REPLACE FUNCTION houvast.read_case(use_id bigint) RETURNS TABLE (kind text, key text, words text, letters jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.read_case(bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.read_case TO houvast_web; END IF;
END $$;

-- 185. make function forget_cases (promise C54, as houvast_keeper)
-- Takes away what people wrote and the letters of requests that ended five years ago; how many requests (promise C54).
CREATE OR REPLACE FUNCTION houvast.forget_cases() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM houvast.request q WHERE q.closed_at < clock_timestamp() - interval '5 years';
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM houvast.confirmed c WHERE c.at < clock_timestamp() - interval '5 years';
    RETURN gone;
END $$;
COMMENT ON FUNCTION houvast.forget_cases IS 'Takes old cases away (promise C54)';
REVOKE ALL ON FUNCTION houvast.forget_cases() FROM PUBLIC;

-- 186. make view houvast.public_case (promise G18, as houvast_keeper)
-- For the pages of the staff: every case without whom it is of and what was written (promise G18).
CREATE OR REPLACE VIEW houvast.public_case AS
SELECT q.id, q."right", q.state, q.channel, q.language, q.promise, q.sort, q.received_at, q.due_on, q.due_on - (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date AS days_left,
       q.paused_at, q.waited, q.extended_at, q.reason, q.verified_at IS NOT NULL AS verified, q.level, q.kind IS NOT NULL AS known, q.closed_at, q.evidence,
       (SELECT count(*) FROM houvast.letter l WHERE l.request = q.id AND l.sent_at IS NULL) AS drafts
FROM houvast.request q WHERE NOT q.session;
COMMENT ON VIEW houvast.public_case IS 'Every case without whom it is of (promise G18)';
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT SELECT ON houvast.public_case TO houvast_web; END IF;
END $$;

-- 187. make view houvast.public_breach (promise G14, as houvast_keeper)
-- For the pages of the staff: the register of breaches with its clocks (promise G14).
CREATE OR REPLACE VIEW houvast.public_breach AS
SELECT b.*, extract(epoch FROM b.report_by - clock_timestamp()) / 3600 AS hours_left FROM houvast.breach b;
COMMENT ON VIEW houvast.public_breach IS 'The register of breaches with its clocks (promise G14)';
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT SELECT ON houvast.public_breach TO houvast_web; END IF;
END $$;

-- 188. make function draft_letter (promise G10, as houvast_keeper)
-- Drafts a letter about a request or a breach; its number (promise G10).
CREATE OR REPLACE FUNCTION houvast.draft_letter(request bigint, breach bigint, kind text, language text, subject text, body text, reason text, by text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.draft_letter(bigint, bigint, text, text, text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.draft_letter TO houvast_web; END IF;
END $$;

-- 189. make function approve_letter (promise G10, as houvast_keeper)
-- Approves a letter that somebody else drafted, with a code of one's own that serves once (promise G10).
DROP FUNCTION IF EXISTS houvast.approve_letter(bigint, text);
CREATE OR REPLACE FUNCTION houvast.approve_letter(number bigint, by text, code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.approve_letter(bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.approve_letter TO houvast_web; END IF;
END $$;

-- 190. make function send_letter (promise G10, as houvast_keeper)
-- Sends a letter: it waits in the queue for the address on file at that moment, or `printed`: it goes by post. What it says is
-- given back; the request gets its state (promise G10).
CREATE OR REPLACE FUNCTION houvast.send_letter(number bigint, printed boolean DEFAULT false) RETURNS TABLE (subject text, body text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
                to_char(houvast.cools_until(q.kind, q.key, 'email') AT TIME ZONE 'Europe/Amsterdam', 'YYYY-MM-DD HH24:MI')), 'C37',
                'Send it by post, printed, or wait until then.');
        END IF;
        INSERT INTO houvast.outgoing (to_kind, to_key, template, language, "values")
        VALUES (q.kind, q.key, 'letter', l.language, jsonb_build_object('subject', l.subject, 'body', l.body,
            'reference', CASE WHEN l.kind IN ('acknowledgement', 'identity') AND q."right" NOT IN ('complaint', 'question') THEN q.code END));
    END IF;
    RETURN QUERY SELECT l.subject, l.body;
END $$;
COMMENT ON FUNCTION houvast.send_letter IS 'Sends a letter (promise G10)';
REVOKE ALL ON FUNCTION houvast.send_letter(bigint, boolean) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.send_letter TO houvast_web; END IF;
END $$;

-- 191. make function record_breach (promise G14, as houvast_keeper)
-- Writes a breach down: its number, and until when it is reported (promise G14).
CREATE OR REPLACE FUNCTION houvast.record_breach(title text, aware timestamptz, owner text, OUT id bigint, OUT report_by timestamptz)
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO houvast.breach (title, aware_at, owner) VALUES ($1, coalesce($2, clock_timestamp()), $3) RETURNING id, report_by
$$;
COMMENT ON FUNCTION houvast.record_breach IS 'Writes a breach down (promise G14)';
REVOKE ALL ON FUNCTION houvast.record_breach(text, timestamptz, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.record_breach TO houvast_web; END IF;
END $$;

-- 192. make function change_breach (promise G14, as houvast_keeper)
-- Writes down what was found and done about a breach; NULL leaves as it was (promise G14).
CREATE OR REPLACE FUNCTION houvast.change_breach(number bigint, risk text DEFAULT NULL, note text DEFAULT NULL, persons int DEFAULT NULL,
    measures text DEFAULT NULL, reported timestamptz DEFAULT NULL, late_because text DEFAULT NULL, told timestamptz DEFAULT NULL, closes boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.breach b SET risk = coalesce(change_breach.risk, b.risk), note = coalesce(change_breach.note, b.note),
        persons = coalesce(change_breach.persons, b.persons), measures = coalesce(change_breach.measures, b.measures),
        reported_at = coalesce(reported, b.reported_at), late_because = coalesce(change_breach.late_because, b.late_because),
        people_told_at = coalesce(told, b.people_told_at), state = CASE WHEN closes THEN 'closed' ELSE b.state END WHERE b.id = number;
    IF NOT FOUND THEN PERFORM houvast.says_no('there is no such breach', 'G14', 'houvast breach list shows them.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.change_breach IS 'Writes down what was done about a breach (promise G14)';
REVOKE ALL ON FUNCTION houvast.change_breach(bigint, text, text, int, text, timestamptz, text, timestamptz, boolean) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.change_breach TO houvast_web; END IF;
END $$;

-- 193. make table incoming (promise C32, as houvast_keeper)
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
COMMENT ON TABLE houvast.incoming IS 'Mail that came in to the address for privacy, with its clock; nobody but its keeper reads it (promise C32).';;

-- 194. make table mailbox (promise C32, as houvast_keeper)
-- How far each mailbox was read: the last number (UID) under its validity (RFC 3501), in the same transaction as the mail
-- itself (promise C32).
CREATE TABLE IF NOT EXISTS houvast.mailbox (
    name text PRIMARY KEY, validity bigint NOT NULL, uid bigint NOT NULL CHECK (uid >= 0), read_at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.mailbox IS 'How far each mailbox was read (promise C32).';;

-- 195. make function incoming_kept (promise C32, as houvast_keeper)
-- Whoever writes a mail: its last day is computed from when it came in, and that stays, as does what it says until somebody
-- has said what it is (promise C32).
CREATE OR REPLACE FUNCTION houvast.incoming_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.incoming_kept() IS 'Keeps promise C32';

-- 196. make function tell_incoming (promise C32, as houvast_keeper)
-- A mail that comes in, and what somebody decided of it, is told; never who wrote it or what (promise C32).
CREATE OR REPLACE FUNCTION houvast.tell_incoming() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM houvast.tell('mail_received', 'C32', jsonb_build_object('sort', NEW.sort, 'language', NEW.language,
            'asks', cardinality(NEW.rights), 'answered', CASE WHEN NEW.answered THEN 'yes' ELSE 'no' END), jsonb_build_object('mail', NEW.id, 'due', NEW.due_on));
    ELSE
        PERFORM houvast.tell('mail_decided', 'C32', jsonb_build_object('to', NEW.state, 'why', NEW.why, 'requests', cardinality(NEW.requests),
            'in_time', CASE WHEN (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date <= OLD.due_on THEN 'yes' ELSE 'no' END), jsonb_build_object('mail', NEW.id, 'due', NEW.due_on));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_incoming() IS 'Keeps promise C32';

-- 197. make function take_mail (promise C32, as houvast_keeper)
-- Takes a mail in, once: its number, or NULL for one that was taken before. Whoever wrote it is told that it came in, whether
-- they are known here or not: at most three times a day, a hundred such answers an hour; mail that
-- proves where it is from has a hundred of its own, which forged mail does not use up. What came back of ours counts for
-- the address that it went to (promises C32, C35, C37).
CREATE OR REPLACE FUNCTION houvast.take_mail(digest text, received timestamptz, sort text, language text, rights text[], reasons jsonb, notes text[],
    passed text, sender text, subject text, body text, answerable boolean, bounced uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.take_mail(text, timestamptz, text, text, text[], jsonb, text[], text, text, text, text, boolean, uuid[]) FROM PUBLIC;

-- 198. make function came_back (promise C37, as houvast_keeper)
-- A mail of ours did not arrive. It counts once, and only for the address that the person still has: whoever reports must know
-- the number of a mail that we sent, which nobody can guess (promise C37).
CREATE OR REPLACE FUNCTION houvast.came_back(number uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.came_back(uuid) FROM PUBLIC;

-- 199. make function mark_mailbox (promise C32, as houvast_keeper)
-- How far a mailbox was read; another validity begins anew (promise C32).
CREATE OR REPLACE FUNCTION houvast.mark_mailbox(name text, validity bigint, uid bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO houvast.mailbox AS m (name, validity, uid) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET validity = excluded.validity, read_at = clock_timestamp(),
        uid = CASE WHEN m.validity = excluded.validity THEN greatest(m.uid, excluded.uid) ELSE excluded.uid END
$$;
COMMENT ON FUNCTION houvast.mark_mailbox IS 'How far a mailbox was read (promise C32)';
REVOKE ALL ON FUNCTION houvast.mark_mailbox(text, bigint, bigint) FROM PUBLIC;

-- 200. make function open_mail (promise C02, as houvast_keeper)
-- Records that one of the staff looks at who wrote a mail and what: which of them, the pages say; `read_mail` shows it once this has committed (promise C02).
DROP FUNCTION IF EXISTS houvast.open_mail(bigint, text);
CREATE OR REPLACE FUNCTION houvast.open_mail(number bigint, reason text, by text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.open_mail(bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.open_mail TO houvast_web; END IF;
END $$;

-- 201. make function read_mail (promise C02, as houvast_keeper)
-- What a mail says, and whose the address is that it says it is from (which anybody can write there), for the login whose look
-- at it `open_mail` recorded and committed in the last minutes (promise C02).
CREATE OR REPLACE FUNCTION houvast.read_mail(use_id bigint) RETURNS TABLE (sender text, subject text, body text, persons text[])
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.read_mail(bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.read_mail TO houvast_web; END IF;
END $$;

-- 202. make function accept_mail (promise C32, as houvast_keeper)
-- Makes requests of a mail, one for each right, with the clock running since the mail came in. Nothing is verified by that: the
-- words, and who they say they are from, go to the requests. `who` as kind:key; NULL for a complaint or question (promise C32).
CREATE OR REPLACE FUNCTION houvast.accept_mail(number bigint, rights text[], who text) RETURNS TABLE (id bigint, code uuid, due_on date, reachable boolean)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.accept_mail(bigint, text[], text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.accept_mail TO houvast_web; END IF;
END $$;

-- 203. make function dismiss_mail (promise C32, as houvast_keeper)
-- Says of a mail that it is no request, and why; for thirty days that can be taken back by accepting it (promise C32).
CREATE OR REPLACE FUNCTION houvast.dismiss_mail(number bigint, because text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(because, '') NOT IN ('not_request', 'spam', 'duplicate', 'answered', 'automatic') THEN
        PERFORM houvast.says_no('a mail is set aside for a reason', 'C32', 'One of: not_request, spam, duplicate, answered, automatic.');
    END IF;
    UPDATE houvast.incoming m SET state = 'dismissed', why = because, decided_at = clock_timestamp() WHERE m.id = number AND m.state = 'new';
    IF NOT FOUND THEN PERFORM houvast.says_no('there is no such mail, or it was decided', 'C32', 'houvast request intake list shows what waits.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.dismiss_mail IS 'Says of a mail that it is no request (promise C32)';
REVOKE ALL ON FUNCTION houvast.dismiss_mail(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.dismiss_mail TO houvast_web; END IF;
END $$;

-- 204. make function forget_mail (promise C32, as houvast_keeper)
-- Takes away what mail says that was no request, thirty days after that was said, and every trace of it after five years; by
-- whom mail was written is not counted longer than a day. How many lost their words (promise C32).
CREATE OR REPLACE FUNCTION houvast.forget_mail() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.forget_mail() FROM PUBLIC;

-- 205. make view houvast.public_incoming (promise C32, as houvast_keeper)
-- For the pages of the staff: every mail without who wrote it and what (promise C32).
CREATE OR REPLACE VIEW houvast.public_incoming AS
SELECT i.id, i.received_at, i.due_on, i.due_on - (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date AS days_left, i.sort, i.language, i.rights, i.reasons, i.notes,
       i.passed, i.answered, i.state, i.why, i.requests, i.decided_at, i.body IS NOT NULL AS readable, i.held
FROM houvast.incoming i;
COMMENT ON VIEW houvast.public_incoming IS 'Every mail that came in, without who wrote it and what (promise C32)';
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT SELECT ON houvast.public_incoming TO houvast_web; END IF;
END $$;

-- 206. make table shown (promise C33, as houvast_keeper)
-- A copy as it will go out, and beside it what was taken out: the worker makes it for one of the staff who asked with a reason. It
-- lies here for fifteen minutes, and never in the write-ahead log or on a standby (promise C33).
CREATE UNLOGGED TABLE IF NOT EXISTS houvast.shown (
    use bigint PRIMARY KEY REFERENCES houvast.use ON DELETE CASCADE, request bigint NOT NULL REFERENCES houvast.request ON DELETE CASCADE,
    language text NOT NULL CHECK (language IN ('nl', 'en')), asked_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL,
    tries int NOT NULL DEFAULT 0, failed boolean NOT NULL DEFAULT false, made_at timestamptz);
COMMENT ON TABLE houvast.shown IS 'Copies that one of the staff asked to see before they go out; nobody but its keeper reads it (promise C33).';;

-- 207. make table shown_row (promise C33, as houvast_keeper)
-- The rows of such a copy. `cells`: of each column its text in pieces, with the places that go (promise C33).
CREATE UNLOGGED TABLE IF NOT EXISTS houvast.shown_row (
    use bigint REFERENCES houvast.shown ON DELETE CASCADE, place int, "table" text NOT NULL, key text NOT NULL, marked boolean NOT NULL,
    cells jsonb NOT NULL, PRIMARY KEY (use, place));
COMMENT ON TABLE houvast.shown_row IS 'The rows of copies that are shown, for fifteen minutes; nobody but its keeper reads it (promise C33).';;

-- 208. make table judged (promise C33, as houvast_keeper)
-- What the staff judged of a copy: a passage that goes too, or one that the rules took and that stays. The place, and a keyed digest
-- of the text it is in, so that a text that has changed is noticed; never the text (promise C33). `part` -1: the whole value.
CREATE TABLE IF NOT EXISTS houvast.judged (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request bigint NOT NULL REFERENCES houvast.request ON DELETE CASCADE,
    use bigint REFERENCES houvast.use ON DELETE SET NULL, "table" text NOT NULL, "column" text NOT NULL, key text NOT NULL, part int NOT NULL,
    "begin" int NOT NULL, "end" int NOT NULL, digest bytea NOT NULL, takes boolean NOT NULL, rule text NOT NULL, reason text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(), CONSTRAINT judged_place UNIQUE (request, "table", "column", key, part, "begin", "end", takes));
COMMENT ON TABLE houvast.judged IS 'What the staff judged of copies, by place; nobody but its keeper reads it (promise C33).';;

-- 209. make function passage_hash (promise C33, as houvast_keeper)
-- HMAC-SHA-256 of a text, with the key that never leaves this database (promise C33).
CREATE OR REPLACE FUNCTION houvast.passage_hash(said text) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(o.secret || decode(repeat('5c', 32), 'hex') || sha256(i.secret || decode(repeat('36', 32), 'hex') || convert_to('passage:' || said, 'UTF8')))
    FROM houvast.secret i, houvast.secret o
    WHERE i.kind = 'houvast' AND i.key = 'suppression inside' AND o.kind = 'houvast' AND o.key = 'suppression outside'
$$;
COMMENT ON FUNCTION houvast.passage_hash IS 'The keyed digest of a text (promise C33)';
REVOKE ALL ON FUNCTION houvast.passage_hash(text) FROM PUBLIC;

-- 210. make function ask_shown (promise C33, as houvast_keeper)
-- Has the copy of a request shown to one of the staff, with a reason: a use for that person, whose number is given back. It serves
-- for fifteen minutes, for whoever asked (promises C02, C33).
CREATE OR REPLACE FUNCTION houvast.ask_shown(number bigint, reason text, by text, language text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q houvast.request;
    made bigint;
BEGIN
    SELECT r.* INTO q FROM houvast.request r WHERE r.id = number AND NOT r.session;
    IF q.id IS NULL THEN PERFORM houvast.says_no('there is no such request', 'C02', 'houvast request list shows the requests.'); END IF;
    IF houvast.staff_now(by) NOT LIKE 'officer %' THEN
        PERFORM houvast.says_no('only an officer has a copy shown', 'C02', 'Ask an officer.');
    ELSIF q."right" NOT IN ('access', 'portability') THEN
        PERFORM houvast.says_no('this request asks for no copy', 'C33', 'Only a copy of somebody''s data is shown before it goes out.');
    ELSIF q.closed_at IS NOT NULL THEN
        PERFORM houvast.says_no('this request has ended, and nothing is shown or judged for it', 'C33', 'A new request of the person begins anew.');
    ELSIF q.verified_at IS NULL THEN
        PERFORM houvast.says_no('nobody has checked whose request it is', 'C35', 'Check who asks first; ask no copy of a document.');
    ELSIF NOT houvast.counted('copies shown', '', 60) THEN
        PERFORM houvast.says_no('sixty copies were shown this hour', 'C33', 'Wait until the next hour.');
    END IF;
    made := houvast.open_case(number, reason, by);
    INSERT INTO houvast.shown (use, request, language, until) SELECT made, q.id, ask_shown.language, u.until FROM houvast.use u WHERE u.id = made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.ask_shown IS 'Has the copy of a request shown to one of the staff (promise C33)';
REVOKE ALL ON FUNCTION houvast.ask_shown(bigint, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.ask_shown TO houvast_web; END IF;
END $$;

-- 211. make function shown_to (promise C02, as houvast_keeper)
-- The copy that is shown under a use, to the login and the one of the staff who asked, once that use has committed, for as long as it
-- lasts and the request is open (promise C02).
CREATE OR REPLACE FUNCTION houvast.shown_to(use_id bigint, by text) RETURNS houvast.shown
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s houvast.shown;
BEGIN
    SELECT h.* INTO s FROM houvast.shown h JOIN houvast.use u ON u.id = h.use
    WHERE h.use = use_id AND u.login = session_user AND u.staff = houvast.staff_now(by) AND h.until > clock_timestamp()
      AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned();
    IF s.use IS NULL THEN
        PERFORM houvast.says_no('no copy is shown to you under this use, or its time is over', 'C02', 'Ask for it again, with a reason.');
    ELSIF EXISTS (SELECT FROM houvast.request q WHERE q.id = s.request AND q.closed_at IS NOT NULL) THEN
        PERFORM houvast.says_no('this request has ended, and nothing is shown or judged for it', 'C33', 'A new request of the person begins anew.');
    END IF;
    RETURN s;
END $$;
COMMENT ON FUNCTION houvast.shown_to IS 'The copy that is shown under a use (promise C02)';
REVOKE ALL ON FUNCTION houvast.shown_to(bigint, text) FROM PUBLIC;

-- 212. make function shown_stands (promise C33, as houvast_keeper)
-- How a copy that is shown stands: of which request, whether it was made, how many rows it has, in how many something goes (promise C33).
CREATE OR REPLACE FUNCTION houvast.shown_stands(use_id bigint, by text) RETURNS TABLE (request bigint, until timestamptz, made boolean, failed boolean,
    "rows" bigint, marked bigint) LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.request, s.until, s.made_at IS NOT NULL, s.failed, (SELECT count(*) FROM houvast.shown_row r WHERE r.use = s.use),
        (SELECT count(*) FROM houvast.shown_row r WHERE r.use = s.use AND r.marked) FROM houvast.shown_to(use_id, by) s
$$;
COMMENT ON FUNCTION houvast.shown_stands IS 'How a copy that is shown stands (promise C33)';
REVOKE ALL ON FUNCTION houvast.shown_stands(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.shown_stands TO houvast_web; END IF;
END $$;

-- 213. make function read_shown (promise C33, as houvast_keeper)
-- The next twenty-five rows of a copy that is shown, or of those in which something goes (promise C33).
CREATE OR REPLACE FUNCTION houvast.read_shown(use_id bigint, by text, past int, only_marked boolean) RETURNS TABLE (place int, "table" text, has_key boolean,
    cells jsonb) LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.place, r."table", r.key <> '[]', r.cells FROM houvast.shown_to(use_id, by) s JOIN houvast.shown_row r ON r.use = s.use
    WHERE s.made_at IS NOT NULL AND r.place > past AND (r.marked OR NOT only_marked) ORDER BY r.place LIMIT 25
$$;
COMMENT ON FUNCTION houvast.read_shown IS 'Rows of a copy that is shown (promise C33)';
REVOKE ALL ON FUNCTION houvast.read_shown(bigint, text, int, boolean) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.read_shown TO houvast_web; END IF;
END $$;

-- 214. make function read_judged (promise C33, as houvast_keeper)
-- What was judged of copies of the person whose copy is shown (promise C33).
CREATE OR REPLACE FUNCTION houvast.read_judged(use_id bigint, by text) RETURNS TABLE (id bigint, request bigint, "table" text, "column" text, takes boolean,
    rule text, reason text, since timestamptz) LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.id, j.request, j."table", j."column", j.takes, j.rule, j.reason, j.since FROM houvast.shown_to(use_id, by) s
    JOIN houvast.request o ON o.id = s.request JOIN houvast.request q ON q.kind = o.kind AND q.key = o.key JOIN houvast.judged j ON j.request = q.id
    WHERE j.takes OR q.closed_at IS NULL ORDER BY j.id
$$;
COMMENT ON FUNCTION houvast.read_judged IS 'What was judged of copies of a person (promise C33)';
REVOKE ALL ON FUNCTION houvast.read_judged(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.read_judged TO houvast_web; END IF;
END $$;

-- 215. make function shown_again (promise C33, as houvast_keeper)
-- After something was judged: it is told, and what is shown is made again (promise C33).
CREATE OR REPLACE FUNCTION houvast.shown_again(s houvast.shown, change text, rule text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('copy_judged', 'C33', jsonb_build_object('right', q."right", 'change', shown_again.change, 'rule', shown_again.rule),
        jsonb_build_object('request', q.id), q.kind, q.key) FROM houvast.request q WHERE q.id = s.request;
    DELETE FROM houvast.shown_row r WHERE r.use = s.use;
    UPDATE houvast.shown h SET made_at = NULL, tries = 0, failed = false, asked_at = clock_timestamp() WHERE h.use = s.use;
END $$;
COMMENT ON FUNCTION houvast.shown_again IS 'Tells what was judged of a copy, and has it made again (promise C33)';
REVOKE ALL ON FUNCTION houvast.shown_again(houvast.shown, text, text) FROM PUBLIC;

-- 216. make function take_out (promise C33, as houvast_keeper)
-- One of the staff takes words out of one value of a copy, wherever they stand in it, for they concern somebody else (GDPR art.
-- 15(4)); in how many places. A value that is no text goes as a whole (promise C33).
CREATE OR REPLACE FUNCTION houvast.take_out(use_id bigint, by text, place int, "column" text, words text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.shown := houvast.shown_to(use_id, by);
    r houvast.shown_row;
    cell jsonb;
    piece record;
    whole text;
    at int;
    found int;
    taken int := 0;
BEGIN
    SELECT t.* INTO r FROM houvast.shown_row t WHERE t.use = s.use AND t.place = take_out.place;
    cell := (SELECT c FROM jsonb_array_elements(r.cells) c WHERE c ->> 'column' = take_out."column" LIMIT 1);
    IF cell IS NULL OR r.key = '[]' THEN
        PERFORM houvast.says_no('that value is not shown, or its row has no key', 'C33', 'Choose a value of this page.');
    ELSIF length(coalesce(words, '')) NOT BETWEEN 1 AND 2000 THEN
        PERFORM houvast.says_no('what goes is 1 to 2,000 characters', 'C33', 'Copy the words from the text without redactions.');
    END IF;
    FOR piece IN SELECT (p ->> 'part')::int AS part, p ->> 'text' AS said FROM jsonb_array_elements(cell -> 'pieces') p WHERE p ? 'part' LOOP
        at := 1;
        LOOP
            found := strpos(substr(piece.said, at), words);
            EXIT WHEN found = 0;
            at := at + found - 1;
            INSERT INTO houvast.judged (request, use, "table", "column", key, part, "begin", "end", digest, takes, rule, reason)
            VALUES (s.request, s.use, r."table", take_out."column", r.key, piece.part, at - 1, at - 1 + length(words), houvast.passage_hash(piece.said),
                true, 'judged', 'rights_of_others') ON CONFLICT ON CONSTRAINT judged_place DO UPDATE SET digest = excluded.digest;
            at := at + length(words);
            taken := taken + 1;
        END LOOP;
    END LOOP;
    IF taken = 0 THEN
        whole := (SELECT string_agg(p ->> 'text', '' ORDER BY n) FROM jsonb_array_elements(cell -> 'pieces') WITH ORDINALITY x (p, n));
        IF whole IS DISTINCT FROM words THEN
            PERFORM houvast.says_no('those words do not stand in that value', 'C33', 'Copy the words from the text without redactions.');
        END IF;
        INSERT INTO houvast.judged (request, use, "table", "column", key, part, "begin", "end", digest, takes, rule, reason)
        VALUES (s.request, s.use, r."table", take_out."column", r.key, -1, 0, 0, houvast.passage_hash(whole), true, 'judged', 'rights_of_others')
        ON CONFLICT ON CONSTRAINT judged_place DO UPDATE SET digest = excluded.digest;
        taken := 1;
    END IF;
    PERFORM houvast.shown_again(s, 'taken', 'judged');
    RETURN taken;
END $$;
COMMENT ON FUNCTION houvast.take_out IS 'Takes words out of a copy too (promise C33)';
REVOKE ALL ON FUNCTION houvast.take_out(bigint, text, int, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.take_out TO houvast_web; END IF;
END $$;

-- 217. make function let_stand (promise C33, as houvast_keeper)
-- One of the staff lets stand what the rules took out of one value of a copy, with a reason (promise C33). `part`, `begin`: the place
-- as it is shown; -1 and 0 for the whole value.
CREATE OR REPLACE FUNCTION houvast.let_stand(use_id bigint, by text, place int, "column" text, part int, "begin" int, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.shown := houvast.shown_to(use_id, by);
    r houvast.shown_row;
    cell jsonb;
    gone record;
BEGIN
    SELECT t.* INTO r FROM houvast.shown_row t WHERE t.use = s.use AND t.place = let_stand.place;
    cell := (SELECT c FROM jsonb_array_elements(r.cells) c WHERE c ->> 'column' = let_stand."column" LIMIT 1);
    IF let_stand.part = -1 THEN
        SELECT 0 AS "end", cell -> 'whole' ->> 0 AS rule, string_agg(p ->> 'text', '' ORDER BY n) AS said INTO gone
        FROM jsonb_array_elements(cell -> 'pieces') WITH ORDINALITY x (p, n);
    ELSE
        SELECT (g ->> 1)::int AS "end", g ->> 2 AS rule, p ->> 'text' AS said INTO gone
        FROM jsonb_array_elements(cell -> 'pieces') p CROSS JOIN LATERAL jsonb_array_elements(p -> 'gone') g
        WHERE (p ->> 'part')::int = let_stand.part AND (g ->> 0)::int = let_stand."begin";
    END IF;
    IF gone.rule IS NULL OR gone.rule = 'judged' OR r.key = '[]' THEN
        PERFORM houvast.says_no('the rules take nothing out there', 'C33', 'Choose a redaction of this page; what one of the staff took out is taken back.');
    ELSIF length(btrim(coalesce(let_stand.reason, ''))) < 3 OR length(let_stand.reason) > 200 OR houvast.personal_in(let_stand.reason) IS NOT NULL THEN
        PERFORM houvast.says_no('letting something stand needs a reason without personal data', 'C33', 'Say in a few words why it is not another''s to hide.');
    END IF;
    INSERT INTO houvast.judged (request, use, "table", "column", key, part, "begin", "end", digest, takes, rule, reason)
    VALUES (s.request, s.use, r."table", let_stand."column", r.key, let_stand.part, let_stand."begin", gone."end", houvast.passage_hash(gone.said), false,
        gone.rule, btrim(let_stand.reason)) ON CONFLICT ON CONSTRAINT judged_place DO UPDATE SET digest = excluded.digest;
    PERFORM houvast.shown_again(s, 'let_stand', gone.rule);
END $$;
COMMENT ON FUNCTION houvast.let_stand IS 'Lets stand what the rules took out of a copy (promise C33)';
REVOKE ALL ON FUNCTION houvast.let_stand(bigint, text, int, text, int, int, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.let_stand TO houvast_web; END IF;
END $$;

-- 218. make function take_back (promise C33, as houvast_keeper)
-- One of the staff takes back what was judged of a copy of the person whose copy is shown (promise C33).
CREATE OR REPLACE FUNCTION houvast.take_back(use_id bigint, by text, number bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.shown := houvast.shown_to(use_id, by);
    gone houvast.judged;
BEGIN
    DELETE FROM houvast.judged j USING houvast.request o, houvast.request q
    WHERE j.id = number AND o.id = s.request AND q.id = j.request AND q.kind = o.kind AND q.key = o.key RETURNING j.* INTO gone;
    IF gone.id IS NULL THEN PERFORM houvast.says_no('nothing of that number was judged of this person''s copy', 'C33', 'Choose one of this page.'); END IF;
    PERFORM houvast.shown_again(s, 'taken_back', gone.rule);
END $$;
COMMENT ON FUNCTION houvast.take_back IS 'Takes back what was judged of a copy (promise C33)';
REVOKE ALL ON FUNCTION houvast.take_back(bigint, text, bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.take_back TO houvast_web; END IF;
END $$;

-- 219. make function sweep_shown (promise C33, as houvast_keeper)
-- For the worker: copies that were shown and have had their time go, and so do those of requests that have ended; whether the disk is to
-- be cleaned of them (promise C33).
CREATE OR REPLACE FUNCTION houvast.sweep_shown() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM houvast.shown s USING houvast.request q WHERE q.id = s.request AND (s.until <= clock_timestamp() OR q.closed_at IS NOT NULL);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone > 0 OR pg_relation_size('houvast.shown_row') > 0 AND NOT EXISTS (SELECT FROM houvast.shown_row);
END $$;
COMMENT ON FUNCTION houvast.sweep_shown IS 'Takes away copies that were shown (promise C33)';
REVOKE ALL ON FUNCTION houvast.sweep_shown() FROM PUBLIC;

-- 220. make trigger hv_keep_request on houvast.request (promise G18, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_request" BEFORE INSERT OR UPDATE ON houvast.request
    FOR EACH ROW EXECUTE FUNCTION houvast."request_kept"();
COMMENT ON TRIGGER "hv_keep_request" ON houvast.request IS 'Keeps promise G18';

-- 221. make trigger hv_tell_case on houvast.request (promise G18, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_case" AFTER INSERT ON houvast.request
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_case"();
COMMENT ON TRIGGER "hv_tell_case" ON houvast.request IS 'Keeps promise G18';

-- 222. make trigger hv_tell_case_moved on houvast.request (promise G18, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_case_moved" AFTER UPDATE ON houvast.request
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION houvast."tell_case"();
COMMENT ON TRIGGER "hv_tell_case_moved" ON houvast.request IS 'Keeps promise G18';

-- 223. make trigger hv_keep_letter on houvast.letter (promise G10, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_letter" BEFORE INSERT OR UPDATE OR DELETE ON houvast.letter
    FOR EACH ROW EXECUTE FUNCTION houvast."letter_kept"();
COMMENT ON TRIGGER "hv_keep_letter" ON houvast.letter IS 'Keeps promise G10';

-- 224. make trigger hv_tell_letter on houvast.letter (promise G10, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_letter" AFTER UPDATE ON houvast.letter
    FOR EACH ROW WHEN (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL) EXECUTE FUNCTION houvast."tell_letter"();
COMMENT ON TRIGGER "hv_tell_letter" ON houvast.letter IS 'Keeps promise G10';

-- 225. make trigger hv_keep_breach on houvast.breach (promise G14, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_breach" BEFORE INSERT OR UPDATE ON houvast.breach
    FOR EACH ROW EXECUTE FUNCTION houvast."breach_kept"();
COMMENT ON TRIGGER "hv_keep_breach" ON houvast.breach IS 'Keeps promise G14';

-- 226. make trigger hv_tell_breach on houvast.breach (promise G14, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_breach" AFTER INSERT OR UPDATE ON houvast.breach
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_breach"();
COMMENT ON TRIGGER "hv_tell_breach" ON houvast.breach IS 'Keeps promise G14';

-- 227. make trigger hv_keep_incoming on houvast.incoming (promise C32, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_incoming" BEFORE INSERT OR UPDATE OR DELETE ON houvast.incoming
    FOR EACH ROW EXECUTE FUNCTION houvast."incoming_kept"();
COMMENT ON TRIGGER "hv_keep_incoming" ON houvast.incoming IS 'Keeps promise C32';

-- 228. make trigger hv_tell_incoming on houvast.incoming (promise C32, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_incoming" AFTER INSERT ON houvast.incoming
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_incoming"();
COMMENT ON TRIGGER "hv_tell_incoming" ON houvast.incoming IS 'Keeps promise C32';

-- 229. make trigger hv_tell_incoming_decided on houvast.incoming (promise C32, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_incoming_decided" AFTER UPDATE ON houvast.incoming
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION houvast."tell_incoming"();
COMMENT ON TRIGGER "hv_tell_incoming_decided" ON houvast.incoming IS 'Keeps promise C32';

-- 230. make table subcontractor (promise C42, as houvast_keeper)
-- The register of subcontractors: who, where, with which tool for transfers and until when, who approved, since when announced to
-- customers (promises C42, A25; GDPR art. 28, 44 to 46).
CREATE TABLE IF NOT EXISTS houvast.subcontractor (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL CHECK (name ~ '^[[:alnum:]][[:alnum:] .,&()''-]{1,99}$'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'), tool text NOT NULL CHECK (tool IN ('eea', 'adequacy', 'clauses', 'rules')),
    tool_from date NOT NULL, tool_until date NOT NULL, CHECK (tool_until > tool_from), recorded_by text NOT NULL, announced_on date,
    approved_by text, approved_at timestamptz, ended_at timestamptz, CHECK ((approved_by IS NULL) = (approved_at IS NULL)));
COMMENT ON TABLE houvast.subcontractor IS 'Subcontractors: country, transfer tool, approval, announcement (promise C42).';
ALTER TABLE houvast.staff ADD COLUMN IF NOT EXISTS subcontractor bigint REFERENCES houvast.subcontractor;
ALTER TABLE houvast.staff ADD COLUMN IF NOT EXISTS country text NOT NULL DEFAULT 'NL' CHECK (country ~ '^[A-Z]{2}$');

-- 231. make function tool_covers (promise C42, as houvast_keeper)
-- Whether a tool covers a transfer to a country: none is needed within the European Economic Area, a decision of adequacy exists for
-- some countries, contract clauses and binding rules can cover any (promise C42; GDPR art. 44 to 47).
CREATE OR REPLACE FUNCTION houvast.tool_covers(tool text, country text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE tool WHEN 'eea' THEN country = ANY (ARRAY['AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IS', 'IT', 'LI', 'LT', 'LU', 'LV', 'MT', 'NL', 'NO', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK']::text[]) WHEN 'adequacy' THEN country = ANY (ARRAY['AD', 'AR', 'CA', 'CH', 'FO', 'GB', 'GG', 'IL', 'IM', 'JE', 'JP', 'KR', 'NZ', 'US', 'UY']::text[]) ELSE tool IN ('clauses', 'rules') END
$$;
COMMENT ON FUNCTION houvast.tool_covers IS 'Whether a transfer tool covers a country (promise C42)';
REVOKE ALL ON FUNCTION houvast.tool_covers(text, text) FROM PUBLIC;

-- 232. make function kept_subcontractor (promise C42, as houvast_keeper)
-- Approved by another than who recorded it, with a code; what was approved stays as it was approved. Announced on the day on which that
-- is written down: on an earlier day nobody was told here (promise C42).
CREATE OR REPLACE FUNCTION houvast.kept_subcontractor() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.approved_at IS NOT NULL
       AND (to_jsonb(OLD) - 'ended_at' IS DISTINCT FROM to_jsonb(NEW) - 'ended_at' OR OLD.ended_at IS NOT NULL) THEN
        PERFORM houvast.says_no('a subcontractor stays on record as approved', 'C42', 'End it, and record what is new as another.');
    ELSIF NOT houvast.tool_covers(NEW.tool, NEW.country) THEN
        PERFORM houvast.says_no('this tool does not cover transfers to that country', 'C42', 'Agree on contract clauses of the European Commission, or choose another subcontractor.');
    ELSIF NEW.announced_on > (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date THEN
        PERFORM houvast.says_no('what was announced to customers was not announced in the future', 'C42', 'Record it on the day of the announcement.');
    ELSIF (TG_OP = 'INSERT' OR NEW.announced_on IS DISTINCT FROM OLD.announced_on) AND NEW.announced_on < (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date THEN
        PERFORM houvast.says_no('an announcement to customers is not dated back', 'C42', 'Record it on the day of the announcement.');
    ELSIF NEW.approved_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.approved_at IS NULL) AND (TG_OP = 'INSERT' OR NOT houvast.is_confirmed('subcontractor ' || NEW.id, NEW.approved_by)
          OR NEW.announced_on IS NULL OR NEW.approved_by = NEW.recorded_by) THEN
        PERFORM houvast.says_no('a subcontractor is approved after it was announced, by another of the staff, with a code', 'C42', 'Announce it first; then another officer approves it with a code of their own.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_subcontractor() IS 'Keeps promise C42';
REVOKE ALL ON FUNCTION houvast.kept_subcontractor() FROM PUBLIC;

-- 233. make function may_help (promise C42, as houvast_keeper)
-- Refuses when somebody may not help with diagnostic data now: of a subcontractor, when that is not approved, not long enough announced,
-- or its tool does not hold today; of our own staff, when they work outside the European Economic Area (promises C42, C47).
CREATE OR REPLACE FUNCTION houvast.may_help(member bigint, of_subcontractor bigint) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s houvast.staff;
    c houvast.subcontractor;
    today CONSTANT date := (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date;
BEGIN
    SELECT t.* INTO s FROM houvast.staff t WHERE t.id = member;
    IF s.id IS NULL OR s.ended_at IS NOT NULL OR s.subcontractor IS DISTINCT FROM of_subcontractor OR NOT s.role IN ('support', 'officer', 'subcontractor')
       OR (s.role = 'subcontractor') <> (of_subcontractor IS NOT NULL) THEN
        PERFORM houvast.says_no('diagnostic data go to support and to people of approved subcontractors alone', 'C47', 'Choose somebody of support, or of a subcontractor in the register.');
    ELSIF NOT houvast.tool_covers('eea', s.country) AND (of_subcontractor IS NULL OR s.country <> (SELECT t.country FROM houvast.subcontractor t WHERE t.id = of_subcontractor)) THEN
        PERFORM houvast.says_no('whoever helps works in a country that is covered', 'C42', 'Choose somebody in the European Economic Area, or of a subcontractor whose tool covers their country.');
    ELSIF of_subcontractor IS NULL THEN RETURN;
    END IF;
    SELECT t.* INTO c FROM houvast.subcontractor t WHERE t.id = of_subcontractor;
    IF c.approved_at IS NULL OR c.ended_at IS NOT NULL THEN
        PERFORM houvast.says_no('this subcontractor is not approved', 'C42', 'An officer records and announces it, and another approves it.');
    ELSIF c.announced_on IS NULL OR (c.announced_on + interval '0 years 0 months 30 days')::date > today THEN
        PERFORM houvast.says_no('this subcontractor was not announced to customers long enough ago', 'C42', 'Wait until the announced time is over.');
    ELSIF today NOT BETWEEN c.tool_from AND c.tool_until OR NOT houvast.tool_covers(c.tool, c.country) THEN
        PERFORM houvast.says_no('the transfer tool of this subcontractor does not hold today', 'C42', 'Renew it, and record it as another.');
    END IF;
END $$;
COMMENT ON FUNCTION houvast.may_help IS 'Who may help with diagnostic data now (promise C42)';
REVOKE ALL ON FUNCTION houvast.may_help(bigint, bigint) FROM PUBLIC;

-- 234. make function kept_grant (promise C42, as houvast_keeper)
-- A grant is for one problem that is open, to one person who may help now (promises C42, C47).
CREATE OR REPLACE FUNCTION houvast.kept_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM houvast.exchange e WHERE e.id = OLD.exchange) THEN RETURN OLD; END IF;
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND ((OLD.exchange, OLD.staff, OLD.subcontractor, OLD.granted_by, OLD.since) IS DISTINCT FROM
       (NEW.exchange, NEW.staff, NEW.subcontractor, NEW.granted_by, NEW.since) OR OLD.confirmed_at IS NOT NULL
       OR NEW.confirmed_at IS NOT NULL AND NEW.ended_at IS NULL) THEN
        PERFORM houvast.says_no('a grant stays on record as it was given', 'C42', 'End it, and give another.');
    ELSIF TG_OP = 'INSERT' OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL THEN
        IF NOT EXISTS (SELECT FROM houvast.exchange e WHERE e.id = NEW.exchange AND e.closed_at IS NULL) THEN
            PERFORM houvast.says_no('a grant is for a problem that is open', 'C42', 'Ask anew.');
        END IF;
        PERFORM houvast.may_help(NEW.staff, NEW.subcontractor);
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_grant() IS 'Keeps promise C42';
REVOKE ALL ON FUNCTION houvast.kept_grant() FROM PUBLIC;

-- 235. make function tell_subcontractor (promise C42, as houvast_keeper)
-- The register and each grant are told in the same transaction (promise C42).
CREATE OR REPLACE FUNCTION houvast.tell_subcontractor() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c houvast.subcontractor;
    step text;
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    SELECT s.* INTO c FROM houvast.subcontractor s WHERE s.id = CASE TG_TABLE_NAME WHEN 'subcontractor' THEN (to_jsonb(NEW) ->> 'id')::bigint
        ELSE (to_jsonb(NEW) ->> 'subcontractor')::bigint END;
    IF TG_TABLE_NAME = 'subcontractor' THEN
        step := CASE WHEN TG_OP = 'INSERT' THEN 'recorded' WHEN NEW.ended_at IS NOT NULL THEN 'ended' WHEN OLD.approved_at IS DISTINCT FROM NEW.approved_at THEN 'approved'
                     ELSE 'announced' END;
    ELSE
        step := CASE WHEN TG_OP = 'INSERT' OR NEW.ended_at IS NULL THEN 'granted' WHEN NEW.confirmed_at IS NOT NULL THEN 'confirmed' ELSE 'taken back' END;
    END IF;
    PERFORM houvast.tell('subcontractor_moved', 'C42', jsonb_build_object('step', step, 'subcontractor', coalesce(c.name, ''),
        'country', coalesce(c.country, ''), 'tool', coalesce(c.tool, '')));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_subcontractor() IS 'Keeps promise C42';
REVOKE ALL ON FUNCTION houvast.tell_subcontractor() FROM PUBLIC;

-- 236. make table exchange (promise C39, as houvast_keeper)
-- What a customer is asked to send for one problem: what, why, until when (promise C39). No name of a person stands in it.
CREATE TABLE IF NOT EXISTS houvast.exchange (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket text NOT NULL CHECK (length(btrim(ticket)) BETWEEN 1 AND 60),
    wants text NOT NULL CHECK (length(btrim(wants)) BETWEEN 3 AND 1000), why text NOT NULL CHECK (length(btrim(why)) BETWEEN 3 AND 1000),
    purpose text NOT NULL, language text NOT NULL CHECK (language IN ('nl', 'en')), consumer boolean NOT NULL DEFAULT true,
    asked_by text NOT NULL, asked_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL, follow bytea UNIQUE,
    choice text NOT NULL DEFAULT '' CHECK (choice IN ('', 'return', 'destroy')), taken_at timestamptz, closed_at timestamptz, due_at timestamptz,
    certificate text, ended_at timestamptz, CHECK ((certificate IS NULL) = (ended_at IS NULL)));
COMMENT ON TABLE houvast.exchange IS 'Requests to send diagnostic data, each for one problem (promise C39).';;

-- 237. make table exchange_link (promise C39, as houvast_keeper)
-- Links that were sent to customers: each works once; only its hash is kept (promise C39).
CREATE TABLE IF NOT EXISTS houvast.exchange_link (
    digest bytea PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '3 days', used_at timestamptz);
COMMENT ON TABLE houvast.exchange_link IS 'Links that work once, as hashes (promise C39).';;

-- 238. make table exchange_statement (promise C43, as houvast_keeper)
-- What the customer stated before sending: which text, in which language, and which warnings stood beside it (promises C43, C44, C45).
CREATE TABLE IF NOT EXISTS houvast.exchange_statement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    language text NOT NULL, statement_sha256 text NOT NULL, warnings_sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.exchange_statement IS 'That the sender may send it, and that nobody stands in it, as stated (promise C43).';;

-- 239. make table bundle (promise C46, as houvast_keeper)
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
COMMENT ON TABLE houvast.bundle IS 'Diagnostic data that were sent, and how far each is (promise C46).';;

-- 240. make table bundle_part (promise C46, as houvast_keeper)
-- In which pieces a bundle lies in the store (promise C46).
CREATE TABLE IF NOT EXISTS houvast.bundle_part (
    bundle bigint REFERENCES houvast.bundle ON DELETE CASCADE, begins bigint, size int NOT NULL CHECK (size > 0), place text NOT NULL,
    PRIMARY KEY (bundle, begins));
ALTER TABLE houvast.bundle_part DROP CONSTRAINT IF EXISTS bundle_part_place,
    ADD CONSTRAINT bundle_part_place CHECK (place ~ '^[0-9a-f]{12}-[0-9a-f]{8}$');
COMMENT ON TABLE houvast.bundle_part IS 'The pieces of a bundle in the store (promise C46).';;

-- 241. make table bundle_screening (promise C44, as houvast_keeper)
-- What the detectors found in a bundle: counts, and where; never a value (promise C44). Where goes with the bundle.
CREATE TABLE IF NOT EXISTS houvast.bundle_screening (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bundle bigint NOT NULL REFERENCES houvast.bundle ON DELETE CASCADE,
    detectors text NOT NULL CHECK (length(detectors) <= 100), outcome text NOT NULL CHECK (outcome IN ('clean', 'findings', 'not_screened')),
    why text NOT NULL DEFAULT '', bytes bigint NOT NULL, found bigint NOT NULL CHECK (found >= 0), kinds jsonb NOT NULL DEFAULT '{}',
    members jsonb NOT NULL DEFAULT '[]', at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (outcome <> 'clean' OR found = 0 AND kinds = '{}'));
COMMENT ON TABLE houvast.bundle_screening IS 'What was found in a bundle: counts and places, never values (promise C44).';;

-- 242. make table exchange_grant (promise C42, as houvast_keeper)
-- Who may open what was sent for one problem; of a subcontractor, until they confirm that their copies are gone (promises C42, C48).
CREATE TABLE IF NOT EXISTS houvast.exchange_grant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    staff bigint NOT NULL REFERENCES houvast.staff, subcontractor bigint REFERENCES houvast.subcontractor, granted_by text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(), ended_at timestamptz, confirmed_at timestamptz, UNIQUE (exchange, staff));
COMMENT ON TABLE houvast.exchange_grant IS 'Who may open diagnostic data of one problem (promise C42).';;

-- 243. make table bundle_opening (promise C46, as houvast_keeper)
-- Each time that somebody opened a bundle, with the reason; the customer sees them (promises C46, C47).
CREATE TABLE IF NOT EXISTS houvast.bundle_opening (
    use bigint PRIMARY KEY REFERENCES houvast.use, bundle bigint NOT NULL REFERENCES houvast.bundle ON DELETE CASCADE,
    staff bigint NOT NULL REFERENCES houvast.staff, subcontractor bigint REFERENCES houvast.subcontractor, reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), read_at timestamptz);
CREATE INDEX IF NOT EXISTS bundle_opening_bundle ON houvast.bundle_opening (bundle);
COMMENT ON TABLE houvast.bundle_opening IS 'Who opened a bundle, when and why (promise C46).';;

-- 244. make table bundle_look (promise C44, as houvast_keeper)
-- Each time that a customer looked at the lines in which something was found (promise C44). No line is kept.
CREATE TABLE IF NOT EXISTS houvast.bundle_look (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bundle bigint NOT NULL REFERENCES houvast.bundle ON DELETE CASCADE,
    file int NOT NULL CHECK (file > 0), at timestamptz NOT NULL DEFAULT clock_timestamp(), xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    read_at timestamptz);
CREATE INDEX IF NOT EXISTS bundle_look_bundle ON houvast.bundle_look (bundle);
COMMENT ON TABLE houvast.bundle_look IS 'When a customer looked at what was found in their bundle (promise C44).';;

-- 245. make table error_fact (promise C41, as houvast_keeper)
-- Facts about errors, taken out of bundles in a step of its own. Of which bundle or customer stands nowhere (promise C41).
CREATE TABLE IF NOT EXISTS houvast.error_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product text NOT NULL, version text NOT NULL, error text NOT NULL,
    times int NOT NULL CHECK (times BETWEEN 1 AND 1000000000), month date NOT NULL DEFAULT date_trunc('month', clock_timestamp())::date,
    CHECK (product ~ '^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,59}$' AND version ~ '^[A-Za-z0-9][A-Za-z0-9._+-]{0,29}$' AND error ~ '^[A-Za-z][A-Za-z0-9 ._:/-]{0,119}$'));
COMMENT ON TABLE houvast.error_fact IS 'Facts about errors, without anything of people or customers (promise C41).';;

-- 246. make table exchange_incident (promise C45, as houvast_keeper)
-- That personal data were sent after all: facts only. There is no place for an amount (promise C45).
CREATE TABLE IF NOT EXISTS houvast.exchange_incident (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    bundle bigint NOT NULL REFERENCES houvast.bundle ON DELETE CASCADE, facts text NOT NULL CHECK (length(btrim(facts)) BETWEEN 3 AND 2000),
    warnings_sha256 text NOT NULL, recorded_by text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.exchange_incident IS 'Facts of personal data that were sent after all (promise C45).';;

-- 247. make function staff_as (promise C42, as houvast_keeper)
-- One of the staff by name, in one of these roles (promise C42).
CREATE OR REPLACE FUNCTION houvast.staff_as(who text, VARIADIC roles text[]) RETURNS houvast.staff
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.staff_as(text, text[]) FROM PUBLIC;

-- 248. make function kept_exchange (promise C39, as houvast_keeper)
-- What is asked has what, why and until when, without personal data, and ends for good (promises C39, C48).
CREATE OR REPLACE FUNCTION houvast.kept_exchange() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
        ELSIF NOT NEW.purpose = ANY (ARRAY['fix', 'support']::text[]) THEN
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
        NEW.due_at := NEW.closed_at + interval '0 years 0 months 14 days';
    ELSIF NEW.due_at > OLD.due_at THEN NEW.due_at := OLD.due_at;
    END IF;
    IF NEW.ended_at IS NOT NULL AND (NEW.closed_at IS NULL OR EXISTS (SELECT FROM houvast.bundle b WHERE b.exchange = NEW.id AND b.key_gone_at IS NULL)
        OR EXISTS (SELECT FROM houvast.exchange_grant g WHERE g.exchange = NEW.id AND g.subcontractor IS NOT NULL AND g.confirmed_at IS NULL)) THEN
        PERFORM houvast.says_no('no certificate is given before every key is destroyed and every subcontractor has confirmed', 'C48', 'Close the problem, let the worker destroy the keys, and ask the subcontractors.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_exchange() IS 'Keeps promise C39';
REVOKE ALL ON FUNCTION houvast.kept_exchange() FROM PUBLIC;

-- 249. make function is_clean (promise C44, as houvast_keeper)
-- Whether the newest screening of a bundle looked at all of it, and found nothing (promise C44).
CREATE OR REPLACE FUNCTION houvast.is_clean(number bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT s.outcome = 'clean' AND s.bytes = b.size FROM houvast.bundle_screening s JOIN houvast.bundle b ON b.id = s.bundle
                     WHERE s.bundle = number ORDER BY s.id DESC LIMIT 1), false)
$$;
COMMENT ON FUNCTION houvast.is_clean IS 'Whether a bundle was screened whole and nothing was found (promise C44)';
REVOKE ALL ON FUNCTION houvast.is_clean(bigint) FROM PUBLIC;

-- 250. make function kept_bundle (promise C46, as houvast_keeper)
-- A bundle is sent for what was asked, after the statement; it is accepted only once it was screened whole and nothing was found, and
-- what has ended is over (promises C39, C43, C44, C46, C48).
CREATE OR REPLACE FUNCTION houvast.kept_bundle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
        ELSIF NOT EXISTS (SELECT FROM houvast.exchange_statement s JOIN (VALUES ('nl', '1be72dc046e47522a06463d0fd2669cc434f0c50783740c5e49b7caf4953cb10', 'ba66b8ba2eb952b58e5dbeeed0888a0116fa4051d5cbb325669866d2bee6c651'), ('en', '4bb77ba82f4980874768231c0306d37bdfff9c0686d8c59fa2048647c988e0c6', '22ee2fe5f3f5c3acdfc318f0ed78c63a954d8e90e5d44bd7605dfae80dc988be')) t (language, statement, warnings)
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
REVOKE ALL ON FUNCTION houvast.kept_bundle() FROM PUBLIC;

-- 251. make function kept_screening (promise C44, as houvast_keeper)
-- What was found stays as it was found; when its bundle has ended, only counts stay (promise C44).
CREATE OR REPLACE FUNCTION houvast.kept_screening() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM houvast.bundle b WHERE b.id = OLD.bundle) THEN RETURN OLD; END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'members' IS DISTINCT FROM to_jsonb(NEW) - 'members' OR NEW.members <> '[]'
       OR NOT EXISTS (SELECT FROM houvast.bundle b WHERE b.id = OLD.bundle AND b.ended_at IS NOT NULL) THEN
        PERFORM houvast.says_no('what was found stays as it was found', 'C44', 'Screen it again: that is a screening of its own.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_screening() IS 'Keeps promise C44';
REVOKE ALL ON FUNCTION houvast.kept_screening() FROM PUBLIC;

-- 252. make function kept_statement (promise C43, as houvast_keeper)
-- What was stated, and what was found in an incident, stays as it was (promises C43, C45).
CREATE OR REPLACE FUNCTION houvast.kept_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM houvast.exchange e WHERE e.id = OLD.exchange) THEN RETURN OLD; END IF;
    PERFORM houvast.says_no('what was stated or recorded stays as it was', 'C43', 'Record what is new beside it.');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.kept_statement() IS 'Keeps promise C43';
REVOKE ALL ON FUNCTION houvast.kept_statement() FROM PUBLIC;

-- 253. make function kept_opening (promise C46, as houvast_keeper)
-- Only what was accepted is opened, by whom it was granted for this problem, while it is open, with a reason (promises C46, C47).
CREATE OR REPLACE FUNCTION houvast.kept_opening() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.kept_opening() FROM PUBLIC;

-- 254. make function kept_look (promise C44, as houvast_keeper)
-- A customer looks at what was found in a bundle that waits for their decision, and a look stays on record (promise C44).
CREATE OR REPLACE FUNCTION houvast.kept_look() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.kept_look() FROM PUBLIC;

-- 255. make function kept_incident (promise C45, as houvast_keeper)
-- Facts alone, about a bundle in which something was found, of a customer who is no consumer (promise C45).
CREATE OR REPLACE FUNCTION houvast.kept_incident() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.kept_incident() FROM PUBLIC;

-- 256. make function tell_exchange (promise C46, as houvast_keeper)
-- What happens to what was asked and sent is told in the same transaction (promises C39 to C48).
CREATE OR REPLACE FUNCTION houvast.tell_exchange() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.tell_exchange() FROM PUBLIC;

-- 257. make function exchange_link (promise C39, as houvast_keeper)
-- Makes a link that works once, for three days; the only time that it is told (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_link(number bigint, by text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_link(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_link TO houvast_web; END IF;
END $$;

-- 258. make function exchange_ask (promise C39, as houvast_keeper)
-- Asks for diagnostic data for one problem: its number, and the link to send (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_ask(ticket text, wants text, why text, until timestamptz, purpose text, language text, consumer boolean, by text,
    OUT id bigint, OUT token text) LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer');
BEGIN
    INSERT INTO houvast.exchange AS x (ticket, wants, why, until, purpose, language, consumer, asked_by)
    VALUES (btrim(exchange_ask.ticket), btrim(exchange_ask.wants), btrim(exchange_ask.why), exchange_ask.until, exchange_ask.purpose, exchange_ask.language,
            exchange_ask.consumer, s.role || ' ' || s.id) RETURNING x.id INTO exchange_ask.id;
    exchange_ask.token := houvast.exchange_link(exchange_ask.id, by);
END $$;
COMMENT ON FUNCTION houvast.exchange_ask IS 'Asks for diagnostic data (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_ask(text, text, text, timestamptz, text, text, boolean, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_ask TO houvast_web; END IF;
END $$;

-- 259. make function exchange_asked (promise C39, as houvast_keeper)
-- What a link that was not used asks; looking changes nothing (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_asked(token text) RETURNS TABLE (wants text, why text, until timestamptz, consumer boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT x.wants, x.why, x.until, x.consumer FROM houvast.exchange_link l JOIN houvast.exchange x ON x.id = l.exchange
    WHERE l.digest = sha256(convert_to(token, 'UTF8')) AND l.used_at IS NULL AND least(l.until, x.until) > clock_timestamp() AND x.closed_at IS NULL
$$;
COMMENT ON FUNCTION houvast.exchange_asked IS 'What a link asks (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_asked(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_asked TO houvast_web; END IF;
END $$;

-- 260. make function exchange_begin (promise C39, as houvast_keeper)
-- Uses a link, once: the code by which its customer follows from now on; NULL for a link that nobody has, or that was used (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_begin(token text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_begin(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_begin TO houvast_web; END IF;
END $$;

-- 261. make function followed (promise C39, as houvast_keeper)
-- The exchange that a customer follows by a code, locked against closing meanwhile (promise C39).
CREATE OR REPLACE FUNCTION houvast.followed(follow text) RETURNS houvast.exchange LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.followed(text) FROM PUBLIC;

-- 262. make function exchange_follow (promise C46, as houvast_keeper)
-- How it stands, for the customer: what was asked, what was stated, each bundle, each opening (promises C39, C46).
CREATE OR REPLACE FUNCTION houvast.exchange_follow(follow text) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_follow(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_follow TO houvast_web; END IF;
END $$;

-- 263. make function exchange_state (promise C43, as houvast_keeper)
-- The customer states, in a language, that they may send it and that nobody stands in it; said again, it is not written down again
-- within the hour (promises C43, C44).
CREATE OR REPLACE FUNCTION houvast.exchange_state(follow text, language text, statement_sha256 text, warnings_sha256 text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x CONSTANT houvast.exchange := houvast.followed(follow);
BEGIN
    INSERT INTO houvast.exchange_statement (exchange, language, statement_sha256, warnings_sha256)
    SELECT x.id, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM houvast.exchange_statement s WHERE s.exchange = x.id
        AND (s.language, s.statement_sha256, s.warnings_sha256) = ($2, $3, $4) AND (s.at > clock_timestamp() - interval '1 hour'
        OR s.id = (SELECT max(n.id) FROM houvast.exchange_statement n WHERE n.exchange = x.id)));
END $$;
COMMENT ON FUNCTION houvast.exchange_state IS 'The customer states that they may send it (promise C43)';
REVOKE ALL ON FUNCTION houvast.exchange_state(text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_state TO houvast_web; END IF;
END $$;

-- 264. make function exchange_send (promise C39, as houvast_keeper)
-- A bundle begins to come in; its code. At most sixteen of one problem and 50 GB are here at once, and two hundred ever, counted one
-- after the other (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_send(follow text, size bigint, format text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_send(text, bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_send TO houvast_web; END IF;
END $$;

-- 265. make function exchange_stands (promise C39, as houvast_keeper)
-- How much of a bundle is there: for its customer alone (promise C39).
CREATE OR REPLACE FUNCTION houvast.exchange_stands(follow text, code uuid) RETURNS TABLE (received bigint, size bigint, state text, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.received, b.size, b.state, b.until FROM houvast.bundle b JOIN houvast.exchange x ON x.id = b.exchange
    WHERE b.code = exchange_stands.code AND x.follow = sha256(convert_to(exchange_stands.follow, 'UTF8'))
$$;
COMMENT ON FUNCTION houvast.exchange_stands IS 'How much of a bundle is there (promise C39)';
REVOKE ALL ON FUNCTION houvast.exchange_stands(text, uuid) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_stands TO houvast_web; END IF;
END $$;

-- 266. make function exchange_part (promise C46, as houvast_keeper)
-- The next piece of a bundle lies in the store; false when it is not the next one, or one of less than 64 KiB that is not the last. The
-- last one makes it wait for its screening (promise C46).
CREATE OR REPLACE FUNCTION houvast.exchange_part(follow text, code uuid, begins bigint, size int, place text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_part(text, uuid, bigint, int, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_part TO houvast_web; END IF;
END $$;

-- 267. make function exchange_decide (promise C44, as houvast_keeper)
-- The customer redacts, submits or withdraws a bundle; of one that is being redacted, what was made of it goes too (promises C44, C48).
CREATE OR REPLACE FUNCTION houvast.exchange_decide(follow text, code uuid, what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_decide(text, uuid, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_decide TO houvast_web; END IF;
END $$;

-- 268. make function exchange_look (promise C44, as houvast_keeper)
-- Records that the customer looks at what was found in a file of a bundle; `exchange_looked` gives its pieces once this has committed
-- (promise C44).
CREATE OR REPLACE FUNCTION houvast.exchange_look(follow text, code uuid, file int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_look(text, uuid, int) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_look TO houvast_web; END IF;
END $$;

-- 269. make function exchange_looked (promise C44, as houvast_keeper)
-- The pieces of a bundle, once, for the customer whose look has committed, within a quarter of an hour, while it waits for their
-- decision (promise C44).
CREATE OR REPLACE FUNCTION houvast.exchange_looked(follow text, look bigint) RETURNS TABLE (code uuid, format text, size bigint, parts jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_looked(text, bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_looked TO houvast_web; END IF;
END $$;

-- 270. make function exchange_choose (promise C48, as houvast_keeper)
-- The customer says what becomes of it in the end; or that they have it back, so that it need not wait any longer (promise C48).
CREATE OR REPLACE FUNCTION houvast.exchange_choose(follow text, choice text, taken boolean DEFAULT false) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x CONSTANT houvast.exchange := houvast.followed(follow);
BEGIN
    UPDATE houvast.exchange e SET choice = exchange_choose.choice, taken_at = CASE WHEN taken AND e.closed_at IS NOT NULL THEN clock_timestamp() END,
        due_at = CASE WHEN e.closed_at IS NOT NULL AND (taken OR exchange_choose.choice = 'destroy') THEN least(e.due_at, clock_timestamp()) ELSE e.due_at END
    WHERE e.id = x.id AND e.ended_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.exchange_choose IS 'The customer says what becomes of it (promise C48)';
REVOKE ALL ON FUNCTION houvast.exchange_choose(text, text, boolean) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_choose TO houvast_web; END IF;
END $$;

-- 271. make function exchange_return (promise C48, as houvast_keeper)
-- The pieces of a bundle that its customer takes back once the problem is closed; of nothing that was not accepted (promises C46, C48).
CREATE OR REPLACE FUNCTION houvast.exchange_return(follow text, code uuid) RETURNS TABLE (format text, size bigint, parts jsonb) LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.format, b.size, (SELECT jsonb_agg(jsonb_build_array(p.begins, p.size, p.place) ORDER BY p.begins) FROM houvast.bundle_part p WHERE p.bundle = b.id)
    FROM houvast.bundle b JOIN houvast.exchange x ON x.id = b.exchange
    WHERE b.code = exchange_return.code AND x.follow = sha256(convert_to(exchange_return.follow, 'UTF8')) AND b.state = 'accepted'
      AND x.closed_at IS NOT NULL AND x.choice = 'return'
$$;
COMMENT ON FUNCTION houvast.exchange_return IS 'What a customer takes back (promise C48)';
REVOKE ALL ON FUNCTION houvast.exchange_return(text, uuid) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_return TO houvast_web; END IF;
END $$;

-- 272. make function exchange_judge (promise C46, as houvast_keeper)
-- Support accepts what the customer submitted, or refuses it with a reason (promise C46).
CREATE OR REPLACE FUNCTION houvast.exchange_judge(number bigint, accepts boolean, why text, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer');
BEGIN
    UPDATE houvast.bundle b SET state = CASE WHEN accepts THEN 'accepted' ELSE 'refused' END, why = CASE WHEN accepts THEN '' ELSE btrim(coalesce(exchange_judge.why, '')) END,
        accepted_by = CASE WHEN accepts THEN s.role || ' ' || s.id END WHERE b.id = number;
    IF NOT FOUND THEN PERFORM houvast.says_no('what was sent stays as it was sent, and what has ended is over', 'C46', 'Send it anew.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.exchange_judge IS 'Accepts or refuses a bundle (promise C46)';
REVOKE ALL ON FUNCTION houvast.exchange_judge(bigint, boolean, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_judge TO houvast_web; END IF;
END $$;

-- 273. make function exchange_open (promise C46, as houvast_keeper)
-- Records that somebody opens a bundle, as a use for this problem; `exchange_read` gives its pieces once this has committed (promise C46).
CREATE OR REPLACE FUNCTION houvast.exchange_open(number bigint, reason text, by text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_open(bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_open TO houvast_web; END IF;
END $$;

-- 274. make function exchange_read (promise C46, as houvast_keeper)
-- The pieces of a bundle, once, to the login and the one of the staff whose opening has committed, within a quarter of an hour, while
-- they may still open it (promises C46, C47).
CREATE OR REPLACE FUNCTION houvast.exchange_read(use_id bigint, by text) RETURNS TABLE (code uuid, format text, size bigint, parts jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_read(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_read TO houvast_web; END IF;
END $$;

-- 275. make function exchange_learn (promise C41, as houvast_keeper)
-- Takes a fact about an error out of a bundle that they opened, as a step of its own, scanned as every reason is. The log says in the
-- open how often alone: a name that the scan misses is not published (promise C41).
CREATE OR REPLACE FUNCTION houvast.exchange_learn(number bigint, product text, version text, error text, times int, by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_learn(bigint, text, text, text, int, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_learn TO houvast_web; END IF;
END $$;

-- 276. make function end_exchange (promise C48, as houvast_keeper)
-- A problem is closed: nothing of it is opened any more, and what was sent goes after its term (promise C48).
CREATE OR REPLACE FUNCTION houvast.end_exchange(number bigint) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.end_exchange(bigint) FROM PUBLIC;

-- 277. make function sweep_exchanges (promise C48, as houvast_keeper)
-- Of what nobody closed: what was not accepted by the day until which it was asked goes then, and a term later the problem is closed
-- (promise C48).
CREATE OR REPLACE FUNCTION houvast.sweep_exchanges() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.bundle b SET state = 'withdrawn' FROM houvast.exchange x
    WHERE x.id = b.exchange AND x.until < clock_timestamp() AND b.ended_at IS NULL AND b.state <> 'accepted';
    PERFORM houvast.end_exchange(x.id) FROM houvast.exchange x WHERE x.closed_at IS NULL AND x.until + interval '0 years 0 months 14 days' < clock_timestamp();
END $$;
COMMENT ON FUNCTION houvast.sweep_exchanges IS 'Ends what nobody closed (promise C48)';
REVOKE ALL ON FUNCTION houvast.sweep_exchanges() FROM PUBLIC;

-- 278. make function exchange_close (promise C48, as houvast_keeper)
-- Somebody of support closes a problem; when what was sent goes at the latest (promise C48).
CREATE OR REPLACE FUNCTION houvast.exchange_close(number bigint, by text) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.staff_as(by, 'support', 'officer');
    RETURN houvast.end_exchange(number);
END $$;
COMMENT ON FUNCTION houvast.exchange_close IS 'Closes a problem (promise C48)';
REVOKE ALL ON FUNCTION houvast.exchange_close(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_close TO houvast_web; END IF;
END $$;

-- 279. make function exchange_incident (promise C45, as houvast_keeper)
-- Writes down the facts of personal data that were sent after all (promise C45).
CREATE OR REPLACE FUNCTION houvast.exchange_incident(number bigint, facts text, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
BEGIN
    INSERT INTO houvast.exchange_incident (exchange, bundle, facts, warnings_sha256, recorded_by)
    SELECT b.exchange, b.id, btrim(exchange_incident.facts), '', s.role || ' ' || s.id FROM houvast.bundle b WHERE b.id = number;
    IF NOT FOUND THEN PERFORM houvast.says_no('an incident is about a bundle of this problem in which something was found', 'C45', 'Name that bundle.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.exchange_incident IS 'Writes down the facts of an incident (promise C45)';
REVOKE ALL ON FUNCTION houvast.exchange_incident(bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_incident TO houvast_web; END IF;
END $$;

-- 280. make function exchange_record (promise C42, as houvast_keeper)
-- Records a subcontractor, not yet approved; `announced`: when customers were told (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_record(name text, country text, tool text, tool_from date, tool_until date, announced date, by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
    made bigint;
BEGIN
    INSERT INTO houvast.subcontractor (name, country, tool, tool_from, tool_until, announced_on, recorded_by)
    VALUES (btrim(exchange_record.name), $2, $3, $4, $5, announced, s.name) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.exchange_record IS 'Records a subcontractor (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_record(text, text, text, date, date, date, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_record TO houvast_web; END IF;
END $$;

-- 281. make function exchange_approve (promise C42, as houvast_keeper)
-- Approves a subcontractor that another officer recorded, with a code; or ends it (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_approve(number bigint, by text, code text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
BEGIN
    PERFORM houvast.confirm(s.name, code, 'subcontractor ' || number);
    UPDATE houvast.subcontractor c SET approved_by = s.name, approved_at = clock_timestamp()
    WHERE c.id = number AND c.approved_at IS NULL;
    IF NOT FOUND THEN PERFORM houvast.says_no('a subcontractor stays on record as approved', 'C42', 'End it, and record what is new as another.'); END IF;
END $$;
COMMENT ON FUNCTION houvast.exchange_approve IS 'Approves a subcontractor (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_approve(bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_approve TO houvast_web; END IF;
END $$;

-- 282. make function exchange_end (promise C42, as houvast_keeper)
-- Ends a subcontractor: nobody of it opens anything any more (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_end(number bigint, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.staff_as(by, 'officer');
    UPDATE houvast.subcontractor c SET ended_at = clock_timestamp() WHERE c.id = number AND c.ended_at IS NULL;
    UPDATE houvast.exchange_grant g SET ended_at = clock_timestamp() WHERE g.subcontractor = number AND g.ended_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.exchange_end IS 'Ends a subcontractor (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_end(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_end TO houvast_web; END IF;
END $$;

-- 283. make function exchange_grant (promise C42, as houvast_keeper)
-- Lets one person open what was sent for one problem, or takes that back (promises C42, C47).
CREATE OR REPLACE FUNCTION houvast.exchange_grant(number bigint, who text, gives boolean, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_grant(bigint, text, boolean, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_grant TO houvast_web; END IF;
END $$;

-- 284. make function exchange_confirm (promise C48, as houvast_keeper)
-- Somebody of a subcontractor confirms that every copy of what was sent is gone there (promise C48).
CREATE OR REPLACE FUNCTION houvast.exchange_confirm(number bigint, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'subcontractor');
BEGIN
    UPDATE houvast.exchange_grant g SET confirmed_at = clock_timestamp(), ended_at = coalesce(g.ended_at, clock_timestamp())
    WHERE g.exchange = number AND g.subcontractor = s.subcontractor AND g.confirmed_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.exchange_confirm IS 'A subcontractor confirms that its copies are gone (promise C48)';
REVOKE ALL ON FUNCTION houvast.exchange_confirm(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_confirm TO houvast_web; END IF;
END $$;

-- 285. make function exchange_mine (promise C42, as houvast_keeper)
-- The problems that somebody of the staff may help with, and their bundles: of a subcontractor, those that were granted alone (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_mine(by text) RETURNS TABLE (exchange bigint, ticket text, why text, language text, purpose text, consumer boolean, until timestamptz, closed_at timestamptz,
    due_at timestamptz, choice text, ended_at timestamptz, begun boolean, granted boolean, confirmed boolean, bundles jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.exchange_mine(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_mine TO houvast_web; END IF;
END $$;

-- 286. make function exchange_register (promise C42, as houvast_keeper)
-- The register of subcontractors, and to how many problems each has a grant now (promise C42).
CREATE OR REPLACE FUNCTION houvast.exchange_register() RETURNS TABLE (id bigint, name text, country text, tool text, tool_from date, tool_until date, announced_on date,
    counts_from date, approved boolean, ended boolean, grants bigint) LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.id, c.name, c.country, c.tool, c.tool_from, c.tool_until, c.announced_on, (c.announced_on + interval '0 years 0 months 30 days')::date, c.approved_at IS NOT NULL,
        c.ended_at IS NOT NULL, (SELECT count(*) FROM houvast.exchange_grant g WHERE g.subcontractor = c.id AND g.ended_at IS NULL)
    FROM houvast.subcontractor c ORDER BY c.ended_at IS NOT NULL, c.name, c.id
$$;
COMMENT ON FUNCTION houvast.exchange_register IS 'The register of subcontractors (promise C42)';
REVOKE ALL ON FUNCTION houvast.exchange_register() FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.exchange_register TO houvast_web; END IF;
END $$;

-- 287. make trigger hv_keep_exchange on houvast.exchange (promise C39, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_exchange" BEFORE INSERT OR UPDATE OR DELETE ON houvast.exchange
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_exchange"();
COMMENT ON TRIGGER "hv_keep_exchange" ON houvast.exchange IS 'Keeps promise C39';

-- 288. make trigger hv_keep_statement on houvast.exchange_statement (promise C43, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_statement" BEFORE UPDATE OR DELETE ON houvast.exchange_statement
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_statement"();
COMMENT ON TRIGGER "hv_keep_statement" ON houvast.exchange_statement IS 'Keeps promise C43';

-- 289. make trigger hv_keep_bundle on houvast.bundle (promise C46, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_bundle" BEFORE INSERT OR UPDATE OR DELETE ON houvast.bundle
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_bundle"();
COMMENT ON TRIGGER "hv_keep_bundle" ON houvast.bundle IS 'Keeps promise C46';

-- 290. make trigger hv_keep_screening on houvast.bundle_screening (promise C44, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_screening" BEFORE UPDATE OR DELETE ON houvast.bundle_screening
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_screening"();
COMMENT ON TRIGGER "hv_keep_screening" ON houvast.bundle_screening IS 'Keeps promise C44';

-- 291. make trigger hv_keep_opening on houvast.bundle_opening (promise C46, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_opening" BEFORE INSERT OR UPDATE OR DELETE ON houvast.bundle_opening
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_opening"();
COMMENT ON TRIGGER "hv_keep_opening" ON houvast.bundle_opening IS 'Keeps promise C46';

-- 292. make trigger hv_keep_look on houvast.bundle_look (promise C44, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_look" BEFORE INSERT OR UPDATE OR DELETE ON houvast.bundle_look
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_look"();
COMMENT ON TRIGGER "hv_keep_look" ON houvast.bundle_look IS 'Keeps promise C44';

-- 293. make trigger hv_keep_incident on houvast.exchange_incident (promise C45, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_incident" BEFORE INSERT ON houvast.exchange_incident
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_incident"();
COMMENT ON TRIGGER "hv_keep_incident" ON houvast.exchange_incident IS 'Keeps promise C45';

-- 294. make trigger hv_keep_incident_as_it_was on houvast.exchange_incident (promise C45, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_incident_as_it_was" BEFORE UPDATE OR DELETE ON houvast.exchange_incident
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_statement"();
COMMENT ON TRIGGER "hv_keep_incident_as_it_was" ON houvast.exchange_incident IS 'Keeps promise C45';

-- 295. make trigger hv_keep_grant on houvast.exchange_grant (promise C42, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_grant" BEFORE INSERT OR UPDATE OR DELETE ON houvast.exchange_grant
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_grant"();
COMMENT ON TRIGGER "hv_keep_grant" ON houvast.exchange_grant IS 'Keeps promise C42';

-- 296. make trigger hv_keep_subcontractor on houvast.subcontractor (promise C42, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_subcontractor" BEFORE INSERT OR UPDATE OR DELETE ON houvast.subcontractor
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_subcontractor"();
COMMENT ON TRIGGER "hv_keep_subcontractor" ON houvast.subcontractor IS 'Keeps promise C42';

-- 297. make trigger hv_tell_exchange on houvast.exchange (promise C39, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_exchange" AFTER INSERT OR UPDATE ON houvast.exchange
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_exchange"();
COMMENT ON TRIGGER "hv_tell_exchange" ON houvast.exchange IS 'Keeps promise C39';

-- 298. make trigger hv_tell_statement on houvast.exchange_statement (promise C43, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_statement" AFTER INSERT ON houvast.exchange_statement
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_exchange"();
COMMENT ON TRIGGER "hv_tell_statement" ON houvast.exchange_statement IS 'Keeps promise C43';

-- 299. make trigger hv_tell_bundle on houvast.bundle (promise C46, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_bundle" AFTER UPDATE ON houvast.bundle
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION houvast."tell_exchange"();
COMMENT ON TRIGGER "hv_tell_bundle" ON houvast.bundle IS 'Keeps promise C46';

-- 300. make trigger hv_tell_screening on houvast.bundle_screening (promise C44, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_screening" AFTER INSERT ON houvast.bundle_screening
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_exchange"();
COMMENT ON TRIGGER "hv_tell_screening" ON houvast.bundle_screening IS 'Keeps promise C44';

-- 301. make trigger hv_tell_opening on houvast.bundle_opening (promise C46, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_opening" AFTER INSERT ON houvast.bundle_opening
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_exchange"();
COMMENT ON TRIGGER "hv_tell_opening" ON houvast.bundle_opening IS 'Keeps promise C46';

-- 302. make trigger hv_tell_look on houvast.bundle_look (promise C44, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_look" AFTER INSERT ON houvast.bundle_look
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_exchange"();
COMMENT ON TRIGGER "hv_tell_look" ON houvast.bundle_look IS 'Keeps promise C44';

-- 303. make trigger hv_tell_incident on houvast.exchange_incident (promise C45, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_incident" AFTER INSERT ON houvast.exchange_incident
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_exchange"();
COMMENT ON TRIGGER "hv_tell_incident" ON houvast.exchange_incident IS 'Keeps promise C45';

-- 304. make trigger hv_tell_grant on houvast.exchange_grant (promise C42, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_grant" AFTER INSERT OR UPDATE ON houvast.exchange_grant
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_subcontractor"();
COMMENT ON TRIGGER "hv_tell_grant" ON houvast.exchange_grant IS 'Keeps promise C42';

-- 305. make trigger hv_tell_subcontractor on houvast.subcontractor (promise C42, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_subcontractor" AFTER INSERT OR UPDATE ON houvast.subcontractor
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_subcontractor"();
COMMENT ON TRIGGER "hv_tell_subcontractor" ON houvast.subcontractor IS 'Keeps promise C42';

-- 306. make table looking (promise C40, as houvast_keeper)
-- Sessions in which somebody who helps looks along with a customer: for one problem, by one named person, with a reason (promise C40).
-- `until`: when the state of now ends by itself: the link, the acceptance, the session.
CREATE TABLE IF NOT EXISTS houvast.looking (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, exchange bigint NOT NULL REFERENCES houvast.exchange ON DELETE CASCADE,
    staff bigint NOT NULL REFERENCES houvast.staff, subcontractor bigint REFERENCES houvast.subcontractor,
    reason text NOT NULL CHECK (length(btrim(reason)) BETWEEN 3 AND 200), minutes int NOT NULL,
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'running', 'paused', 'ended')),
    link bytea UNIQUE, follow bytea UNIQUE, language text, statement_sha256 text, asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    accepted_at timestamptz, began_at timestamptz, until timestamptz NOT NULL, ended_at timestamptz,
    ended_by text CHECK (ended_by IN ('customer', 'specialist', 'time', 'closing')), use bigint REFERENCES houvast.use,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL AND ended_by IS NOT NULL)), CHECK (state NOT IN ('running', 'paused') OR use IS NOT NULL));
CREATE UNIQUE INDEX IF NOT EXISTS looking_one ON houvast.looking (exchange) WHERE ended_at IS NULL;
COMMENT ON TABLE houvast.looking IS 'Sessions of looking together (promise C40).';;

-- 307. make table looking_step (promise C40, as houvast_keeper)
-- What happened in a session, for both to read (promise C40).
CREATE TABLE IF NOT EXISTS houvast.looking_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, looking bigint NOT NULL REFERENCES houvast.looking ON DELETE CASCADE,
    step text NOT NULL CHECK (step IN ('asked', 'accepted', 'began', 'paused', 'went on', 'ended')),
    by text NOT NULL CHECK (by IN ('customer', 'specialist', 'time', 'closing')), at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS looking_step_looking ON houvast.looking_step (looking);
COMMENT ON TABLE houvast.looking_step IS 'What happened in sessions of looking together (promise C40).';;

-- 308. make table looking_signal (promise C40, as houvast_keeper)
-- What the two browsers tell each other to find one another. It holds addresses: unlogged, so that no copy of the database's log gets it,
-- and gone when its session ends (promise C40).
CREATE UNLOGGED TABLE IF NOT EXISTS houvast.looking_signal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, looking bigint NOT NULL REFERENCES houvast.looking ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('ready', 'offer', 'answer')), body text NOT NULL CHECK (length(body) <= 20000));
CREATE INDEX IF NOT EXISTS looking_signal_looking ON houvast.looking_signal (looking);
COMMENT ON TABLE houvast.looking_signal IS 'What two browsers tell each other while they look together (promise C40).';;

-- 309. make function may_look (promise C40, as houvast_keeper)
-- Refuses unless this person may look along at this problem now: it is open, it was granted to them, and they may help (promises C40, C42).
CREATE OR REPLACE FUNCTION houvast.may_look(exchange_id bigint, member bigint, of_subcontractor bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.exchange e WHERE e.id = exchange_id AND e.closed_at IS NULL) THEN
        PERFORM houvast.says_no('looking together is for a problem that is open', 'C40', 'Ask anew, for a problem of its own.');
    ELSIF NOT EXISTS (SELECT FROM houvast.exchange_grant g WHERE g.exchange = exchange_id AND g.staff = member AND g.ended_at IS NULL
                      AND g.subcontractor IS NOT DISTINCT FROM of_subcontractor) THEN
        PERFORM houvast.says_no('only the one to whom a problem was granted, and who was named, looks along', 'C40', 'An officer grants it on the page of the problem.');
    END IF;
    PERFORM houvast.may_help(member, of_subcontractor);
END $$;
COMMENT ON FUNCTION houvast.may_look IS 'Who may look along now (promise C40)';
REVOKE ALL ON FUNCTION houvast.may_look(bigint, bigint, bigint) FROM PUBLIC;

-- 310. make function kept_looking (promise C40, as houvast_keeper)
-- A session is asked, accepted by the customer in the words of now, runs for so many minutes, and ends for good (promise C40).
CREATE OR REPLACE FUNCTION houvast.kept_looking() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment CONSTANT timestamptz := clock_timestamp();
    changed CONSTANT text[] := '{state,link,follow,language,statement_sha256,accepted_at,began_at,until,ended_at,ended_by,use}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM houvast.exchange e WHERE e.id = OLD.exchange) THEN
            PERFORM houvast.says_no('a session stays on record as long as its problem', 'C40', 'End it.');
        END IF;
        RETURN OLD;
    ELSIF TG_OP = 'INSERT' THEN
        IF houvast.personal_in(NEW.reason) IS NOT NULL THEN
            PERFORM houvast.says_no('looking together needs a reason without personal data', 'C40', 'Say in a few words what has to be seen.');
        ELSIF NEW.minutes NOT BETWEEN 5 AND 120 OR NEW.link IS NULL THEN
            PERFORM houvast.says_no('looking together takes five minutes at least, and no longer than the policy says', 'C40', 'Ask for less time: it can be asked again.');
        END IF;
        PERFORM houvast.may_look(NEW.exchange, NEW.staff, NEW.subcontractor);
        NEW.state := 'asked'; NEW.follow := NULL; NEW.language := NULL; NEW.statement_sha256 := NULL; NEW.accepted_at := NULL; NEW.began_at := NULL;
        NEW.asked_at := moment; NEW.until := moment + interval '1 hour'; NEW.ended_at := NULL; NEW.ended_by := NULL; NEW.use := NULL;
        RETURN NEW;
    END IF;
    IF OLD.state = 'ended' OR NEW.state = OLD.state OR to_jsonb(OLD) - changed IS DISTINCT FROM to_jsonb(NEW) - changed
       OR OLD.state <> 'asked' AND (OLD.follow, OLD.language, OLD.statement_sha256) IS DISTINCT FROM (NEW.follow, NEW.language, NEW.statement_sha256) THEN
        PERFORM houvast.says_no('a session stays as it was asked and accepted, and once ended it is over', 'C40', 'Ask for another: the customer says yes to each.');
    END IF;
    NEW.accepted_at := OLD.accepted_at; NEW.began_at := OLD.began_at; NEW.until := OLD.until; NEW.use := OLD.use; NEW.ended_at := NULL; NEW.link := NULL;
    IF NEW.state = 'ended' THEN
        NEW.ended_at := moment; NEW.ended_by := coalesce(NEW.ended_by, 'time');
        RETURN NEW;
    ELSIF OLD.until <= moment THEN
        PERFORM houvast.says_no('the time of this session is over', 'C40', 'Ask for another: the customer says yes to each.');
    ELSIF NOT (OLD.state || ' ' || NEW.state) = ANY ('{asked accepted,accepted running,running paused,paused running}'::text[]) THEN
        PERFORM houvast.says_no('nobody looks along before the customer has said yes to this session', 'C40', 'Wait until they have accepted it on their page.');
    END IF;
    PERFORM houvast.may_look(NEW.exchange, NEW.staff, NEW.subcontractor);
    NEW.ended_by := NULL;
    IF NEW.state = 'accepted' THEN
        IF NEW.follow IS NULL OR NOT EXISTS (SELECT FROM (VALUES ('nl', '6e6f2332af92db104462c673e7e8913f2f239f254fafac04d8055654114e28dc'), ('en', '1456a503b962437f5efdaa9de5a0fc919f7aa44cb0d5879901213e72bc228f5c')) t (language, statement) WHERE (t.language, t.statement) = (NEW.language, NEW.statement_sha256)) THEN
            PERFORM houvast.says_no('the customer says yes in the words of now, with their own link', 'C40', 'Open the link, and read what is asked.');
        END IF;
        NEW.accepted_at := moment; NEW.until := moment + interval '15 minutes';
    ELSIF OLD.state = 'accepted' THEN
        INSERT INTO houvast.use (staff, login, purpose, reason, "case", until, ended_at)
        SELECT s.role || ' ' || s.id, session_user, p.number, NEW.reason, 'exchange ' || x.id, moment + make_interval(mins => NEW.minutes), moment
        FROM houvast.exchange x JOIN houvast.purpose p ON p.name = x.purpose AND p.live JOIN houvast.staff s ON s.id = NEW.staff
        WHERE x.id = NEW.exchange RETURNING use.id INTO NEW.use;
        NEW.began_at := moment; NEW.until := moment + make_interval(mins => NEW.minutes);
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_looking() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.kept_looking() FROM PUBLIC;

-- 311. make function kept_signal (promise C40, as houvast_keeper)
-- Two browsers find one another through us only while a session runs, for one picture in one direction: no sound, no other channel (promise C40).
CREATE OR REPLACE FUNCTION houvast.kept_signal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l houvast.looking;
BEGIN
    SELECT t.* INTO l FROM houvast.looking t WHERE t.id = NEW.looking FOR SHARE;
    IF TG_OP = 'UPDATE' OR l.state IS DISTINCT FROM 'running' OR l.until <= clock_timestamp() THEN
        PERFORM houvast.says_no('nothing goes between the two browsers unless a session runs', 'C40', 'Ask for another: the customer says yes to each.');
    ELSIF NEW.kind = 'ready' AND NEW.body <> '' OR NEW.kind <> 'ready' AND (SELECT count(*) FILTER (WHERE m[1] ~ '^m=') <> 1 OR count(*) FILTER (WHERE m[1] ~ '^m=video ') <> 1
            OR count(*) FILTER (WHERE m[1] ~ '^a=(sendrecv|sendonly|recvonly|inactive)\s*$') <> 1
            OR count(*) FILTER (WHERE m[1] ~ CASE NEW.kind WHEN 'offer' THEN '^a=sendonly\s*$' ELSE '^a=recvonly\s*$' END) <> 1
            FROM regexp_matches(NEW.body, '[^\r\n]+', 'g') m) THEN
        PERFORM houvast.says_no('only a picture goes, from the customer to who helps: no sound, no files, nothing back', 'C40', 'Use the pages of Houvast, which ask for nothing else.');
    ELSIF (SELECT count(*) FROM houvast.looking_signal s WHERE s.looking = NEW.looking) >= 60 THEN
        PERFORM houvast.says_no('the two browsers tried to find one another too often', 'C40', 'End it, and ask for another.');
    END IF;
    PERFORM houvast.may_look(l.exchange, l.staff, l.subcontractor);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_signal() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.kept_signal() FROM PUBLIC;

-- 312. make function kept_step (promise C40, as houvast_keeper)
-- What happened stays on record as it happened (promise C40).
CREATE OR REPLACE FUNCTION houvast.kept_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM houvast.looking l WHERE l.id = OLD.looking) THEN
        PERFORM houvast.says_no('what happened in a session stays on record', 'C40', 'Write what is new beside it.');
    END IF;
    RETURN OLD;
END $$;
COMMENT ON FUNCTION houvast.kept_step() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.kept_step() FROM PUBLIC;

-- 313. make function tell_looking (promise C40, as houvast_keeper)
-- Each step is written down for both and told in the same transaction; with the end go the addresses (promise C40).
CREATE OR REPLACE FUNCTION houvast.tell_looking() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    step CONSTANT text := CASE WHEN TG_OP = 'INSERT' THEN 'asked' WHEN NEW.state <> 'running' THEN NEW.state WHEN OLD.state = 'accepted' THEN 'began' ELSE 'went on' END;
    who CONSTANT text := CASE step WHEN 'asked' THEN 'specialist' WHEN 'ended' THEN NEW.ended_by ELSE 'customer' END;
BEGIN
    INSERT INTO houvast.looking_step (looking, step, by) VALUES (NEW.id, step, who);
    IF step = 'ended' THEN DELETE FROM houvast.looking_signal s WHERE s.looking = NEW.id; END IF;
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    IF step = 'accepted' THEN
        PERFORM houvast.tell('looking_accepted', 'C40', jsonb_build_object('statement_sha256', NEW.statement_sha256, 'language', NEW.language),
            jsonb_build_object('looking', NEW.id));
    ELSE
        PERFORM houvast.tell('looking_moved', 'C40', jsonb_build_object('step', step, 'by', who), jsonb_strip_nulls(jsonb_build_object('looking', NEW.id, 'use', NEW.use)));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_looking() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.tell_looking() FROM PUBLIC;

-- 314. make function stop_looking (promise C40, as houvast_keeper)
-- When a problem is closed, a grant ends, or somebody leaves, what they look at together ends too (promises C40, C47).
CREATE OR REPLACE FUNCTION houvast.stop_looking() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.looking l SET state = 'ended', ended_by = 'closing' WHERE l.ended_at IS NULL AND CASE TG_TABLE_NAME WHEN 'exchange' THEN l.exchange = NEW.id
        WHEN 'staff' THEN l.staff = NEW.id ELSE (to_jsonb(NEW) ->> 'exchange')::bigint = l.exchange AND (to_jsonb(NEW) ->> 'staff')::bigint = l.staff END;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.stop_looking() IS 'Keeps promise C40';
REVOKE ALL ON FUNCTION houvast.stop_looking() FROM PUBLIC;

-- 315. make function end_looking (promise C40, as houvast_keeper)
-- Ends what had its time: links that nobody used, acceptances without a session, sessions (promise C40).
CREATE OR REPLACE FUNCTION houvast.end_looking() RETURNS void LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    UPDATE houvast.looking l SET state = 'ended', ended_by = 'time' WHERE l.ended_at IS NULL AND l.until <= clock_timestamp()
$$;
COMMENT ON FUNCTION houvast.end_looking() IS 'Ends what had its time (promise C40)';
REVOKE ALL ON FUNCTION houvast.end_looking() FROM PUBLIC;

-- 316. make function shown_looking (promise C40, as houvast_keeper)
-- How a session stands, with its log and what the other browser said after a signal (promise C40).
CREATE OR REPLACE FUNCTION houvast.shown_looking(l houvast.looking, kinds text[], after bigint) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('number', l.id, 'problem', l.exchange, 'state', l.state, 'until', l.until, 'minutes', l.minutes, 'reason', l.reason, 'role', s.role,
        'subcontractor', c.name, 'country', c.country, 'ended_by', l.ended_by,
        'log', (SELECT coalesce(jsonb_agg(jsonb_build_object('step', t.step, 'by', t.by, 'at', t.at) ORDER BY t.id), '[]') FROM houvast.looking_step t WHERE t.looking = l.id),
        'signals', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'kind', g.kind, 'body', g.body) ORDER BY g.id), '[]')
            FROM houvast.looking_signal g WHERE g.looking = l.id AND g.kind = ANY (kinds) AND g.id > after AND l.state = 'running'))
    FROM houvast.staff s LEFT JOIN houvast.subcontractor c ON c.id = l.subcontractor WHERE s.id = l.staff
$$;
COMMENT ON FUNCTION houvast.shown_looking IS 'How a session stands (promise C40)';
REVOKE ALL ON FUNCTION houvast.shown_looking(houvast.looking, text[], bigint) FROM PUBLIC;

-- 317. make function looking_ask (promise C40, as houvast_keeper)
-- Asks a customer to look together: the session's number, and the link that works once, for an hour (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_ask(problem bigint, reason text, minutes int, by text, OUT id bigint, OUT token text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'subcontractor');
BEGIN
    PERFORM houvast.end_looking();
    IF EXISTS (SELECT FROM houvast.looking l WHERE l.exchange = problem AND l.ended_at IS NULL) THEN
        PERFORM houvast.says_no('somebody looks together at this problem already, or was asked to', 'C40', 'End that session first.');
    END IF;
    looking_ask.token := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    INSERT INTO houvast.looking AS l (exchange, staff, subcontractor, reason, minutes, link, until)
    VALUES (problem, s.id, s.subcontractor, btrim(looking_ask.reason), looking_ask.minutes, sha256(convert_to(looking_ask.token, 'UTF8')), clock_timestamp())
    RETURNING l.id INTO looking_ask.id;
END $$;
COMMENT ON FUNCTION houvast.looking_ask IS 'Asks to look together (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_ask(bigint, text, int, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_ask TO houvast_web; END IF;
END $$;

-- 318. make function looking_asked (promise C40, as houvast_keeper)
-- What a link asks that was not used; looking at it changes nothing (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_asked(token text) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.shown_looking(l, '{}', 0) FROM houvast.looking l
    WHERE l.link = sha256(convert_to(token, 'UTF8')) AND l.state = 'asked' AND l.until > clock_timestamp()
$$;
COMMENT ON FUNCTION houvast.looking_asked IS 'What a link asks (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_asked(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_asked TO houvast_web; END IF;
END $$;

-- 319. make function looking_answer (promise C40, as houvast_keeper)
-- The customer says yes or no, once: the code of their page, '' after a no, NULL for a link that nobody has or that was used (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_answer(token text, accepts boolean, language text, statement_sha256 text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    code CONSTANT text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
BEGIN
    UPDATE houvast.looking l SET state = CASE WHEN accepts THEN 'accepted' ELSE 'ended' END, ended_by = CASE WHEN accepts THEN NULL ELSE 'customer' END,
        follow = CASE WHEN accepts THEN sha256(convert_to(code, 'UTF8')) END, language = CASE WHEN accepts THEN looking_answer.language END,
        statement_sha256 = CASE WHEN accepts THEN looking_answer.statement_sha256 END
    WHERE l.link = sha256(convert_to(token, 'UTF8')) AND l.state = 'asked' AND l.until > clock_timestamp();
    RETURN CASE WHEN FOUND THEN CASE WHEN accepts THEN code ELSE '' END END;
END $$;
COMMENT ON FUNCTION houvast.looking_answer IS 'The customer says yes or no to one session (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_answer(text, boolean, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_answer TO houvast_web; END IF;
END $$;

-- 320. make function looking_follow (promise C40, as houvast_keeper)
-- How their session stands, for the customer with its code, and what the other browser said after a signal; NULL for a code that nobody has (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_follow(follow text, after bigint) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.end_looking();
    RETURN (SELECT houvast.shown_looking(l, '{ready,answer}', after) FROM houvast.looking l WHERE l.follow = sha256(convert_to(looking_follow.follow, 'UTF8')));
END $$;
COMMENT ON FUNCTION houvast.looking_follow IS 'How a session stands, for the customer (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_follow(text, bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_follow TO houvast_web; END IF;
END $$;

-- 321. make function looking_move (promise C40, as houvast_keeper)
-- The customer begins, pauses, goes on or ends; the end counts at once, and ending what has ended changes nothing (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_move(follow text, what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    becomes CONSTANT text := CASE what WHEN 'begin' THEN 'running' WHEN 'go on' THEN 'running' WHEN 'pause' THEN 'paused' WHEN 'end' THEN 'ended' END;
    now_is text;
BEGIN
    SELECT l.state INTO now_is FROM houvast.looking l WHERE l.follow = sha256(convert_to(looking_move.follow, 'UTF8')) FOR UPDATE;
    IF becomes = 'ended' AND now_is = 'ended' THEN RETURN; END IF;
    IF now_is IS NULL OR becomes IS NULL OR (what = 'begin') <> (now_is = 'accepted') AND becomes = 'running' THEN
        PERFORM houvast.says_no('nobody looks along before the customer has said yes to this session', 'C40', 'Wait until they have accepted it on their page.');
    END IF;
    UPDATE houvast.looking l SET state = becomes, ended_by = CASE becomes WHEN 'ended' THEN 'customer' END
    WHERE l.follow = sha256(convert_to(looking_move.follow, 'UTF8'));
END $$;
COMMENT ON FUNCTION houvast.looking_move IS 'The customer begins, pauses, goes on or ends (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_move(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_move TO houvast_web; END IF;
END $$;

-- 322. make function looking_say (promise C40, as houvast_keeper)
-- What the customer's browser offers; what was offered and answered before is forgotten (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_say(follow text, body text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number CONSTANT bigint := (SELECT l.id FROM houvast.looking l WHERE l.follow = sha256(convert_to(looking_say.follow, 'UTF8')));
BEGIN
    DELETE FROM houvast.looking_signal s WHERE s.looking = number AND s.kind <> 'ready';
    INSERT INTO houvast.looking_signal (looking, kind, body) VALUES (coalesce(number, 0), 'offer', looking_say.body);
END $$;
COMMENT ON FUNCTION houvast.looking_say IS 'What the browser of the customer offers (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_say(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_say TO houvast_web; END IF;
END $$;

-- 323. make function named_looking (promise C40, as houvast_keeper)
-- A session, for the one who was named for it and may look along now (promise C40).
CREATE OR REPLACE FUNCTION houvast.named_looking(number bigint, by text) RETURNS houvast.looking LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'subcontractor');
    l houvast.looking;
BEGIN
    PERFORM houvast.end_looking();
    SELECT t.* INTO l FROM houvast.looking t WHERE t.id = number AND t.staff = s.id;
    IF l.id IS NULL THEN
        PERFORM houvast.says_no('only the one to whom a problem was granted, and who was named, looks along', 'C40', 'An officer grants it on the page of the problem.');
    END IF;
    RETURN l;
END $$;
COMMENT ON FUNCTION houvast.named_looking IS 'A session, for the one who was named (promise C40)';
REVOKE ALL ON FUNCTION houvast.named_looking(bigint, text) FROM PUBLIC;

-- 324. make function looking_watch (promise C40, as houvast_keeper)
-- How a session stands, for the one who was named, and what the customer's browser said after a signal (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_watch(number bigint, by text, after bigint) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN houvast.shown_looking(houvast.named_looking(number, by), '{offer}', after);
END $$;
COMMENT ON FUNCTION houvast.looking_watch IS 'How a session stands, for who looks along (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_watch(bigint, text, bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_watch TO houvast_web; END IF;
END $$;

-- 325. make function looking_reply (promise C40, as houvast_keeper)
-- What the browser of who looks along says: that it is ready, or its answer to an offer (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_reply(number bigint, by text, kind text, body text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l CONSTANT houvast.looking := houvast.named_looking(number, by);
BEGIN
    INSERT INTO houvast.looking_signal (looking, kind, body) VALUES (l.id, CASE looking_reply.kind WHEN 'ready' THEN 'ready' ELSE 'answer' END, looking_reply.body);
END $$;
COMMENT ON FUNCTION houvast.looking_reply IS 'What the browser of who looks along says (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_reply(bigint, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_reply TO houvast_web; END IF;
END $$;

-- 326. make function looking_leave (promise C40, as houvast_keeper)
-- Whoever looks along ends it (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_leave(number bigint, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l CONSTANT houvast.looking := houvast.named_looking(number, by);
BEGIN
    UPDATE houvast.looking t SET state = 'ended', ended_by = 'specialist' WHERE t.id = l.id AND t.ended_at IS NULL;
END $$;
COMMENT ON FUNCTION houvast.looking_leave IS 'Whoever looks along ends it (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_leave(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_leave TO houvast_web; END IF;
END $$;

-- 327. make function looking_mine (promise C40, as houvast_keeper)
-- The sessions of a problem with their logs: for who was named, those of their own; officers and auditors read all (promise C40).
CREATE OR REPLACE FUNCTION houvast.looking_mine(problem bigint, by text) RETURNS SETOF jsonb LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'support', 'officer', 'auditor', 'subcontractor');
BEGIN
    PERFORM houvast.end_looking();
    RETURN QUERY SELECT houvast.shown_looking(l, '{}', 0) || jsonb_build_object('own', l.staff = s.id) FROM houvast.looking l
        WHERE l.exchange = problem AND (l.staff = s.id OR s.role IN ('officer', 'auditor')) ORDER BY l.id DESC;
END $$;
COMMENT ON FUNCTION houvast.looking_mine IS 'The sessions of a problem (promise C40)';
REVOKE ALL ON FUNCTION houvast.looking_mine(bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.looking_mine TO houvast_web; END IF;
END $$;

-- 328. make trigger hv_keep_looking on houvast.looking (promise C40, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_looking" BEFORE INSERT OR UPDATE OR DELETE ON houvast.looking
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_looking"();
COMMENT ON TRIGGER "hv_keep_looking" ON houvast.looking IS 'Keeps promise C40';

-- 329. make trigger hv_keep_signal on houvast.looking_signal (promise C40, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_signal" BEFORE INSERT OR UPDATE ON houvast.looking_signal
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_signal"();
COMMENT ON TRIGGER "hv_keep_signal" ON houvast.looking_signal IS 'Keeps promise C40';

-- 330. make trigger hv_keep_step on houvast.looking_step (promise C40, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_step" BEFORE UPDATE OR DELETE ON houvast.looking_step
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_step"();
COMMENT ON TRIGGER "hv_keep_step" ON houvast.looking_step IS 'Keeps promise C40';

-- 331. make trigger hv_tell_looking on houvast.looking (promise C40, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_looking" AFTER INSERT OR UPDATE ON houvast.looking
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_looking"();
COMMENT ON TRIGGER "hv_tell_looking" ON houvast.looking IS 'Keeps promise C40';

-- 332. make trigger hv_stop_looking on houvast.exchange (promise C40, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_stop_looking" AFTER UPDATE ON houvast.exchange
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION houvast."stop_looking"();
COMMENT ON TRIGGER "hv_stop_looking" ON houvast.exchange IS 'Keeps promise C40';

-- 333. make trigger hv_stop_looking_grant on houvast.exchange_grant (promise C40, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_stop_looking_grant" AFTER UPDATE ON houvast.exchange_grant
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION houvast."stop_looking"();
COMMENT ON TRIGGER "hv_stop_looking_grant" ON houvast.exchange_grant IS 'Keeps promise C40';

-- 334. make trigger hv_stop_looking_staff on houvast.staff (promise C40, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_stop_looking_staff" AFTER UPDATE ON houvast.staff
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION houvast."stop_looking"();
COMMENT ON TRIGGER "hv_stop_looking_staff" ON houvast.staff IS 'Keeps promise C40';

-- 335. make table system (promise C33, as houvast_keeper)
-- What else holds data of people, and who got data from us: as systems.yaml names them (promise C33). `always`: a recipient
-- who gets data of everybody; else those are told of whom `disclosure` says that they got them.
CREATE TABLE IF NOT EXISTS houvast.system (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'), sort text NOT NULL CHECK (sort IN ('database', 'files', 'service', 'recipient')),
    does text[] NOT NULL CHECK (does <@ '{access,rectification,erasure,restriction,lifting}'), kinds text[] NOT NULL DEFAULT '{}',
    always boolean NOT NULL DEFAULT true, label_nl text NOT NULL, label_en text NOT NULL, since timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.system IS 'What else holds data of people, and who got data from us (promise C33).';;

-- 336. make table disclosure (promise G05, as houvast_keeper)
-- To whom data of a person were given, and which (promise G05).
CREATE TABLE IF NOT EXISTS houvast.disclosure (
    kind text COLLATE "C", key text COLLATE "C", recipient text, category text, since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, key, recipient, category));
COMMENT ON TABLE houvast.disclosure IS 'To whom data of a person were given (promise G05).';;

-- 337. make table step (promise G05, as houvast_keeper)
-- What one system still has to do, or did, for a person: planned with the request, waiting once it may begin, asked when an
-- answer is awaited, done when it was looked at afterwards. It ends in no other way (promise G05).
CREATE TABLE IF NOT EXISTS houvast.step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request bigint REFERENCES houvast.request ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, system text NOT NULL,
    what text NOT NULL CHECK (what IN ('access', 'rectification', 'erasure', 'restriction', 'lifting')),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('planned', 'waiting', 'running', 'asked', 'done')),
    token uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    found bigint NOT NULL DEFAULT 0, changed bigint NOT NULL DEFAULT 0, kept bigint NOT NULL DEFAULT 0, remains bigint NOT NULL DEFAULT 0,
    tries int NOT NULL DEFAULT 0, next_at timestamptz NOT NULL DEFAULT clock_timestamp(), error text NOT NULL DEFAULT '' CHECK (length(error) <= 200),
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(), begun_at timestamptz, verified_at timestamptz, done_at timestamptz);
CREATE INDEX IF NOT EXISTS step_open ON houvast.step (next_at) WHERE state <> 'done';
CREATE INDEX IF NOT EXISTS step_request ON houvast.step (request);
CREATE INDEX IF NOT EXISTS step_person ON houvast.step (kind, key);
COMMENT ON TABLE houvast.step IS 'What each system does for a request, and whether it was looked at afterwards (promise G05).';;

-- 338. make table step_value (promise G05, as houvast_keeper)
-- What a system must know to do a step: by what it finds the person, what was wrong, what is right. It goes when the step is
-- done, and nobody but the keeper reads it (promise G05).
CREATE TABLE IF NOT EXISTS houvast.step_value (
    step bigint NOT NULL REFERENCES houvast.step ON DELETE CASCADE, role text NOT NULL CHECK (role IN ('identifier', 'old', 'new', 'category')),
    sort text NOT NULL DEFAULT '', value text NOT NULL);
CREATE INDEX IF NOT EXISTS step_value_step ON houvast.step_value (step);
COMMENT ON TABLE houvast.step_value IS 'By what a system finds a person, until its step is done (promise G05).';;

-- 339. make table mark (promise C34, as houvast_keeper)
-- Documents that keep a value which was corrected elsewhere: which row and column, since when (promise C34).
CREATE TABLE IF NOT EXISTS houvast.mark (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, request bigint,
    place text NOT NULL, column_name text NOT NULL, row_key text NOT NULL, corrected_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS mark_person ON houvast.mark (kind, key);
COMMENT ON TABLE houvast.mark IS 'Documents that keep a value which was corrected elsewhere (promise C34).';;

-- 340. make table hook (promise G05, as houvast_keeper)
-- Signed messages of services that wait for the worker, and the numbers of those that came, so that none counts twice. A
-- message is emptied once it was looked at (promise G05).
CREATE TABLE IF NOT EXISTS houvast.hook (
    system text NOT NULL, number text NOT NULL CHECK (number ~ '^[A-Za-z0-9_.-]{1,80}$'), sent_at bigint NOT NULL, signature text NOT NULL CHECK (length(signature) <= 1000),
    body text NOT NULL CHECK (length(body) <= 65536), came_at timestamptz NOT NULL DEFAULT clock_timestamp(), taken_at timestamptz,
    PRIMARY KEY (system, number));
COMMENT ON TABLE houvast.hook IS 'Signed messages of services, each counted once (promise G05).';;

-- 341. make table erased (promise G05, as houvast_keeper)
-- Who was erased, as a keyed digest of their number alone, so that somebody whom a backup brings back is known (promise G05).
-- `mirrored_at`: when it was written down outside of this database, where a backup of it cannot take it away.
CREATE TABLE IF NOT EXISTS houvast.erased (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'), erased_at timestamptz NOT NULL DEFAULT clock_timestamp(), mirrored_at timestamptz);
COMMENT ON TABLE houvast.erased IS 'Who was erased, as keyed digests (promise G05).';;

-- 342. make table handover (promise G07, as houvast_keeper)
-- Where a person wants their data sent, who wrote that down, who else approved it, and what was sent when (promise G07).
CREATE TABLE IF NOT EXISTS houvast.handover (
    request bigint PRIMARY KEY REFERENCES houvast.request ON DELETE CASCADE, address text NOT NULL CHECK (address ~ '^https?://[^[:space:]]+$' AND length(address) <= 500),
    asked_by text NOT NULL CHECK (length(btrim(asked_by)) > 0), asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    approved_by text, approved_at timestamptz, sent_at timestamptz, copy_sha256 text CHECK (copy_sha256 ~ '^[0-9a-f]{64}$'));
COMMENT ON TABLE houvast.handover IS 'Where people want their data sent, and that somebody else approved it (promise G07).';;

-- 343. make function handover_kept (promise G07, as houvast_keeper)
-- Whoever writes where a person's data go: for a request to take them along that was checked, approved by another of the staff
-- than who wrote the address down, and to no other address afterwards (promise G07).
CREATE OR REPLACE FUNCTION houvast.handover_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q houvast.request;
BEGIN
    SELECT r.* INTO q FROM houvast.request r WHERE r.id = NEW.request;
    IF TG_OP = 'INSERT' THEN
        IF q.id IS NULL OR q."right" <> 'portability' OR q.verified_at IS NULL OR q.closed_at IS NOT NULL THEN
            PERFORM houvast.says_no('data are handed over on a checked and open request to take them along', 'G07', 'houvast request add --right portability');
        ELSIF NEW.approved_at IS NOT NULL OR NEW.sent_at IS NOT NULL THEN
            PERFORM houvast.says_no('an address is approved after it was written down', 'G07', 'Let another of the staff approve it.');
        END IF;
    ELSIF OLD.sent_at IS NOT NULL OR (OLD.request, OLD.address, OLD.asked_by, OLD.asked_at) IS DISTINCT FROM (NEW.request, NEW.address, NEW.asked_by, NEW.asked_at)
       OR OLD.approved_at IS NOT NULL AND (OLD.approved_by, OLD.approved_at) IS DISTINCT FROM (NEW.approved_by, NEW.approved_at) THEN
        PERFORM houvast.says_no('where data go stays as it was approved', 'G07', 'Register another request.');
    ELSIF NEW.approved_at IS NOT NULL AND btrim(coalesce(NEW.approved_by, '')) IN ('', btrim(NEW.asked_by)) THEN
        PERFORM houvast.says_no('nobody approves an address that they wrote down', 'G07', 'Ask another of the staff.');
    ELSIF NEW.sent_at IS NOT NULL AND (NEW.approved_at IS NULL OR NEW.copy_sha256 IS NULL) THEN
        PERFORM houvast.says_no('nobody approved where these data go', 'G07', 'Let another of the staff look at the address.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.handover_kept() IS 'Keeps promise G07';

-- 344. make function tell_handover (promise G07, as houvast_keeper)
-- That data were handed over is told, with the digest of the file; where to, only a receipt shows (promise G07).
CREATE OR REPLACE FUNCTION houvast.tell_handover() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('data_handed_over', 'G07', jsonb_build_object('copy_sha256', NEW.copy_sha256), jsonb_build_object('to', NEW.address), q.kind, q.key)
    FROM houvast.request q WHERE q.id = NEW.request;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_handover() IS 'Keeps promise G07';

-- 345. make function concerned (promise G05, as houvast_keeper)
-- Which recipients and systems a thing that happens to a person's data concerns (promise G05).
CREATE OR REPLACE FUNCTION houvast.concerned(of_kind text, of_key text, of_what text) RETURNS SETOF houvast.system
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.* FROM houvast.system s WHERE of_what = ANY (s.does) AND (s.kinds = '{}' OR of_kind = ANY (s.kinds))
      AND (s.always OR EXISTS (SELECT FROM houvast.disclosure d WHERE d.kind = of_kind AND d.key = of_key AND d.recipient = s.name))
$$;
COMMENT ON FUNCTION houvast.concerned(text, text, text) IS 'Which systems and recipients hold data of a person (promise G05)';
REVOKE ALL ON FUNCTION houvast.concerned(text, text, text) FROM PUBLIC;

-- 346. make function know (promise G05, as houvast_keeper)
-- By what other systems find a person: the identifiers on file, but none that is somebody else's too: what is found by such a
-- one may be theirs (promise G05).
CREATE OR REPLACE FUNCTION houvast.know(of_kind text, of_key text) RETURNS TABLE (sort text, value text)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.sort, a.value FROM houvast.addresses_of(of_kind, of_key) a
    WHERE btrim(a.value) <> '' AND NOT EXISTS (SELECT FROM houvast.persons_by(a.sort, a.value) p WHERE (p.kind, p.key) <> (of_kind, of_key))
$$;
COMMENT ON FUNCTION houvast.know(text, text) IS 'By what other systems find a person (promise G05)';
REVOKE ALL ON FUNCTION houvast.know(text, text) FROM PUBLIC;

-- 347. make function know_by (promise G05, as houvast_keeper)
-- The systems of some steps are told by what they find the person (promise G05).
CREATE OR REPLACE FUNCTION houvast.know_by(steps bigint[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO houvast.step_value (step, role, sort, value)
    SELECT s.id, 'identifier', a.sort, a.value FROM houvast.step s CROSS JOIN LATERAL houvast.know(s.kind, s.key) a WHERE s.id = ANY (steps)
$$;
COMMENT ON FUNCTION houvast.know_by(bigint[]) IS 'By what systems find a person (promise G05)';
REVOKE ALL ON FUNCTION houvast.know_by(bigint[]) FROM PUBLIC;

-- 348. make function step_kept (promise G05, as houvast_keeper)
-- Whoever writes a step: of whom and of which system it is stays, it begins unfinished, and it is done only when somebody looked
-- afterwards, and nothing of what should be gone remains (promise G05).
CREATE OR REPLACE FUNCTION houvast.step_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('planned', 'waiting') OR NEW.verified_at IS NOT NULL THEN
            PERFORM houvast.says_no('a step begins with nothing done', 'G05', 'Leave its state away.');
        END IF;
        NEW.done_at := NULL;
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        IF OLD.state NOT IN ('planned', 'done') AND EXISTS (SELECT FROM houvast.request q WHERE q.id = OLD.request AND q.state NOT IN ('refused', 'withdrawn')) THEN
            PERFORM houvast.says_no('a step that has begun is not thrown away', 'G05', 'Let the worker go on: houvast worker.');
        END IF;
        RETURN OLD;
    ELSIF OLD.state = 'done' THEN
        PERFORM houvast.says_no('a step that is done stays as it was done', 'G05', 'Register a new request.');
    ELSIF (OLD.request, OLD.kind, OLD.key, OLD.system, OLD.what, OLD.token, OLD.opened_at) IS DISTINCT FROM
          (NEW.request, NEW.kind, NEW.key, NEW.system, NEW.what, NEW.token, NEW.opened_at) THEN
        PERFORM houvast.says_no('of whom a step is, and of which system, stays as it was', 'G05', 'Register a new request.');
    ELSIF NEW.state = 'planned' AND OLD.state <> 'planned' THEN
        PERFORM houvast.says_no('a step that has begun is not planned any more', 'G05', 'Let the worker go on: houvast worker.');
    END IF;
    NEW.done_at := NULL;
    IF NEW.state = 'done' THEN
        IF NEW.verified_at IS NULL THEN
            PERFORM houvast.says_no('nobody looked whether this step was done', 'G05', 'Let the worker do it: houvast worker.');
        ELSIF NEW.remains > 0 THEN
            PERFORM houvast.says_no('something remains in this system', 'G05', 'Look there; the worker tries again.');
        END IF;
        NEW.done_at := clock_timestamp();
        NEW.error := '';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.step_kept() IS 'Keeps promise G05';

-- 349. make function tell_step (promise G05, as houvast_keeper)
-- A step that is done is told, in counts, and what the system had to know for it goes. Of an erasure nobody is named: nothing
-- opens what is about somebody who is erased (promise G05).
CREATE OR REPLACE FUNCTION houvast.tell_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_of text := CASE WHEN NEW.what = 'erasure' THEN NULL ELSE NEW.kind END;
    is_key text := CASE WHEN NEW.what = 'erasure' THEN NULL ELSE NEW.key END;
BEGIN
    DELETE FROM houvast.step_value v WHERE v.step = NEW.id;
    IF NEW.what = 'erasure' THEN
        DELETE FROM houvast.disclosure d WHERE d.kind = NEW.kind AND d.key = NEW.key AND d.recipient = NEW.system;
    END IF;
    IF EXISTS (SELECT FROM houvast.system s WHERE s.name = NEW.system AND s.sort = 'recipient') THEN
        PERFORM houvast.tell('recipient_told', 'G05', jsonb_build_object('recipient', NEW.system, 'what', NEW.what), '{}', is_of, is_key);
    ELSE
        PERFORM houvast.tell('system_done', 'G05', jsonb_build_object('system', NEW.system, 'what', NEW.what, 'found', NEW.found,
            'changed', NEW.changed, 'kept', NEW.kept), '{}', is_of, is_key);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_step() IS 'Keeps promise G05';

-- 350. make function plan_steps (promise C33, as houvast_keeper)
-- When it is known whose a request is, each other system gets its step; when nothing comes of the request, those that have not
-- begun go (promise C33).
CREATE OR REPLACE FUNCTION houvast.plan_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.state IN ('refused', 'withdrawn') THEN
        DELETE FROM houvast.step s WHERE s.request = NEW.id AND (s.state = 'planned' OR s.what = 'access');
        RETURN NULL;
    END IF;
    IF NEW.session OR NEW.key IS NULL OR NEW.verified_at IS NULL OR NEW.closed_at IS NOT NULL
       OR NEW."right" NOT IN ('access', 'portability', 'erasure') THEN RETURN NULL; END IF;
    INSERT INTO houvast.step (request, kind, key, system, what, state)
    SELECT NEW.id, NEW.kind, NEW.key, s.name, w.what, 'planned'
    FROM (SELECT CASE NEW."right" WHEN 'erasure' THEN 'erasure' ELSE 'access' END AS what) w, houvast.concerned(NEW.kind, NEW.key, w.what) s
    WHERE NOT EXISTS (SELECT FROM houvast.step o WHERE o.request = NEW.id AND o.system = s.name AND o.what = w.what);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.plan_steps() IS 'Keeps promise C33';

-- 351. make function steps_end (promise G05, as houvast_keeper)
-- No request is answered while a system still has to do its part, or what it did was not looked at (promise G05).
CREATE OR REPLACE FUNCTION houvast.steps_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    waits text;
BEGIN
    SELECT string_agg(DISTINCT s.system, ', ' ORDER BY s.system) INTO waits FROM houvast.step s
    LEFT JOIN houvast.system y ON y.name = s.system
    WHERE s.request = NEW.id AND s.state <> 'done';
    IF waits IS NOT NULL THEN
        PERFORM houvast.says_no(format('this request still waits for %s', waits), 'G05',
            'houvast request show tells how far each is; the worker goes on by itself. A request can be given more time.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.steps_end() IS 'Keeps promise G05';

-- 352. make function restriction_tells (promise G06, as houvast_keeper)
-- Who got data of a person is told that their use is restricted, and when that ends (GDPR art. 19; promise G06).
CREATE OR REPLACE FUNCTION houvast.restriction_tells() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r houvast.stand := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    word CONSTANT text := CASE WHEN TG_OP = 'DELETE' THEN 'lifting' ELSE 'restriction' END;
    steps bigint[];
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    WITH made AS (INSERT INTO houvast.step (request, kind, key, system, what)
    SELECT (SELECT max(q.id) FROM houvast.request q WHERE q.kind = r.kind AND q.key = r.key AND q.closed_at IS NULL AND q."right" = 'restriction'),
           r.kind, r.key, s.name, word
    FROM houvast.concerned(r.kind, r.key, word) s
    WHERE EXISTS (SELECT FROM houvast.person p WHERE p.kind = r.kind AND p.key = r.key) RETURNING id)
    SELECT array_agg(id) INTO steps FROM made;
    PERFORM houvast.know_by(steps);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.restriction_tells() IS 'Keeps promise G06';

-- 353. make function disclose (promise G05, as houvast_keeper)
-- Writes down that a recipient got data of a person, and tells the log (GDPR art. 15(1)(c); promise G05).
CREATE OR REPLACE FUNCTION houvast.disclose(who text, of_recipient text, categories text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_kind CONSTANT text := split_part(who, ':', 1);
    of_key CONSTANT text := substr(who, strpos(who, ':') + 1);
    made bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.system s WHERE s.name = of_recipient AND s.sort = 'recipient') THEN
        PERFORM houvast.says_no('nobody knows that recipient', 'G05', 'Name it in systems.yaml, then houvast systems check.');
    ELSIF NOT EXISTS (SELECT FROM houvast.person p WHERE p.kind = of_kind AND p.key = of_key) THEN
        PERFORM houvast.says_no('nobody is known by that number', 'G05', 'Give KIND:KEY.');
    END IF;
    INSERT INTO houvast.disclosure (kind, key, recipient, category)
    SELECT DISTINCT of_kind, of_key, of_recipient, c FROM unnest(categories) c
    WHERE NOT EXISTS (SELECT FROM houvast.disclosure d WHERE (d.kind, d.key, d.recipient, d.category) = (of_kind, of_key, of_recipient, c));
    GET DIAGNOSTICS made = ROW_COUNT;
    PERFORM houvast.tell('data_disclosed', 'G05', jsonb_build_object('recipient', of_recipient, 'category', c), '{}', of_kind, of_key)
    FROM (SELECT DISTINCT unnest(categories) AS c) x;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.disclose(text, text, text[]) IS 'Writes down who got data of a person (promise G05)';
REVOKE ALL ON FUNCTION houvast.disclose(text, text, text[]) FROM PUBLIC;

-- 354. make function take_hook (promise G05, as houvast_keeper)
-- A signed message of a service, kept until the worker has looked at its signature. One that came before is not kept twice, nor
-- one of a service that nobody waits for (promise G05).
CREATE OR REPLACE FUNCTION houvast.take_hook(of_system text, of_number text, sent bigint, of_signature text, of_body text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.step s JOIN houvast.system y ON y.name = s.system AND y.sort IN ('service', 'recipient')
                   WHERE s.system = of_system AND s.state = 'asked')
       OR (SELECT count(*) FROM houvast.hook h WHERE h.system = of_system AND h.taken_at IS NULL) > 1000
       OR abs(extract(epoch FROM clock_timestamp()) - sent) > 300 THEN RETURN false; END IF;
    INSERT INTO houvast.hook (system, number, sent_at, signature, body) SELECT of_system, of_number, sent, of_signature, of_body
    WHERE NOT EXISTS (SELECT FROM houvast.hook h WHERE h.system = of_system AND h.number = of_number);
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made = 1;
END $$;
COMMENT ON FUNCTION houvast.take_hook(text, text, bigint, text, text) IS 'Keeps a signed message of a service for the worker (promise G05)';
REVOKE ALL ON FUNCTION houvast.take_hook(text, text, bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.take_hook TO houvast_web; END IF;
END $$;

-- 355. make view houvast.public_step (promise G05, as houvast_keeper)
-- For the pages of the staff: what each system does for a request, without whom it is of (promise G05).
CREATE OR REPLACE VIEW houvast.public_step AS
SELECT s.id, s.request, s.system, s.what, s.state, s.found, s.changed, s.kept, s.remains, s.tries, s.next_at, s.error, s.opened_at, s.begun_at, s.done_at,
       coalesce(y.sort, '') AS sort, coalesce(y.label_nl, s.system) AS label_nl, coalesce(y.label_en, s.system) AS label_en
FROM houvast.step s LEFT JOIN houvast.system y ON y.name = s.system WHERE s.request IS NOT NULL;
COMMENT ON VIEW houvast.public_step IS 'What each system does for a request (promise G05)';
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT SELECT ON houvast.public_step TO houvast_web; END IF;
END $$;

-- 356. make trigger hv_keep_step on houvast.step (promise G05, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_step" BEFORE INSERT OR UPDATE OR DELETE ON houvast.step
    FOR EACH ROW EXECUTE FUNCTION houvast."step_kept"();
COMMENT ON TRIGGER "hv_keep_step" ON houvast.step IS 'Keeps promise G05';

-- 357. make trigger hv_tell_step on houvast.step (promise G05, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_step" AFTER UPDATE ON houvast.step
    FOR EACH ROW WHEN (NEW.state = 'done' AND OLD.state <> 'done') EXECUTE FUNCTION houvast."tell_step"();
COMMENT ON TRIGGER "hv_tell_step" ON houvast.step IS 'Keeps promise G05';

-- 358. make trigger hv_plan_steps on houvast.request (promise C33, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_plan_steps" AFTER INSERT OR UPDATE ON houvast.request
    FOR EACH ROW EXECUTE FUNCTION houvast."plan_steps"();
COMMENT ON TRIGGER "hv_plan_steps" ON houvast.request IS 'Keeps promise C33';

-- 359. make trigger hv_wait_for_steps on houvast.request (promise G05, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_wait_for_steps" BEFORE UPDATE ON houvast.request
    FOR EACH ROW WHEN (NEW.state = 'answered' AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION houvast."steps_end"();
COMMENT ON TRIGGER "hv_wait_for_steps" ON houvast.request IS 'Keeps promise G05';

-- 360. make trigger hv_keep_handover on houvast.handover (promise G07, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_handover" BEFORE INSERT OR UPDATE ON houvast.handover
    FOR EACH ROW EXECUTE FUNCTION houvast."handover_kept"();
COMMENT ON TRIGGER "hv_keep_handover" ON houvast.handover IS 'Keeps promise G07';

-- 361. make trigger hv_tell_handover on houvast.handover (promise G07, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_handover" AFTER UPDATE ON houvast.handover
    FOR EACH ROW WHEN (NEW.sent_at IS NOT NULL AND OLD.sent_at IS NULL) EXECUTE FUNCTION houvast."tell_handover"();
COMMENT ON TRIGGER "hv_tell_handover" ON houvast.handover IS 'Keeps promise G07';

-- 362. make trigger hv_restriction_set on houvast.stand (promise G06, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_restriction_set" AFTER INSERT ON houvast.stand
    FOR EACH ROW WHEN (NEW.stand = 'restricted') EXECUTE FUNCTION houvast."restriction_tells"();
COMMENT ON TRIGGER "hv_restriction_set" ON houvast.stand IS 'Keeps promise G06';

-- 363. make trigger hv_restriction_ends on houvast.stand (promise G06, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_restriction_ends" AFTER DELETE ON houvast.stand
    FOR EACH ROW WHEN (OLD.stand = 'restricted') EXECUTE FUNCTION houvast."restriction_tells"();
COMMENT ON TRIGGER "hv_restriction_ends" ON houvast.stand IS 'Keeps promise G06';

-- 364. make table prepared (promise C33, as houvast_keeper)
-- What the worker makes for somebody whose session asked for it: a copy of their data, the plan of an erasure, their receipts.
-- It lies here until that session has ended, a day at most, and no other session gets it; no job names anybody (promise C33).
CREATE TABLE IF NOT EXISTS houvast.prepared (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), session bytea NOT NULL REFERENCES houvast.person_session ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, what text NOT NULL CHECK (what IN ('access', 'portability', 'plan', 'receipts')),
    language text NOT NULL DEFAULT 'nl' CHECK (language IN ('nl', 'en')), request bigint REFERENCES houvast.request ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL, tries int NOT NULL DEFAULT 0,
    failed boolean NOT NULL DEFAULT false, made_at timestamptz, content bytea, taken_at timestamptz, CHECK ((made_at IS NULL) = (content IS NULL)));
CREATE INDEX IF NOT EXISTS prepared_session ON houvast.prepared (session);
COMMENT ON TABLE houvast.prepared IS 'What the worker made for the session of a person: copies, plans, receipts; nobody but its keeper reads it (promise C33).';;

-- 365. make function is_done (promise G18, as houvast_keeper)
-- Whether what a person asked in their own session was done there: the copy was taken, the account is closed (promise G18).
CREATE OR REPLACE FUNCTION houvast.is_done(number bigint, "right" text, kind text, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN is_done."right" IN ('access', 'portability') THEN EXISTS (SELECT FROM houvast.prepared d WHERE d.request = number AND d.taken_at IS NOT NULL)
        WHEN is_done."right" = 'closing' THEN EXISTS (SELECT FROM houvast.person p WHERE p.kind = is_done.kind AND p.key = is_done.key AND p.closed_at IS NOT NULL)
        WHEN is_done."right" = 'stop' THEN EXISTS (SELECT FROM houvast.stand s WHERE s.kind = is_done.kind AND s.key = is_done.key AND s.stand = 'stopped')
        ELSE false END
$$;
COMMENT ON FUNCTION houvast.is_done IS 'Whether a request was done in the session of the person (promise G18)';
REVOKE ALL ON FUNCTION houvast.is_done(bigint, text, text, text) FROM PUBLIC;

-- 366. make function ask_own (promise C33, as houvast_keeper)
-- For the pages for people: somebody asks something in their own session, which is the check of who they are. What needs a code
-- of this moment gets one. An objection counts at once, until it was weighed; a value that they say is wrong is used no longer,
-- where the map lets it be contested; stopping counts at once. `about`: the purpose, or TABLE.COLUMN. The same that is open is
-- not asked twice (promises C33, C35, G08).
CREATE OR REPLACE FUNCTION houvast.ask_own(secret text, "right" text, language text, words text DEFAULT '', about text DEFAULT '', OUT code uuid, OUT due_on date)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.ask_own(text, text, text, text, text) TO houvast_people;

-- 367. make function withdraw_own (promise G18, as houvast_keeper)
-- For the pages for people: somebody no longer asks what they asked; whether there was something open (promise G18).
CREATE OR REPLACE FUNCTION houvast.withdraw_own(secret text, code uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.withdraw_own(text, uuid) TO houvast_people;

-- 368. make function done_own (promise G18, as houvast_keeper)
-- For the pages for people: what somebody asked in their own session was done there, so that the request ends (promise G18).
CREATE OR REPLACE FUNCTION houvast.done_own(secret text, code uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.done_own(text, uuid) TO houvast_people;

-- 369. make function own_letters (promise C33, as houvast_keeper)
-- For the pages for people: the letters that were sent about their requests, by the code of each (promise C33).
CREATE OR REPLACE FUNCTION houvast.own_letters(secret text) RETURNS TABLE (code uuid, subject text, body text, sent_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.own_letters(text) TO houvast_people;

-- 370. make function own_steps (promise G05, as houvast_keeper)
-- For the pages for people: how far every other system is with what they asked, by the code of each request; by the name that
-- people know it by, and never why it did not work, which may tell where it is (promise G05).
CREATE OR REPLACE FUNCTION houvast.own_steps(secret text) RETURNS TABLE (code uuid, label_nl text, label_en text, stands text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT DISTINCT q.code, coalesce(y.label_nl, ''), coalesce(y.label_en, ''),
            CASE WHEN t.state = 'waiting' AND t.error <> '' THEN 'again' WHEN t.state = 'done' AND y.sort = 'recipient' THEN 'told' ELSE t.state END
        FROM houvast.live_session(secret, false) s
        JOIN houvast.request q ON q.kind = s.kind AND q.key = s.key AND NOT q.session
        JOIN houvast.step t ON t.request = q.id LEFT JOIN houvast.system y ON y.name = t.system ORDER BY 1, 2, 4;
END $$;
COMMENT ON FUNCTION houvast.own_steps IS 'How far other systems are with the requests of the person of a session (promise G05)';
REVOKE ALL ON FUNCTION houvast.own_steps(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_steps(text) TO houvast_people;

-- 371. make function own_kind (promise C35, as houvast_keeper)
-- For the pages for people: which kind of people the person of a session is one of (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_kind(secret text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT s.kind FROM houvast.live_session(secret, false, 'see', 'choose', 'ask', 'copy') s);
END $$;
COMMENT ON FUNCTION houvast.own_kind IS 'Which kind of people the person of a session is one of (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_kind(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_kind(text) TO houvast_people;

-- 372. make function own_history (promise G09, as houvast_keeper)
-- For the pages for people: what they chose before, and what was weighed, from the log; the newest first (promise G09).
CREATE OR REPLACE FUNCTION houvast.own_history(secret text) RETURNS TABLE (at timestamptz, what text, about text, change text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.own_history(text) TO houvast_people;

-- 373. make function prepare_own (promise C33, as houvast_keeper)
-- For the pages for people: has something made for the session of a person, by the worker. A copy is a request as well, and
-- asks for a code of this moment. What is being made is not asked twice (promises C33, C35).
CREATE OR REPLACE FUNCTION houvast.prepare_own(secret text, what text, language text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.prepare_own(text, text, text) TO houvast_people;

-- 374. make function own_prepared (promise C33, as houvast_keeper)
-- For the pages for people: what was made for this session, without what is in it (promise C33).
CREATE OR REPLACE FUNCTION houvast.own_prepared(secret text) RETURNS TABLE (id uuid, what text, asked_at timestamptz, made_at timestamptz, until timestamptz,
    failed boolean, size int, taken_at timestamptz) LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.own_prepared(text) TO houvast_people;

-- 375. make function take_own (promise C33, as houvast_keeper)
-- For the pages for people: what was made for this session, to that session alone. A copy asks for a code of this moment; that it
-- was handed out is told, and answers the request (promises C33, C35, G18).
CREATE OR REPLACE FUNCTION houvast.take_own(secret text, what text) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.take_own(text, text) TO houvast_people;

-- 376. make function sweep_prepared (promise C33, as houvast_keeper)
-- For the worker: what had its time goes, and so does what was made for a session that has ended (promise C33).
CREATE OR REPLACE FUNCTION houvast.sweep_prepared() RETURNS void LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM houvast.prepared d USING houvast.person_session s
    WHERE s.secret = d.session AND (d.until <= clock_timestamp() OR s.ended_at IS NOT NULL OR s.until <= clock_timestamp())
$$;
COMMENT ON FUNCTION houvast.sweep_prepared IS 'Takes away what was made for sessions that have ended (promise C33)';
REVOKE ALL ON FUNCTION houvast.sweep_prepared() FROM PUBLIC;

-- 377. make function own_scopes (promise C35, as houvast_keeper)
-- For the API: what a session, or a token that came of one, may do of what a person may (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_scopes(secret text) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.live_session(secret, false, 'see', 'choose', 'ask', 'copy');
    RETURN (SELECT coalesce(s.scopes, '{see,choose,ask,copy,all}') FROM houvast.person_session s WHERE s.secret = sha256(convert_to(own_scopes.secret, 'UTF8')));
END $$;
COMMENT ON FUNCTION houvast.own_scopes IS 'What a session may do (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_scopes(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.own_scopes(text) TO houvast_people;

-- 378. make function narrow_session (promise C35, as houvast_keeper)
-- For the API: a person gives a program a token that may do a part of what they may, until it ends or their own session does. It
-- is as sure as their session is, and gives no further tokens (promise C35).
CREATE OR REPLACE FUNCTION houvast.narrow_session(secret text, scopes text[], minutes int, OUT token text, OUT until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
GRANT EXECUTE ON FUNCTION houvast.narrow_session(text, text[], int) TO houvast_people;

-- 379. make table mandate (promise C35, as houvast_keeper)
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
COMMENT ON TABLE houvast.mandate IS 'Mandates to ask for somebody else, each checked with that person (promise C35).';;

-- 380. make table by_mandate (promise C35, as houvast_keeper)
-- Which requests were made by whom of a mandate (promise C35).
CREATE TABLE IF NOT EXISTS houvast.by_mandate (
    request bigint PRIMARY KEY REFERENCES houvast.request ON DELETE CASCADE, mandate bigint NOT NULL REFERENCES houvast.mandate ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS by_mandate_of ON houvast.by_mandate (mandate);
COMMENT ON TABLE houvast.by_mandate IS 'Requests that were made by mandate (promise C35).';;

-- 381. make function in_force (promise C35, as houvast_keeper)
-- Whether a mandate was confirmed, has not ended, and covers a right (promise C35).
CREATE OR REPLACE FUNCTION houvast.in_force(mandate bigint, "right" text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM houvast.mandate m WHERE m.id = in_force.mandate AND m.confirmed_at IS NOT NULL AND m.ended_at IS NULL
                   AND m.until > clock_timestamp() AND in_force."right" = ANY (m.rights))
$$;
COMMENT ON FUNCTION houvast.in_force IS 'Whether a mandate counts (promise C35)';
REVOKE ALL ON FUNCTION houvast.in_force(bigint, text) FROM PUBLIC;

-- 382. make function mandate_counts (promise C35, as houvast_keeper)
-- Nobody says that a request by mandate was checked before the mandate is in force; and none goes on once it has ended (promise C35).
CREATE OR REPLACE FUNCTION houvast.mandate_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.verified_at IS DISTINCT FROM OLD.verified_at OR NEW.state NOT IN ('acknowledged', 'identity', 'refused', 'withdrawn')) AND EXISTS (
            SELECT FROM houvast.by_mandate b WHERE b.request = NEW.id AND NOT houvast.in_force(b.mandate, NEW."right")) THEN
        PERFORM houvast.says_no('the person has not confirmed that somebody may ask this for them, or no longer', 'C35',
            'Wait for their answer, or print a letter: houvast request post.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.mandate_counts() IS 'Keeps promise C35';

-- 383. make function record_mandate (promise C35, as houvast_keeper)
-- Somebody asks for somebody else: what they may ask and until when, as they say. The person is asked, at the address on file;
-- until they confirm, the request waits (promise C35).
CREATE OR REPLACE FUNCTION houvast.record_mandate(number bigint, sort text, holder text, address text, rights text[], until timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.record_mandate(bigint, text, text, text, text[], timestamptz) FROM PUBLIC;

-- 384. make function join_mandate (promise C35, as houvast_keeper)
-- Another request by whoever holds a mandate that is in force: it is checked by that (promise C35).
CREATE OR REPLACE FUNCTION houvast.join_mandate(number bigint, mandate bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.join_mandate(bigint, bigint) FROM PUBLIC;

-- 385. make function confirm_mandate (promise C35, as houvast_keeper)
-- The person says that it is so, by a letter, by the link in a mail, or in their session: from now on it counts (promise C35).
CREATE OR REPLACE FUNCTION houvast.confirm_mandate(number bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.confirm_mandate(bigint, text) FROM PUBLIC;

-- 386. make function end_mandate (promise C35, as houvast_keeper)
-- A mandate ends: the person denies or revokes it, or its time is over. What was asked by it and is not answered ends too (promise C35).
CREATE OR REPLACE FUNCTION houvast.end_mandate(number bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.end_mandate(bigint, text) FROM PUBLIC;

-- 387. make function asked_mandate (promise C35, as houvast_keeper)
-- For the pages: what the link in a mail asks about: never who the person is (promise C35).
CREATE OR REPLACE FUNCTION houvast.asked_mandate(token text) RETURNS TABLE (sort text, holder text, rights text[], until timestamptz, confirmed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.sort, m.holder, m.rights, m.until, m.confirmed_at IS NOT NULL FROM houvast.mandate m
    WHERE m.token = sha256(convert_to(asked_mandate.token, 'UTF8')) AND m.ended_at IS NULL AND m.until > clock_timestamp()
$$;
COMMENT ON FUNCTION houvast.asked_mandate IS 'What a person is asked about a mandate (promise C35)';
REVOKE ALL ON FUNCTION houvast.asked_mandate(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.asked_mandate TO houvast_web; END IF;
END $$;

-- 388. make function answer_mandate (promise C35, as houvast_keeper)
-- For the pages: the person confirms, denies or revokes by the link in their mail; what it came to (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_mandate(token text, choice text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m CONSTANT bigint := (SELECT t.id FROM houvast.mandate t WHERE t.token = sha256(convert_to(answer_mandate.token, 'UTF8')) AND t.ended_at IS NULL);
BEGIN
    IF choice = 'yes' AND houvast.confirm_mandate(m, 'code') OR choice = 'no' AND houvast.end_mandate(m, 'link') THEN RETURN choice; END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.answer_mandate IS 'A person answers about a mandate (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_mandate(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.answer_mandate TO houvast_web; END IF;
END $$;

-- 389. make function own_mandates (promise C35, as houvast_keeper)
-- For the pages for people: who asks for them, or asks to (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_mandates(secret text) RETURNS TABLE (id bigint, sort text, holder text, rights text[], until timestamptz, confirmed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false, 'see') l;
    RETURN QUERY SELECT m.id, m.sort, m.holder, m.rights, m.until, m.confirmed_at IS NOT NULL FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.mandate m ON m.kind = s.kind AND m.key = s.key WHERE m.ended_at IS NULL AND m.until > clock_timestamp() ORDER BY m.id LIMIT 50;
END $$;
COMMENT ON FUNCTION houvast.own_mandates IS 'Who asks for the person of a session (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_mandates(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.own_mandates TO houvast_people; END IF;
END $$;

-- 390. make function choose_mandate (promise C35, as houvast_keeper)
-- For the pages for people: they confirm, deny or revoke a mandate in their session (promise C35).
CREATE OR REPLACE FUNCTION houvast.choose_mandate(secret text, number bigint, choice text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    IF NOT EXISTS (SELECT FROM houvast.mandate m WHERE m.id = number AND m.kind = s.kind AND m.key = s.key) THEN RETURN NULL; END IF;
    IF choice = 'yes' AND houvast.confirm_mandate(number, 'session') OR choice = 'no' AND houvast.end_mandate(number, 'session') THEN RETURN choice; END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.choose_mandate IS 'A person answers about a mandate in their session (promise C35)';
REVOKE ALL ON FUNCTION houvast.choose_mandate(text, bigint, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.choose_mandate TO houvast_people; END IF;
END $$;

-- 391. make function letter_to_holder (promise C35, as houvast_keeper)
-- A letter that goes by mail about a request by mandate goes to who holds it too, while it is in force; none before (promise C35).
CREATE OR REPLACE FUNCTION houvast.letter_to_holder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO houvast.outgoing (address, template, language, "values")
    SELECT m.address, 'letter', NEW.language, jsonb_build_object('subject', NEW.subject, 'body', NEW.body)
    FROM houvast.by_mandate b JOIN houvast.mandate m ON m.id = b.mandate JOIN houvast.request q ON q.id = b.request
    WHERE b.request = NEW.request AND houvast.in_force(m.id, q."right") AND NEW.kind <> 'identity';
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.letter_to_holder() IS 'Keeps promise C35';

-- 392. make function sweep_mandates (promise C35, as houvast_keeper)
-- For the worker: mandates end in time, those that nobody confirmed after thirty days; who held one is forgotten with its requests (promise C35).
CREATE OR REPLACE FUNCTION houvast.sweep_mandates() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.end_mandate(m.id, 'late') FROM houvast.mandate m
    WHERE m.ended_at IS NULL AND (m.until <= clock_timestamp() OR m.confirmed_at IS NULL AND m.asked_at < clock_timestamp() - interval '30 days');
    DELETE FROM houvast.mandate m WHERE m.ended_at < clock_timestamp() - interval '1 day' AND NOT EXISTS (SELECT FROM houvast.by_mandate b WHERE b.mandate = m.id);
    DELETE FROM houvast.case_code c WHERE c.until < clock_timestamp() - interval '30 days';
END $$;
COMMENT ON FUNCTION houvast.sweep_mandates() IS 'Mandates end in time (promise C35)';
REVOKE ALL ON FUNCTION houvast.sweep_mandates() FROM PUBLIC;

-- 393. make function number_of (promise C35, as houvast_keeper)
-- A number from its bytes, the first the greatest (promise C35).
CREATE OR REPLACE FUNCTION houvast.number_of(bytes bytea) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hex CONSTANT text := lpad(encode(bytes, 'hex'), (length(bytes) + 3) / 4 * 8, '0');
    found numeric := 0;
BEGIN
    FOR n IN 0 .. length(hex) / 8 - 1 LOOP
        found := found * 4294967296 + ('x' || substr(hex, n * 8 + 1, 8))::bit(32)::bigint;
    END LOOP;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.number_of IS 'A number from its bytes (promise C35)';
REVOKE ALL ON FUNCTION houvast.number_of(bytea) FROM PUBLIC;

-- 394. make function inverse_of (promise C35, as houvast_keeper)
-- The inverse of a number modulo a prime, by Euclid (promise C35).
CREATE OR REPLACE FUNCTION houvast.inverse_of(value numeric, prime numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r numeric := prime;
    s numeric := mod(mod(value, prime) + prime, prime);
    x numeric := 0;
    y numeric := 1;
    q numeric;
    t numeric;
BEGIN
    WHILE s <> 0 LOOP
        q := div(r, s);
        t := r - q * s; r := s; s := t;
        t := x - q * y; x := y; y := t;
    END LOOP;
    RETURN mod(x + prime, prime);
END $$;
COMMENT ON FUNCTION houvast.inverse_of IS 'The inverse of a number modulo a prime (promise C35)';
REVOKE ALL ON FUNCTION houvast.inverse_of(numeric, numeric) FROM PUBLIC;

-- 395. make function signed_es256 (promise C35, as houvast_keeper)
-- Whether a signature (DER) over a message is of this public key (x and y): ECDSA on P-256 with SHA-256 (FIPS 186-5, 6.4.2; RFC 8152).
-- It only verifies, with what is public, so that how long it takes tells nothing (promise C35).
CREATE OR REPLACE FUNCTION houvast.signed_es256(public bytea, message bytea, signature bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p CONSTANT numeric := 115792089210356248762697446949407573530086143415290314195533631308867097853951;
    n CONSTANT numeric := 115792089210356248762697446949407573529996955224135760342422259061068512044369;
    b CONSTANT numeric := 41058363725152142129326129780047268409114441015993725554835256314039467401291;
    gx CONSTANT numeric := 48439561293906451759052585252797914202762949526041747995844080717082404635286;
    gy CONSTANT numeric := 36134250956749795798585127919587881956611106672985015071877198253568414405109;
    qx numeric;
    qy numeric;
    r numeric;
    s numeric;
    w numeric;
    u numeric;
    v numeric;
    us int[] := '{}';
    vs int[] := '{}';
    xs numeric[];
    ys numeric[];
    at int;
    long int;
    x numeric := 0;
    y numeric := 1;
    z numeric := 0;
    d numeric;
    g numeric;
    c numeric;
    a numeric;
    h numeric;
    k numeric;
    hh numeric;
    hhh numeric;
    t numeric;
BEGIN
    IF length(public) <> 64 OR length(signature) NOT BETWEEN 8 AND 72 OR get_byte(signature, 0) <> 48 OR get_byte(signature, 1) <> length(signature) - 2
       OR get_byte(signature, 2) <> 2 THEN RETURN false; END IF;
    long := get_byte(signature, 3);
    IF long NOT BETWEEN 1 AND 33 OR long + 7 > length(signature) OR get_byte(signature, 4 + long) <> 2
       OR get_byte(signature, 5 + long) <> length(signature) - 6 - long THEN RETURN false; END IF;
    r := houvast.number_of(substr(signature, 5, long));
    s := houvast.number_of(substr(signature, 7 + long));
    qx := houvast.number_of(substr(public, 1, 32));
    qy := houvast.number_of(substr(public, 33));
    IF r < 1 OR r >= n OR s < 1 OR s >= n OR qx >= p OR qy >= p OR mod(qy * qy - (qx * qx * qx - 3 * qx + b), p) <> 0 OR qx = gx THEN RETURN false; END IF;
    w := houvast.inverse_of(s, n);
    u := mod(houvast.number_of(sha256(message)) * w, n);
    v := mod(r * w, n);
    FOR i IN 1 .. 256 LOOP
        us := mod(u, 2)::int || us; u := div(u, 2);
        vs := mod(v, 2)::int || vs; v := div(v, 2);
    END LOOP;
    t := mod((gy - qy) * houvast.inverse_of(gx - qx, p), p);
    d := mod(t * t - gx - qx, p);
    xs := ARRAY[gx, qx, d];
    ys := ARRAY[gy, qy, mod(t * (gx - d) - gy, p)];
    FOR i IN 1 .. 256 LOOP
        IF z <> 0 THEN  -- twice the point, in Jacobian coordinates
            d := mod(z * z, p); g := mod(y * y, p); c := mod(x * g, p); a := mod(3 * (x - d) * (x + d), p);
            t := mod(a * a - 8 * c, p);
            z := mod((y + z) * (y + z) - g - d, p);
            y := mod(a * (4 * c - t) - 8 * g * g, p);
            x := t;
        END IF;
        at := us[i] + 2 * vs[i];
        CONTINUE WHEN at = 0;
        IF z = 0 THEN
            x := xs[at]; y := ys[at]; z := 1;
            CONTINUE;
        END IF;
        d := mod(z * z, p);
        h := mod(xs[at] * d - x, p);
        k := mod(ys[at] * z * d - y, p);
        IF h = 0 THEN
            IF k <> 0 THEN x := 0; y := 1; z := 0; CONTINUE; END IF;
            g := mod(y * y, p); c := mod(x * g, p); a := mod(3 * (x - d) * (x + d), p);  -- the point itself: twice it
            t := mod(a * a - 8 * c, p);
            z := mod((y + z) * (y + z) - g - d, p);
            y := mod(a * (4 * c - t) - 8 * g * g, p);
            x := t;
            CONTINUE;
        END IF;
        hh := mod(h * h, p); hhh := mod(h * hh, p); g := mod(x * hh, p);
        x := mod(k * k - hhh - 2 * g, p);
        y := mod(k * (g - x) - y * hhh, p);
        z := mod(z * h, p);
    END LOOP;
    IF z = 0 THEN RETURN false; END IF;
    t := mod(x * houvast.inverse_of(z * z, p), p);
    RETURN mod(CASE WHEN t < 0 THEN t + p ELSE t END, n) = r;
END $$;
COMMENT ON FUNCTION houvast.signed_es256 IS 'Whether a signature is of a key: ECDSA on P-256 (promise C35)';
REVOKE ALL ON FUNCTION houvast.signed_es256(bytea, bytea, bytea) FROM PUBLIC;

-- 396. make function signed_rs256 (promise C35, as houvast_keeper)
-- Whether a signature over a message is of this key: RSA of 2048 to 4096 bits, exponent 65537, PKCS #1 v1.5 with SHA-256 (RFC 8017,
-- 8.2.2): the whole padded block is compared (promise C35).
CREATE OR REPLACE FUNCTION houvast.signed_rs256(modulus bytea, message bytea, signature bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    size CONSTANT int := length(modulus);
    n CONSTANT numeric := houvast.number_of(modulus);
    s CONSTANT numeric := houvast.number_of(signature);
    power numeric := s;
BEGIN
    IF size NOT BETWEEN 256 AND 512 OR get_byte(modulus, 0) = 0 OR length(signature) <> size OR s >= n THEN RETURN false; END IF;
    FOR i IN 1 .. 16 LOOP power := mod(power * power, n); END LOOP;
    RETURN mod(power * s, n) = houvast.number_of('\x0001'::bytea || decode(repeat('ff', size - 54), 'hex')
        || '\x003031300d060960864801650304020105000420'::bytea || sha256(message));
END $$;
COMMENT ON FUNCTION houvast.signed_rs256 IS 'Whether a signature is of a key: RSA (promise C35)';
REVOKE ALL ON FUNCTION houvast.signed_rs256(bytea, bytea, bytea) FROM PUBLIC;

-- 397. make table passkey (promise C35, as houvast_keeper)
-- Passkeys of people: the public key, where it was made, and a count that only grows (WebAuthn). `alg` as COSE has it: -7 is ES256,
-- -257 is RS256 (promise C35).
CREATE TABLE IF NOT EXISTS houvast.passkey (
    credential bytea PRIMARY KEY CHECK (length(credential) BETWEEN 16 AND 1023), kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL,
    alg int NOT NULL CHECK (alg IN (-7, -257)), public bytea NOT NULL, origin text NOT NULL, counter bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(), used_at timestamptz);
CREATE INDEX IF NOT EXISTS passkey_person ON houvast.passkey (kind, key);
COMMENT ON TABLE houvast.passkey IS 'Passkeys of people; the database itself checks what they sign (promise C35).';;

-- 398. make table ceremony (promise C35, as houvast_keeper)
-- What a passkey is to sign: made here, used once, within five minutes, in the browser that asked (promise C35).
CREATE TABLE IF NOT EXISTS houvast.ceremony (
    id uuid PRIMARY KEY, kind text COLLATE "C", key text COLLATE "C", challenge bytea NOT NULL, browser bytea NOT NULL,
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '5 minutes', used_at timestamptz, CHECK ((kind IS NULL) = (key IS NULL)));
COMMENT ON TABLE houvast.ceremony IS 'What passkeys are to sign, each once (promise C35).';;

-- 399. make function base64url (promise C35, as houvast_keeper)
-- Bytes as browsers write them in what a passkey signs (RFC 4648, 5) (promise C35).
CREATE OR REPLACE FUNCTION houvast.base64url(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN rtrim(translate(replace(encode(bytes, 'base64'), E'\n', ''), '+/', '-_'), '=');
COMMENT ON FUNCTION houvast.base64url IS 'Bytes as browsers write them (promise C35)';
REVOKE ALL ON FUNCTION houvast.base64url(bytea) FROM PUBLIC;

-- 400. make function is_answer (promise C35, as houvast_keeper)
-- Whether a browser answers this challenge, from one place, for a page of that place, with the person present and recognised by their
-- device (WebAuthn 7.1 and 7.2). What cannot be read is no answer (promise C35).
CREATE OR REPLACE FUNCTION houvast.is_answer(client bytea, authenticator bytea, what text, challenge bytea, origin text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said jsonb;
    host CONSTANT text := substring(origin FROM '^https?://([^/:]+)(?::[0-9]+)?$');
BEGIN
    said := convert_from(client, 'UTF8')::jsonb;
    RETURN coalesce(said ->> 'type' = what AND said ->> 'challenge' = houvast.base64url(challenge) AND said ->> 'origin' = origin
        AND coalesce(said ->> 'crossOrigin', 'false') = 'false' AND length(authenticator) >= 37
        AND substr(authenticator, 1, 32) = sha256(convert_to(host, 'UTF8')) AND get_byte(authenticator, 32) & 5 = 5, false);
EXCEPTION WHEN data_exception OR invalid_text_representation OR character_not_in_repertoire OR untranslatable_character THEN
    RETURN false;
END $$;
COMMENT ON FUNCTION houvast.is_answer IS 'Whether a browser answers a challenge (promise C35)';
REVOKE ALL ON FUNCTION houvast.is_answer(bytea, bytea, text, bytea, text) FROM PUBLIC;

-- 401. make function counter_of (promise C35, as houvast_keeper)
-- How often a passkey was used, as its device counts; many always say 0 (promise C35).
CREATE OR REPLACE FUNCTION houvast.counter_of(authenticator bytea) RETURNS bigint LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN houvast.number_of(substr(authenticator, 34, 4))::bigint;
COMMENT ON FUNCTION houvast.counter_of IS 'How often a passkey was used (promise C35)';
REVOKE ALL ON FUNCTION houvast.counter_of(bytea) FROM PUBLIC;

-- 402. make function public_of (promise C35, as houvast_keeper)
-- The credential and the public key in what a device gives when a passkey is made: of the two kinds of keys that are taken, in the one
-- way in which CTAP2 writes them (promise C35).
CREATE OR REPLACE FUNCTION houvast.public_of(authenticator bytea, OUT credential bytea, OUT alg int, OUT public bytea)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    size int;
    cose bytea;
BEGIN
    IF length(authenticator) < 120 OR get_byte(authenticator, 32) & 64 = 0 THEN RETURN; END IF;
    size := get_byte(authenticator, 53) * 256 + get_byte(authenticator, 54);
    IF size NOT BETWEEN 16 AND 1023 OR length(authenticator) < 55 + size + 77 THEN RETURN; END IF;
    cose := substr(authenticator, 56 + size);
    IF substr(cose, 1, 10) = '\xa5010203262001215820'::bytea AND substr(cose, 43, 3) = '\x225820'::bytea THEN
        alg := -7;
        public := substr(cose, 11, 32) || substr(cose, 46, 32);
    ELSIF substr(cose, 1, 11) = '\xa401030339010020590100'::bytea AND substr(cose, 268, 5) = '\x2143010001'::bytea THEN
        alg := -257;
        public := substr(cose, 12, 256);
    ELSE RETURN;
    END IF;
    credential := substr(authenticator, 56, size);
END $$;
COMMENT ON FUNCTION houvast.public_of IS 'The public key of a passkey that is made (promise C35)';
REVOKE ALL ON FUNCTION houvast.public_of(bytea) FROM PUBLIC;

-- 403. make function begin_passkey (promise C35, as houvast_keeper)
-- For the pages: something for a passkey to sign, for whoever comes in (promise C35).
CREATE OR REPLACE FUNCTION houvast.begin_passkey(browser text, OUT id uuid, OUT challenge text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain CONSTANT bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
BEGIN
    IF coalesce(length(browser), 0) < 32 THEN
        RAISE EXCEPTION 'Houvast refuses: this cannot be asked so (promise C35).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'The secret of the browser has at least 32 characters.';
    END IF;
    DELETE FROM houvast.ceremony c WHERE c.until < clock_timestamp();
    INSERT INTO houvast.ceremony AS c (id, challenge, browser) VALUES (gen_random_uuid(), plain, sha256(convert_to(browser, 'UTF8'))) RETURNING c.id INTO id;
    challenge := houvast.base64url(plain);
END $$;
COMMENT ON FUNCTION houvast.begin_passkey IS 'Something for a passkey to sign (promise C35)';
REVOKE ALL ON FUNCTION houvast.begin_passkey(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.begin_passkey TO houvast_web; END IF;
END $$;

-- 404. make function answer_passkey (promise C35, as houvast_keeper)
-- For the pages: what a passkey signed, and the secret of a session, always; whether it is one, houvast.session_now says once this has
-- committed. A passkey of less than three days is no surer than the session in which it was added (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_passkey(ceremony uuid, browser text, credential bytea, client bytea, authenticator bytea, signature bytea)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    secret CONSTANT text := houvast.new_secret();
    made CONSTANT uuid := gen_random_uuid();
    asked houvast.ceremony;
    k houvast.passkey;
    is_right boolean := false;
BEGIN
    UPDATE houvast.ceremony c SET used_at = clock_timestamp() WHERE c.id = answer_passkey.ceremony AND c.kind IS NULL AND c.used_at IS NULL
        AND c.until > clock_timestamp() AND c.browser = sha256(convert_to(answer_passkey.browser, 'UTF8')) RETURNING c.* INTO asked;
    SELECT p.* INTO k FROM houvast.passkey p WHERE p.credential = answer_passkey.credential FOR UPDATE;
    IF asked.id IS NOT NULL AND k.credential IS NOT NULL AND houvast.is_answer(client, authenticator, 'webauthn.get', asked.challenge, k.origin) THEN
        is_right := (houvast.counter_of(authenticator) > k.counter OR houvast.counter_of(authenticator) = 0 AND k.counter = 0)
            AND CASE k.alg WHEN -7 THEN houvast.signed_es256(k.public, authenticator || sha256(client), signature)
                           ELSE houvast.signed_rs256(k.public, authenticator || sha256(client), signature) END;
    END IF;
    IF is_right THEN
        UPDATE houvast.passkey p SET counter = houvast.counter_of(authenticator), used_at = clock_timestamp() WHERE p.credential = k.credential;
    END IF;
    INSERT INTO houvast.checking (id, kind, key, salt, code, browser, stop, until, is_right)
    VALUES (made, CASE WHEN is_right THEN k.kind END, CASE WHEN is_right THEN k.key END, '', '', '', sha256(uuid_send(gen_random_uuid())),
            clock_timestamp() + interval '8 hours', true);
    INSERT INTO houvast.person_session (secret, "check", live, level, method)
    VALUES (sha256(convert_to(secret, 'UTF8')), made, is_right, CASE WHEN k.made_at < clock_timestamp() - interval '3 days' THEN 3 ELSE 2 END, 'passkey');
    RETURN secret;
END $$;
COMMENT ON FUNCTION houvast.answer_passkey IS 'What a passkey signed (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_passkey(uuid, text, bytea, bytea, bytea, bytea) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.answer_passkey TO houvast_web; END IF;
END $$;

-- 405. make function begin_own_passkey (promise C35, as houvast_keeper)
-- For the pages for people: something for a new passkey to sign, in a session that was not left alone (promise C35).
CREATE OR REPLACE FUNCTION houvast.begin_own_passkey(secret text, OUT id uuid, OUT challenge text, OUT handle text, OUT known text[])
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    SELECT b.id, b.challenge INTO id, challenge FROM houvast.begin_passkey(secret) b;
    UPDATE houvast.ceremony c SET kind = s.kind, key = s.key WHERE c.id = begin_own_passkey.id;
    handle := houvast.base64url(sha256((SELECT x.secret FROM houvast.secret x WHERE x.kind = '' AND x.key = 'checks') || convert_to('passkey ' || s.kind || ':' || s.key, 'UTF8')));
    known := ARRAY(SELECT houvast.base64url(p.credential) FROM houvast.passkey p WHERE p.kind = s.kind AND p.key = s.key);
END $$;
COMMENT ON FUNCTION houvast.begin_own_passkey IS 'Something for a new passkey to sign (promise C35)';
REVOKE ALL ON FUNCTION houvast.begin_own_passkey(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.begin_own_passkey TO houvast_people; END IF;
END $$;

-- 406. make function add_own_passkey (promise C35, as houvast_keeper)
-- For the pages for people: adds a passkey of the person of this session; five at most. It is told, and mailed to them (promise C35).
CREATE OR REPLACE FUNCTION houvast.add_own_passkey(secret text, ceremony uuid, client bytea, authenticator bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
    asked houvast.ceremony;
    k record;
    place text;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    UPDATE houvast.ceremony c SET used_at = clock_timestamp() WHERE c.id = add_own_passkey.ceremony AND c.kind = s.kind AND c.key = s.key
        AND c.used_at IS NULL AND c.until > clock_timestamp() AND c.browser = sha256(convert_to(secret, 'UTF8')) RETURNING c.* INTO asked;
    SELECT p.* INTO k FROM houvast.public_of(authenticator) p;
    BEGIN
        place := convert_from(client, 'UTF8')::jsonb ->> 'origin';
    EXCEPTION WHEN data_exception OR invalid_text_representation OR character_not_in_repertoire THEN RETURN false;
    END;
    IF asked.id IS NULL OR k.credential IS NULL OR NOT houvast.is_answer(client, authenticator, 'webauthn.create', asked.challenge, place)
       OR (SELECT count(*) FROM houvast.passkey p WHERE p.kind = s.kind AND p.key = s.key) >= 5 THEN RETURN false; END IF;
    INSERT INTO houvast.passkey (credential, kind, key, alg, public, origin, counter)
    VALUES (k.credential, s.kind, s.key, k.alg, k.public, place, houvast.counter_of(authenticator)) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'passkey', 'change', 'set'), jsonb_build_object('about', ''), s.kind, s.key);
    INSERT INTO houvast.outgoing (to_kind, to_key, template) VALUES (s.kind, s.key, 'passkey');
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.add_own_passkey IS 'Adds a passkey of somebody in their session (promise C35)';
REVOKE ALL ON FUNCTION houvast.add_own_passkey(text, uuid, bytea, bytea) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.add_own_passkey TO houvast_people; END IF;
END $$;

-- 407. make function own_passkeys (promise C35, as houvast_keeper)
-- For the pages for people: their passkeys (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_passkeys(secret text) RETURNS TABLE (name text, made_at timestamptz, used_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false) l;
    RETURN QUERY SELECT encode(sha256(p.credential), 'hex'), p.made_at, p.used_at FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.passkey p ON p.kind = s.kind AND p.key = s.key ORDER BY p.made_at;
END $$;
COMMENT ON FUNCTION houvast.own_passkeys IS 'The passkeys of the person of a session (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_passkeys(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.own_passkeys TO houvast_people; END IF;
END $$;

-- 408. make function remove_own_passkey (promise C35, as houvast_keeper)
-- For the pages for people: takes a passkey away; it is told, and their other sessions end (promise C35).
CREATE OR REPLACE FUNCTION houvast.remove_own_passkey(secret text, name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, false) l;
    DELETE FROM houvast.passkey p WHERE p.kind = s.kind AND p.key = s.key AND encode(sha256(p.credential), 'hex') = name;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'passkey', 'change', 'ended'), jsonb_build_object('about', ''), s.kind, s.key);
    PERFORM houvast.end_sessions(c.id, NULL) FROM houvast.checking c JOIN houvast.person_session t ON t."check" = c.id
    WHERE c.kind = s.kind AND c.key = s.key AND t.method = 'passkey' AND t.secret <> sha256(convert_to(remove_own_passkey.secret, 'UTF8'));
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.remove_own_passkey IS 'Takes a passkey of somebody away (promise C35)';
REVOKE ALL ON FUNCTION houvast.remove_own_passkey(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.remove_own_passkey TO houvast_people; END IF;
END $$;

-- 409. make table oidc_issuer (promise C35, as houvast_keeper)
-- Where else people may sign in (OpenID Connect), as settings.yaml has it, and what each issuer says of itself. The worker writes it,
-- the pages cannot: an issuer is what it is, whoever has taken over the pages (promise C35).
CREATE TABLE IF NOT EXISTS houvast.oidc_issuer (
    name text COLLATE "C" PRIMARY KEY, issuer text COLLATE "C" NOT NULL UNIQUE, client text NOT NULL, by_mail boolean NOT NULL,
    level int NOT NULL CHECK (level IN (2, 3)), acr text[] NOT NULL, enter text, exchange text, says_issuer boolean NOT NULL DEFAULT false,
    fetched_at timestamptz);
COMMENT ON TABLE houvast.oidc_issuer IS 'Where else people may sign in, and what each issuer says of itself (promise C35).';;

-- 410. make table oidc_key (promise C35, as houvast_keeper)
-- The public keys of an issuer: of RS256 the modulus, of ES256 x and y (RFC 7518, 6) (promise C35).
CREATE TABLE IF NOT EXISTS houvast.oidc_key (
    name text COLLATE "C" REFERENCES houvast.oidc_issuer ON DELETE CASCADE, kid text COLLATE "C", alg text CHECK (alg IN ('RS256', 'ES256')),
    public bytea NOT NULL, PRIMARY KEY (name, kid, alg));
COMMENT ON TABLE houvast.oidc_key IS 'The public keys with which issuers sign (promise C35).';;

-- 411. make table oidc_link (promise C35, as houvast_keeper)
-- Which account at an issuer is whose. `account`: a keyed hash of issuer and `sub`; NULL once the person took it away, so that no mail
-- address links it again: they do that themselves (promise C35).
CREATE TABLE IF NOT EXISTS houvast.oidc_link (
    issuer text COLLATE "C", kind text COLLATE "C", key text COLLATE "C", account bytea, made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    used_at timestamptz, PRIMARY KEY (issuer, kind, key), UNIQUE (issuer, account));
COMMENT ON TABLE houvast.oidc_link IS 'Which account at an issuer is whose, by a keyed hash (promise C35).';;

-- 412. make table oidc_visit (promise C35, as houvast_keeper)
-- Sign-ins that were begun: each comes back once, in ten minutes, in the browser that went. Of whom, when somebody links an account in
-- their session (promise C35).
CREATE TABLE IF NOT EXISTS houvast.oidc_visit (
    state bytea PRIMARY KEY, browser bytea NOT NULL, name text COLLATE "C" NOT NULL, language text NOT NULL CHECK (language IN ('nl', 'en')),
    kind text COLLATE "C", key text COLLATE "C", asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 minutes', taken_at timestamptz, answered_at timestamptz,
    CHECK ((kind IS NULL) = (key IS NULL)));
COMMENT ON TABLE houvast.oidc_visit IS 'Sign-ins elsewhere that were begun, each once (promise C35).';;

-- 413. make function from_base64url (promise C35, as houvast_keeper)
-- The bytes that a token holds (RFC 7515, 2) (promise C35).
CREATE OR REPLACE FUNCTION houvast.from_base64url(written text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN decode(translate(written, '-_', '+/') || repeat('=', (4 - length(written) % 4) % 4), 'base64');
COMMENT ON FUNCTION houvast.from_base64url IS 'The bytes that a token holds (promise C35)';
REVOKE ALL ON FUNCTION houvast.from_base64url(text) FROM PUBLIC;

-- 414. make function oidc_nonce (promise C35, as houvast_keeper)
-- What an issuer has to say back: known to who has the secret of the browser (OpenID Connect Core, 15.5.2) (promise C35).
CREATE OR REPLACE FUNCTION houvast.oidc_nonce(state text, browser text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN encode(sha256(convert_to('nonce ' || state || ' ' || browser, 'UTF8')), 'hex');
COMMENT ON FUNCTION houvast.oidc_nonce IS 'What an issuer has to say back (promise C35)';
REVOKE ALL ON FUNCTION houvast.oidc_nonce(text, text) FROM PUBLIC;

-- 415. make function oidc_said (promise C35, as houvast_keeper)
-- What an issuer says in an ID token for this client, this sign-in and this moment, signed by a key that it published (OpenID Connect
-- Core, 3.1.3.7); NULL when it is none. One audience alone is taken; a key that was not seen for a day is none (promise C35).
CREATE OR REPLACE FUNCTION houvast.oidc_said(name text, token text, nonce text, asked_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts CONSTANT text[] := string_to_array(token, '.');
    now CONSTANT numeric := extract(epoch FROM clock_timestamp());
    i houvast.oidc_issuer;
    k houvast.oidc_key;
    head jsonb;
    said jsonb;
    message bytea;
    signature bytea;
BEGIN
    IF coalesce(length(token), 0) NOT BETWEEN 5 AND 16384 OR token !~ '^[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$' THEN RETURN NULL; END IF;
    head := convert_from(houvast.from_base64url(parts[1]), 'UTF8')::jsonb;
    said := convert_from(houvast.from_base64url(parts[2]), 'UTF8')::jsonb;
    signature := houvast.from_base64url(parts[3]);
    message := convert_to(parts[1] || '.' || parts[2], 'UTF8');
    IF jsonb_typeof(head) <> 'object' OR jsonb_typeof(said) <> 'object' OR head ? 'crit' THEN RETURN NULL; END IF;
    SELECT o.* INTO i FROM houvast.oidc_issuer o WHERE o.name = oidc_said.name AND o.fetched_at > clock_timestamp() - interval '1 day';
    SELECT q.* INTO k FROM houvast.oidc_key q WHERE q.name = i.name AND q.alg = head ->> 'alg' AND (q.kid = head ->> 'kid'
        OR NOT head ? 'kid' AND (SELECT count(*) FROM houvast.oidc_key o WHERE o.name = q.name AND o.alg = q.alg) = 1);
    IF k.alg IS NULL OR coalesce(said ->> 'iss' <> i.issuer OR said -> 'aud' NOT IN (to_jsonb(i.client), jsonb_build_array(i.client))
       OR coalesce(said ->> 'azp', i.client) <> i.client OR said ->> 'nonce' <> nonce
       OR jsonb_typeof(said -> 'sub') <> 'string' OR length(said ->> 'sub') NOT BETWEEN 1 AND 255 OR said ->> 'sub' <> btrim(said ->> 'sub')
       OR jsonb_typeof(said -> 'exp') <> 'number' OR (said ->> 'exp')::numeric <= now - 60 OR jsonb_typeof(said -> 'iat') <> 'number'
       OR (said ->> 'iat')::numeric NOT BETWEEN extract(epoch FROM oidc_said.asked_at) - 60 AND now + 60
       OR coalesce((said ->> 'nbf')::numeric, 0) > now + 60, true) THEN RETURN NULL; END IF;
    IF k.alg = 'RS256' AND houvast.signed_rs256(k.public, message, signature) THEN RETURN said; END IF;
    IF k.alg = 'ES256' AND length(signature) = 64 AND houvast.signed_es256(k.public, message,
       '\x3046022100'::bytea || substr(signature, 1, 32) || '\x022100'::bytea || substr(signature, 33)) THEN RETURN said; END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.oidc_said IS 'What an issuer says in a token that is good here and now (promise C35)';
REVOKE ALL ON FUNCTION houvast.oidc_said(text, text, text, timestamptz) FROM PUBLIC;

-- 416. make function oidc_signed_in_at (promise C35, as houvast_keeper)
-- When somebody signed in at the issuer, as it says; long ago when it does not say so: what is most sensitive then asks for a code
-- (promise C35).
CREATE OR REPLACE FUNCTION houvast.oidc_signed_in_at(said jsonb) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(said -> 'auth_time') = 'number' AND (said ->> 'auth_time')::numeric BETWEEN 0 AND extract(epoch FROM clock_timestamp()) + 60 THEN
        RETURN least(to_timestamp((said ->> 'auth_time')::double precision), clock_timestamp());
    END IF;
    RETURN clock_timestamp() - interval '1 day';
END $$;
COMMENT ON FUNCTION houvast.oidc_signed_in_at IS 'When somebody signed in at the issuer (promise C35)';
REVOKE ALL ON FUNCTION houvast.oidc_signed_in_at(jsonb) FROM PUBLIC;

-- 417. make function oidc_place (promise C35, as houvast_keeper)
-- For the pages: an issuer as it was last seen, and its keys; no row when it was not seen for a day (promise C35).
CREATE OR REPLACE FUNCTION houvast.oidc_place(name text) RETURNS TABLE (enter text, exchange text, says_issuer boolean, keys jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.enter, i.exchange, i.says_issuer, (SELECT jsonb_agg(jsonb_build_object('kid', k.kid, 'alg', k.alg, 'public', encode(k.public, 'hex')))
        FROM houvast.oidc_key k WHERE k.name = i.name)
    FROM houvast.oidc_issuer i WHERE i.name = oidc_place.name AND i.fetched_at > clock_timestamp() - interval '1 day'
$$;
COMMENT ON FUNCTION houvast.oidc_place IS 'An issuer as it was last seen (promise C35)';
REVOKE ALL ON FUNCTION houvast.oidc_place(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.oidc_place TO houvast_web; END IF;
END $$;

-- 418. make function begin_oidc (promise C35, as houvast_keeper)
-- For the pages: somebody goes to an issuer; by the state they are known when they come back (promise C35).
CREATE OR REPLACE FUNCTION houvast.begin_oidc(name text, browser text, language text, OUT state text, OUT nonce text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(length(browser), 0) < 32 THEN
        RAISE EXCEPTION 'Houvast refuses: this cannot be asked so (promise C35).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'The secret of the browser has at least 32 characters.';
    END IF;
    state := houvast.new_secret();
    nonce := houvast.oidc_nonce(state, browser);
    DELETE FROM houvast.oidc_visit v WHERE v.until < clock_timestamp();
    INSERT INTO houvast.oidc_visit (state, browser, name, language) VALUES (sha256(convert_to(begin_oidc.state, 'UTF8')),
        sha256(convert_to(browser, 'UTF8')), begin_oidc.name, CASE WHEN begin_oidc.language = 'en' THEN 'en' ELSE 'nl' END);
END $$;
COMMENT ON FUNCTION houvast.begin_oidc IS 'Somebody goes to sign in elsewhere (promise C35)';
REVOKE ALL ON FUNCTION houvast.begin_oidc(text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.begin_oidc TO houvast_web; END IF;
END $$;

-- 419. make function take_oidc (promise C35, as houvast_keeper)
-- For the pages: somebody comes back from this issuer, once, in the browser that went; no row when it is not so. `linking`: they link
-- an account in their session (promise C35).
CREATE OR REPLACE FUNCTION houvast.take_oidc(name text, state text, browser text) RETURNS TABLE (language text, nonce text, linking boolean)
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    UPDATE houvast.oidc_visit v SET taken_at = clock_timestamp() WHERE v.state = sha256(convert_to(take_oidc.state, 'UTF8'))
        AND v.browser = sha256(convert_to(take_oidc.browser, 'UTF8')) AND v.name = take_oidc.name AND v.taken_at IS NULL
        AND v.until > clock_timestamp() RETURNING v.language, houvast.oidc_nonce(take_oidc.state, take_oidc.browser), v.kind IS NOT NULL
$$;
COMMENT ON FUNCTION houvast.take_oidc IS 'Somebody comes back from where they signed in (promise C35)';
REVOKE ALL ON FUNCTION houvast.take_oidc(text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.take_oidc TO houvast_web; END IF;
END $$;

-- 420. make function answered_oidc (promise C35, as houvast_keeper)
-- The visit that a token answers, once, what it says, and which account it is of; NULLs when it answers none (promise C35).
CREATE OR REPLACE FUNCTION houvast.answered_oidc(of_state text, of_browser text, token text, linking boolean,
    OUT v houvast.oidc_visit, OUT i houvast.oidc_issuer, OUT said jsonb, OUT account bytea)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.oidc_visit o SET answered_at = clock_timestamp() WHERE o.state = sha256(convert_to(of_state, 'UTF8'))
        AND o.browser = sha256(convert_to(of_browser, 'UTF8')) AND o.taken_at IS NOT NULL AND o.answered_at IS NULL
        AND o.until > clock_timestamp() AND (o.kind IS NOT NULL) = linking RETURNING o.* INTO v;
    SELECT o.* INTO i FROM houvast.oidc_issuer o WHERE o.name = v.name;
    said := houvast.oidc_said(v.name, token, houvast.oidc_nonce(of_state, of_browser), v.asked_at);
    account := houvast.address_hash('account', i.issuer || ' ' || (said ->> 'sub'));
END $$;
COMMENT ON FUNCTION houvast.answered_oidc IS 'What a token answers (promise C35)';
REVOKE ALL ON FUNCTION houvast.answered_oidc(text, text, text, boolean) FROM PUBLIC;

-- 421. make function link_oidc (promise C35, as houvast_keeper)
-- An account at an issuer is of somebody from now on; whether it is. Never a second one of theirs at that issuer, nor one that is
-- somebody else's; `again`: also where they once took it away. It is told, and mailed to them (promise C35).
CREATE OR REPLACE FUNCTION houvast.link_oidc(of_issuer text, of_kind text, of_key text, of_account bytea, again boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF again THEN
        DELETE FROM houvast.oidc_link l WHERE l.issuer = of_issuer AND l.kind = of_kind AND l.key = of_key AND l.account IS NULL;
    END IF;
    INSERT INTO houvast.oidc_link (issuer, kind, key, account) VALUES (of_issuer, of_kind, of_key, of_account) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'oidc', 'change', 'set'), jsonb_build_object('about', ''), of_kind, of_key);
    INSERT INTO houvast.outgoing (to_kind, to_key, template, "values")
    VALUES (of_kind, of_key, 'oidc', jsonb_build_object('site', substring(of_issuer FROM '^https?://([^/]+)')));
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.link_oidc IS 'An account at an issuer is of somebody (promise C35)';
REVOKE ALL ON FUNCTION houvast.link_oidc(text, text, text, bytea, boolean) FROM PUBLIC;

-- 422. make function answer_oidc (promise C35, as houvast_keeper)
-- For the pages: the token that an issuer gave, and the secret of a session, always; whether it is one, houvast.session_now says once
-- this has committed. The account is known by issuer and `sub`. The first time, where the settings allow it, by a mail address that the
-- issuer has checked and that is the one on file to which codes go, unless it changed in the last three days. It counts for what a code
-- counts for; for more only where the settings and the token say so, by an account that was linked three days ago (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_oidc(state text, browser text, token text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    secret CONSTANT text := houvast.new_secret();
    made CONSTANT uuid := gen_random_uuid();
    a record;
    l houvast.oidc_link;
    address text;
    whose text[];
BEGIN
    SELECT f.* INTO a FROM houvast.answered_oidc(state, browser, token, false) f;
    address := houvast.normal('email', CASE WHEN (a.i).by_mail AND a.said -> 'email_verified' = 'true'::jsonb AND length(a.said ->> 'email') <= 320
                                       THEN a.said ->> 'email' END);
    SELECT CASE WHEN count(*) = 1 THEN ARRAY[min(p.kind), min(p.key)] ELSE ARRAY['', ''] END INTO whose FROM houvast.persons_by('email', coalesce(address, '')) p;
    SELECT o.* INTO l FROM houvast.oidc_link o WHERE o.issuer = (a.i).issuer AND o.account = a.account;
    IF l.account IS NULL AND houvast.normal('email', houvast.reach_of(whose[1], whose[2])) = address
       AND NOT houvast.cooling_down(whose[1], whose[2], 'email') THEN
        PERFORM houvast.link_oidc((a.i).issuer, whose[1], whose[2], a.account, false);
    END IF;
    UPDATE houvast.oidc_link o SET used_at = clock_timestamp() WHERE o.issuer = (a.i).issuer AND o.account = a.account RETURNING o.* INTO l;
    INSERT INTO houvast.checking (id, kind, key, salt, code, browser, stop, until, is_right)
    VALUES (made, l.kind, l.key, '', '', '', sha256(uuid_send(gen_random_uuid())), clock_timestamp() + interval '8 hours', true);
    INSERT INTO houvast.person_session (secret, "check", live, level, method, seen_at)
    VALUES (sha256(convert_to(secret, 'UTF8')), made, l.kind IS NOT NULL,
            CASE WHEN (a.i).level = 3 AND a.said ->> 'acr' = ANY ((a.i).acr) AND l.made_at < clock_timestamp() - interval '3 days' THEN 3 ELSE 2 END,
            'oidc', houvast.oidc_signed_in_at(a.said));
    RETURN secret;
END $$;
COMMENT ON FUNCTION houvast.answer_oidc IS 'Somebody signed in elsewhere (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_oidc(text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.answer_oidc TO houvast_web; END IF;
END $$;

-- 423. make function begin_own_oidc (promise C35, as houvast_keeper)
-- For the pages for people: somebody goes to link an account, in a session that was not left alone (promise C35).
CREATE OR REPLACE FUNCTION houvast.begin_own_oidc(secret text, name text, browser text, language text, OUT state text, OUT nonce text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    SELECT b.state, b.nonce INTO state, nonce FROM houvast.begin_oidc(name, browser, language) b;
    UPDATE houvast.oidc_visit v SET kind = s.kind, key = s.key WHERE v.state = sha256(convert_to(begin_own_oidc.state, 'UTF8'));
END $$;
COMMENT ON FUNCTION houvast.begin_own_oidc IS 'Somebody goes to link an account (promise C35)';
REVOKE ALL ON FUNCTION houvast.begin_own_oidc(text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.begin_own_oidc TO houvast_people; END IF;
END $$;

-- 424. make function add_own_oidc (promise C35, as houvast_keeper)
-- For the pages for people: links the account of a token with the person of this session, who went for it (promise C35).
CREATE OR REPLACE FUNCTION houvast.add_own_oidc(secret text, state text, browser text, token text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
    a record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, false) l;
    SELECT f.* INTO a FROM houvast.answered_oidc(state, browser, token, true) f;
    IF a.account IS NULL OR (a.v).kind <> s.kind OR (a.v).key <> s.key
       OR houvast.oidc_signed_in_at(a.said) < (a.v).asked_at - interval '1 minute' THEN RETURN false; END IF;  -- prompt=login was not heeded
    RETURN houvast.link_oidc((a.i).issuer, s.kind, s.key, a.account, true) OR EXISTS (SELECT FROM houvast.oidc_link l
        WHERE l.issuer = (a.i).issuer AND l.kind = s.kind AND l.key = s.key AND l.account = a.account);
END $$;
COMMENT ON FUNCTION houvast.add_own_oidc IS 'Links an account of somebody in their session (promise C35)';
REVOKE ALL ON FUNCTION houvast.add_own_oidc(text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.add_own_oidc TO houvast_people; END IF;
END $$;

-- 425. make function own_oidc (promise C35, as houvast_keeper)
-- For the pages for people: where else they can sign in (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_oidc(secret text) RETURNS TABLE (issuer text, made_at timestamptz, used_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT l.issuer, l.made_at, l.used_at FROM houvast.live_session(secret, false) s
        JOIN houvast.oidc_link l ON l.kind = s.kind AND l.key = s.key AND l.account IS NOT NULL ORDER BY l.made_at;
END $$;
COMMENT ON FUNCTION houvast.own_oidc IS 'The linked accounts of the person of a session (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_oidc(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.own_oidc TO houvast_people; END IF;
END $$;

-- 426. make function remove_own_oidc (promise C35, as houvast_keeper)
-- For the pages for people: an account is theirs no more; it is told, and other sessions that came of one end (promise C35).
CREATE OR REPLACE FUNCTION houvast.remove_own_oidc(secret text, issuer text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, false) l;
    UPDATE houvast.oidc_link o SET account = NULL WHERE o.kind = s.kind AND o.key = s.key AND o.issuer = remove_own_oidc.issuer AND o.account IS NOT NULL;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'oidc', 'change', 'ended'), jsonb_build_object('about', ''), s.kind, s.key);
    PERFORM houvast.end_sessions(c.id, NULL) FROM houvast.checking c JOIN houvast.person_session t ON t."check" = c.id
    WHERE c.kind = s.kind AND c.key = s.key AND t.method = 'oidc' AND t.secret <> sha256(convert_to(remove_own_oidc.secret, 'UTF8'));
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.remove_own_oidc IS 'Takes a linked account of somebody away (promise C35)';
REVOKE ALL ON FUNCTION houvast.remove_own_oidc(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.remove_own_oidc TO houvast_people; END IF;
END $$;

-- 427. make table denied (promise C35, as houvast_keeper)
-- Requests of which the person says that they did not make them (promise C35).
CREATE TABLE IF NOT EXISTS houvast.denied (
    request bigint PRIMARY KEY REFERENCES houvast.request ON DELETE CASCADE, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    how text NOT NULL CHECK (how IN ('link', 'session', 'letter')));
COMMENT ON TABLE houvast.denied IS 'Requests that somebody made in the name of somebody else, as that person says (promise C35).';;

-- 428. make table case_code (promise C35, as houvast_keeper)
-- Codes in letters by post, each for one request: longer than those by mail, and for fourteen days. As with those, a right try
-- and a wrong one change the same bytes, and a transaction tries once (promise C35).
CREATE TABLE IF NOT EXISTS houvast.case_code (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request bigint NOT NULL REFERENCES houvast.request ON DELETE CASCADE,
    salt bytea NOT NULL, code bytea NOT NULL, made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '14 days', ended_at timestamptz, settled_at timestamptz,
    tries int NOT NULL DEFAULT 0 CHECK (tries <= 5), is_right boolean NOT NULL DEFAULT false,
    tried_at timestamptz NOT NULL DEFAULT 'epoch', tried_by xid8 NOT NULL DEFAULT '0');
CREATE INDEX IF NOT EXISTS case_code_request ON houvast.case_code (request);
COMMENT ON TABLE houvast.case_code IS 'Codes in letters by post, as salted hashes, each bound to one request (promise C35).';;

-- 429. make function check_case (promise C35, as houvast_keeper)
-- It was checked whose an open request is: that is told, and one that waited for it goes on (promise C35).
CREATE OR REPLACE FUNCTION houvast.check_case(number bigint, level int, method text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.check_case(bigint, int, text) FROM PUBLIC;

-- 430. make function deny_case (promise C35, as houvast_keeper)
-- The person did not ask this: the request ends, and codes for it; the officer is alarmed (promise C35).
CREATE OR REPLACE FUNCTION houvast.deny_case(number bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.deny_case(bigint, text) FROM PUBLIC;

-- 431. make function not_me (promise C35, as houvast_keeper)
-- For the pages: whoever got a letter about a request did not ask it. Its reference is known to who asked and to who got the
-- letter; the answer never says whether there was one (promise C35).
CREATE OR REPLACE FUNCTION houvast.not_me(reference uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.deny_case(q.id, 'link') FROM houvast.request q
    WHERE q.code = not_me.reference AND NOT q.session AND q.closed_at IS NULL AND q."right" NOT IN ('complaint', 'question')
$$;
COMMENT ON FUNCTION houvast.not_me IS 'Somebody did not make the request that they got a letter about (promise C35)';
REVOKE ALL ON FUNCTION houvast.not_me(uuid) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.not_me TO houvast_web; END IF;
END $$;

-- 432. make function print_code (promise C35, as houvast_keeper)
-- For whoever prints a letter by post: a new code for a request that waits to be checked, and the address on file. That is a
-- recorded use. A code that was printed before no longer counts; three letters in thirty days at most (promise C35).
CREATE OR REPLACE FUNCTION houvast.print_code(number bigint, OUT code text, OUT address text[], OUT until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.print_code(bigint) FROM PUBLIC;

-- 433. make function answer_case_code (promise C35, as houvast_keeper)
-- For the pages: tries the code of a letter. Whether it was right, houvast.settle_case_code acts on once this has committed. The
-- try is counted by the statement that compares: five, however many come at once (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_case_code(reference uuid, code text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    UPDATE houvast.case_code c SET tries = c.tries + 1, tried_at = clock_timestamp(), tried_by = pg_current_xact_id(),
        is_right = c.code = sha256(c.salt || houvast.typed_code(answer_case_code.code))
    FROM houvast.request q
    WHERE q.code = answer_case_code.reference AND c.request = q.id AND q.closed_at IS NULL AND c.tries < 5 AND c.tried_by <> pg_current_xact_id()
      AND NOT c.is_right AND c.ended_at IS NULL AND c.until > clock_timestamp()
$$;
COMMENT ON FUNCTION houvast.answer_case_code IS 'Tries the code of a letter (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_case_code(uuid, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.answer_case_code TO houvast_web; END IF;
END $$;

-- 434. make function settle_case_code (promise C35, as houvast_keeper)
-- For the pages: what follows from a right code, within ten minutes: `yes`, the request is theirs and goes on; `no`, they did not
-- ask it. NULL when no right code was tried, or this transaction tried it (promise C35).
CREATE OR REPLACE FUNCTION houvast.settle_case_code(reference uuid, choice text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.settle_case_code(uuid, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.settle_case_code TO houvast_web; END IF;
END $$;

-- 435. make function own_unchecked (promise C35, as houvast_keeper)
-- For the pages for people: their requests of which it was not checked whose they are; `enough`: whether this session is (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_unchecked(secret text) RETURNS TABLE (code uuid, "right" text, channel text, received_at timestamptz, enough boolean)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.own_unchecked(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.own_unchecked TO houvast_people; END IF;
END $$;

-- 436. make function claim_case (promise C35, as houvast_keeper)
-- For the pages for people: somebody in their own session says of a request in their name that it is theirs, or not. `yes`, `no`, or
-- `more`: what is asked weighs more than this session shows. NULL when there is no such request (promise C35).
CREATE OR REPLACE FUNCTION houvast.claim_case(secret text, reference uuid, choice text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.claim_case(text, uuid, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_people') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.claim_case TO houvast_people; END IF;
END $$;

-- 437. make function session_level (promise C35, as houvast_keeper)
-- How sure a live session is; 0 for none (promise C35).
CREATE OR REPLACE FUNCTION houvast.session_level(secret text) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT s.level FROM houvast.session_now(session_level.secret) s), 0)
$$;
COMMENT ON FUNCTION houvast.session_level IS 'How sure a session is (promise C35)';
REVOKE ALL ON FUNCTION houvast.session_level(text) FROM PUBLIC;

-- 438. make function session_method (promise C35, as houvast_keeper)
-- By what somebody showed who they are (promise C35).
CREATE OR REPLACE FUNCTION houvast.session_method(secret text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.method FROM houvast.session_now(session_method.secret) s
$$;
COMMENT ON FUNCTION houvast.session_method IS 'By what a session came about (promise C35)';
REVOKE ALL ON FUNCTION houvast.session_method(text) FROM PUBLIC;

-- 439. make function has_second_way (promise C35, as houvast_keeper)
-- Whether there is a way besides mail by which somebody can show who they are (promise C35).
CREATE OR REPLACE FUNCTION houvast.has_second_way(kind text, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.post_of(has_second_way.kind, has_second_way.key) IS NOT NULL OR EXISTS (SELECT FROM houvast.passkey p
        WHERE p.kind = has_second_way.kind AND p.key = has_second_way.key AND p.made_at < clock_timestamp() - interval '3 days')
$$;
COMMENT ON FUNCTION houvast.has_second_way IS 'Whether there is a second way to check somebody (promise C35)';
REVOKE ALL ON FUNCTION houvast.has_second_way(text, text) FROM PUBLIC;

-- 440. make function needed_level (promise C35, as houvast_keeper)
-- How sure it must be whose a request is. What weighs more (erasing, closing, changing what codes go to, a copy with special data)
-- asks for two ways, where a second one is on file (promise C35).
CREATE OR REPLACE FUNCTION houvast.needed_level("right" text, kind text, key text) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN needed_level."right" IN ('complaint', 'question') THEN 0
        WHEN needed_level."right" IN ('objection', 'withdrawal', 'stop') THEN 1
        WHEN houvast.has_second_way(needed_level.kind, needed_level.key) AND (needed_level."right" IN ('erasure', 'closing', 'rectification')
             OR needed_level."right" IN ('access', 'portability') AND needed_level.kind = ANY (ARRAY[]::text[])) THEN 3
        ELSE 2 END
$$;
COMMENT ON FUNCTION houvast.needed_level IS 'How sure it must be whose a request is (promise C35)';
REVOKE ALL ON FUNCTION houvast.needed_level(text, text, text) FROM PUBLIC;

-- 441. make trigger hv_mandate_counts on houvast.request (promise C35, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_mandate_counts" BEFORE UPDATE ON houvast.request
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.verified_at IS DISTINCT FROM NEW.verified_at) EXECUTE FUNCTION houvast."mandate_counts"();
COMMENT ON TRIGGER "hv_mandate_counts" ON houvast.request IS 'Keeps promise C35';

-- 442. make trigger hv_letter_to_holder on houvast.letter (promise C35, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_letter_to_holder" AFTER UPDATE ON houvast.letter
    FOR EACH ROW WHEN (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL) EXECUTE FUNCTION houvast."letter_to_holder"();
COMMENT ON TRIGGER "hv_letter_to_holder" ON houvast.letter IS 'Keeps promise C35';

-- 443. make function link_persons (promise C35, as houvast_keeper)
-- Says that two are one person; only when it was checked of both who they are. False when that was said before.
CREATE OR REPLACE FUNCTION houvast.link_persons(kind text, key text, other_kind text, other_key text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT count(DISTINCT (q.kind, q.key)) FROM houvast.request q JOIN houvast.person p ON p.kind = q.kind AND p.key = q.key
        WHERE q.closed_at IS NULL AND q.verified_at IS NOT NULL AND q.level > 0
          AND ((q.kind, q.key) = (link_persons.kind, link_persons.key) OR (q.kind, q.key) = (other_kind, other_key))) < 2 THEN
        RAISE EXCEPTION 'Houvast refuses: two are linked when it was checked of both who they are (promise C35).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Register a request of each, and check who asks; both must be open.';
    END IF;
    INSERT INTO houvast.link (kind, key, other_kind, other_key)
    VALUES (link_persons.kind, link_persons.key, link_persons.other_kind, link_persons.other_key),
           (link_persons.other_kind, link_persons.other_key, link_persons.kind, link_persons.key) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION houvast.link_persons(text, text, text, text) IS 'Links two people who are one (promise C35)';
REVOKE ALL ON FUNCTION houvast.link_persons(text, text, text, text) FROM PUBLIC;;

-- 444. make function unlink_persons (promise C35, as houvast_keeper)
-- Says no longer that two are one person; false when nobody said so.
CREATE OR REPLACE FUNCTION houvast.unlink_persons(kind text, key text, other_kind text, other_key text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM houvast.link l
    WHERE (l.kind, l.key, l.other_kind, l.other_key) = (unlink_persons.kind, unlink_persons.key, unlink_persons.other_kind, unlink_persons.other_key)
       OR (l.other_kind, l.other_key, l.kind, l.key) = (unlink_persons.kind, unlink_persons.key, unlink_persons.other_kind, unlink_persons.other_key);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION houvast.unlink_persons(text, text, text, text) IS 'Takes a link between two people back (promise C35)';
REVOKE ALL ON FUNCTION houvast.unlink_persons(text, text, text, text) FROM PUBLIC;;

-- 445. make function weigh (promise C13, as houvast_keeper)
-- An objection to a legitimate interest is weighed and dismissed, in writing; marketing is never weighed (GDPR art. 21).
CREATE OR REPLACE FUNCTION houvast.weigh(kind text, key text, purpose text, reason text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.is_marketing(purpose) THEN
        RAISE EXCEPTION 'Houvast refuses: an objection to marketing holds for ever and is not weighed (promise C13).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Only the person can take it back.';
    ELSIF length(btrim(coalesce(reason, ''))) < 10 OR houvast.personal_in(reason) IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: an objection is dismissed in writing, without personal data in it (promise C13).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Say which interest outweighs the objection, and why.';
    END IF;
    DELETE FROM houvast.stand s WHERE s.kind = weigh.kind AND s.key = weigh.key AND s.stand = 'objected' AND s.about = weigh.purpose;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this person has no objection to that purpose (promise C13).'
            USING ERRCODE = 'no_data_found', HINT = 'See where they stand: houvast person state.';
    END IF;
    PERFORM houvast.tell('objection_weighed', 'C13', jsonb_build_object('purpose', weigh.purpose),
                         jsonb_build_object('reason', btrim(weigh.reason)), weigh.kind, weigh.key);
END $$;
COMMENT ON FUNCTION houvast.weigh(text, text, text, text) IS 'Dismisses an objection in writing (promise C13)';
REVOKE ALL ON FUNCTION houvast.weigh(text, text, text, text) FROM PUBLIC;;

-- 446. make function may_send (promise C13, as houvast_keeper)
-- On what ground a person may be sent a marketing message at this moment, or why not (promise C13).
CREATE OR REPLACE FUNCTION houvast.may_send(kind text, key text, purpose text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p houvast.person;
    said text[];
    address text := houvast.reach_of(kind, key);
    yes timestamptz;
BEGIN
    IF NOT houvast.is_marketing(purpose) THEN RETURN 'refused: no purpose of marketing'; END IF;
    IF NOT houvast.may_reach(purpose, kind) THEN RETURN 'refused: never to these people'; END IF;
    SELECT q.* INTO p FROM houvast.person q WHERE q.kind = may_send.kind AND q.key = may_send.key;
    IF NOT FOUND THEN RETURN 'refused: no ground'; END IF;
    SELECT coalesce(array_agg(s.stand || ':' || s.about), '{}'), max(s.since) FILTER (WHERE s.stand = 'consented' AND s.about = may_send.purpose)
    INTO said, yes FROM houvast.stand s WHERE s.kind = may_send.kind AND s.key = may_send.key;
    IF EXISTS (SELECT FROM unnest(said) one WHERE one ^@ 'objected:' AND houvast.is_marketing(substr(one, 10))) THEN RETURN 'refused: objected'; END IF;
    IF 'restricted:' = ANY (said) AND NOT 'allowed:' || purpose = ANY (said) THEN RETURN 'refused: restricted'; END IF;
    IF p.closed_at IS NOT NULL THEN RETURN 'refused: account closed'; END IF;
    IF address IS NULL THEN RETURN 'refused: no address'; END IF;
    IF houvast.place_of(kind, 'email') = ANY (p.contested) THEN RETURN 'refused: address in doubt'; END IF;
    IF EXISTS (SELECT FROM houvast.suppressed u WHERE u.hash = houvast.address_hash('email', address)
               AND (yes IS NULL OR yes < u.since)) THEN RETURN 'refused: objected'; END IF;
    RETURN CASE WHEN yes IS NOT NULL THEN 'consent' WHEN 'own_customer:' || purpose = ANY (said) THEN 'own customer' ELSE 'refused: no ground' END;
END $$;
COMMENT ON FUNCTION houvast.may_send(text, text, text) IS 'On what ground a person may be sent a message, or why not (promise C13)';
REVOKE ALL ON FUNCTION houvast.may_send(text, text, text) FROM PUBLIC;;

-- 447. make function opt_out (promise C13, as houvast_keeper)
-- The link in a message: an objection to marketing without signing in. It answers the same whatever the code (promise C13).
CREATE OR REPLACE FUNCTION houvast.opt_out(code uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.set_stand(c.kind, c.key, 'objected', c.purpose, 'opt-out link')
    FROM houvast.opt_out_code c WHERE c.code = opt_out.code;
END $$;
COMMENT ON FUNCTION houvast.opt_out(uuid) IS 'Objects to marketing by the link in a message (promise C13)';
REVOKE ALL ON FUNCTION houvast.opt_out(uuid) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'houvast_web') THEN
        GRANT EXECUTE ON FUNCTION houvast.opt_out(uuid) TO houvast_web;
    END IF;
END $$;;

-- 448. make function may_reach (promise C18, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.may_reach(purpose text, kind text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN (purpose OPERATOR(pg_catalog.=) 'marketing' AND kind OPERATOR(pg_catalog.=) 'customer');
COMMENT ON FUNCTION houvast.may_reach IS 'To which people the policy lets a marketing purpose write at all (promise C18)';
REVOKE ALL ON FUNCTION houvast.may_reach(text, text) FROM PUBLIC;

-- 449. make function give_opt_outs (promise C13, as houvast_keeper)
-- Whoever says yes to marketing, or buys, has an opt-out link from then on (promise C13).
CREATE OR REPLACE FUNCTION houvast.give_opt_outs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO houvast.opt_out_code (kind, key, purpose)
    SELECT DISTINCT c.kind, c.key, c.about FROM came c
    WHERE c.stand IN ('consented', 'own_customer') AND houvast.is_marketing(c.about) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.give_opt_outs() IS 'Keeps promise C13';;

-- 450. make trigger hv_opt_out on houvast.stand (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_opt_out" AFTER INSERT ON houvast.stand REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."give_opt_outs"();
COMMENT ON TRIGGER "hv_opt_out" ON houvast.stand IS 'Keeps promise C13';

-- 451. make function mail_ground (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.mail_ground(kind text, key text)
RETURNS TABLE (ground text, since timestamptz, opt_out uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    ours CONSTANT text := CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_3_' AND pg_catalog.pg_has_role(session_user, 'hv_marketing', 'MEMBER') THEN 'marketing' END;
    what text;
BEGIN
    IF ours IS NULL THEN RETURN; END IF;
    what := houvast.may_send(mail_ground.kind, mail_ground.key, ours);
    IF what ^@ 'refused' THEN RETURN; END IF;
    RETURN QUERY SELECT what, min(s.since), (array_agg(c.code))[1]
        FROM houvast.opt_out_code c JOIN houvast.stand s ON s.kind = c.kind AND s.key = c.key AND s.about = c.purpose
            AND s.stand = CASE what WHEN 'consent' THEN 'consented' ELSE 'own_customer' END
        WHERE c.kind = mail_ground.kind AND c.key = mail_ground.key AND c.purpose = ours
        HAVING count(*) > 0;
END $hv$;
COMMENT ON FUNCTION houvast.mail_ground IS 'On what ground, since when, and with which opt-out code a person may be mailed (promise C13)';
REVOKE ALL ON FUNCTION houvast.mail_ground(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.mail_ground(text, text) TO "hv_marketing";

-- 452. make function note_message (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.note_message(purpose text, kind text, key text, message text, products_of text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    ground text;
BEGIN
    IF products_of IS DISTINCT FROM '' THEN
        RAISE EXCEPTION 'Houvast refuses: people are written to about our own products alone (promise C13).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Messages about products of  may go.';
    ELSIF length(btrim(coalesce(message, ''))) < 3 OR length(message) > 200 OR houvast.personal_in(message) IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: a message has a name, without personal data (promise C13).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name it by what it is: ''newsletter 2026-11''.';
    END IF;
    PERFORM FROM houvast.person p WHERE p.kind = note_message.kind AND p.key = note_message.key FOR SHARE;
    ground := houvast.may_send(note_message.kind, note_message.key, purpose);
    IF ground ^@ 'refused' THEN
        RAISE EXCEPTION 'Houvast refuses: this person may not be sent a message now (promise C13).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Send to whom may_mail shows at that moment, and to nobody else.';
    END IF;
    INSERT INTO houvast.message (kind, key, purpose, message, ground, since)
    SELECT note_message.kind, note_message.key, purpose, btrim(note_message.message), ground, min(s.since) FROM houvast.stand s
    WHERE s.kind = note_message.kind AND s.key = note_message.key AND s.about = purpose
      AND s.stand = CASE ground WHEN 'consent' THEN 'consented' ELSE 'own_customer' END;
    PERFORM houvast.tell('message_sent', 'C13', jsonb_build_object('purpose', purpose, 'ground', ground),
                         jsonb_build_object('message', btrim(note_message.message)), note_message.kind, note_message.key);
    RETURN ground;
END $hv$;
COMMENT ON FUNCTION houvast.note_message IS 'Writes down a message, or refuses it; whoever calls it has checked whose purpose it is (promise C13)';
REVOKE ALL ON FUNCTION houvast.note_message(text, text, text, text, text) FROM PUBLIC;

-- 453. make function sent (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.sent(kind text, key text, message text, products_of text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    ours CONSTANT text := CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_3_' AND pg_catalog.pg_has_role(session_user, 'hv_marketing', 'MEMBER') THEN 'marketing' END;
BEGIN
    IF ours IS NULL THEN
        RAISE EXCEPTION 'Houvast refuses: messages are sent with a use of a marketing purpose open (promise C02).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one: SELECT houvast.open_use(PURPOSE, REASON).';
    END IF;
    RETURN houvast.note_message(ours, sent.kind, sent.key, sent.message, sent.products_of);
END $hv$;
COMMENT ON FUNCTION houvast.sent IS 'Writes down a message, its ground and its moment, or refuses it (promise C13)';
REVOKE ALL ON FUNCTION houvast.sent(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.sent(text, text, text, text) TO "hv_marketing";

-- 454. make function mail_marketing (promise C13, as houvast_keeper)
SET LOCAL check_function_bodies = off;  -- its owner reads none of it
CREATE OR REPLACE FUNCTION houvast."mail_marketing"()
RETURNS TABLE (kind text, key text, address text, ground text, since timestamptz, opt_out uuid) LANGUAGE sql STABLE AS $hv$
    SELECT 'customer'::text, t."account_id"::text, t."email"::text, g.ground, g.since, g.opt_out FROM "public"."contact" t CROSS JOIN LATERAL houvast.mail_ground('customer', t."account_id"::text) g WHERE t."email" OPERATOR(pg_catalog.<>) ''
$hv$;
RESET check_function_bodies;
COMMENT ON FUNCTION houvast."mail_marketing" IS 'Whom purpose marketing may write to now; reads as its caller (promise C13)';
REVOKE ALL ON FUNCTION houvast."mail_marketing"() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast."mail_marketing"() TO "hv_marketing";

-- 455. make function scopes_of_tokens (promise C38, as houvast_keeper)
-- What a token may be given: of an application (role NULL), or of staff in a role. A closed list (promise C38).
CREATE OR REPLACE FUNCTION houvast.scopes_of_tokens(role text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE coalesce(role, '') WHEN '' THEN ARRAY['mail', 'requests', 'people', 'decisions', 'forms', 'explain']
    WHEN 'officer' THEN ARRAY['cases:read', 'cases:open', 'cases:write', 'holds:write', 'proof:read', 'evidence:read', 'explain']
    WHEN 'auditor' THEN ARRAY['cases:read', 'proof:read', 'evidence:read', 'explain']
    WHEN 'support' THEN ARRAY['proof:read'] WHEN 'finance' THEN ARRAY['proof:read'] ELSE '{}'::text[] END;
COMMENT ON FUNCTION houvast.scopes_of_tokens(text) IS 'What a token may be given at most (promise C38)';
REVOKE ALL ON FUNCTION houvast.scopes_of_tokens(text) FROM PUBLIC;;

-- 456. make table api_token (promise C38, as houvast_keeper)
-- What programs show at the API. Of a token a digest is kept; it is of the login of an application, or of one of the staff, may
-- what its scopes say, and ends (promise C38).
CREATE TABLE IF NOT EXISTS houvast.api_token (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'), digest bytea NOT NULL CHECK (length(digest) = 32),
    name text NOT NULL CHECK (name ~ '^[[:alnum:]][[:alnum:] ._-]{0,59}$'), scopes text[] NOT NULL, login name, staff text, role text,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL, revoked_at timestamptz, used_at timestamptz,
    CHECK ((login IS NULL) <> (role IS NULL) AND (staff IS NULL) = (role IS NULL)), CHECK (cardinality(scopes) > 0 AND scopes <@ houvast.scopes_of_tokens(role)));
ALTER TABLE houvast.api_token ADD COLUMN IF NOT EXISTS staff text;  -- one of before, of a role alone, counts no longer
CREATE UNIQUE INDEX IF NOT EXISTS api_token_name ON houvast.api_token (name) WHERE revoked_at IS NULL;
COMMENT ON TABLE houvast.api_token IS 'Tokens of programs: digest, whose, what they may, until when (promise C38).';;

-- 457. make function give_api_token (promise C38, as houvast_keeper)
-- For an administrator: a new token, which is shown once. One of the staff has it in their role and name, so that a program
-- is no second pair of eyes beside them (promises C38, G10).
DROP FUNCTION IF EXISTS houvast.give_api_token(text, text[], text, text, int);
CREATE OR REPLACE FUNCTION houvast.give_api_token(name text, scopes text[], login text, staff text, days int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number CONSTANT text := left(houvast.new_secret(), 16);
    made CONSTANT text := concat_ws('_', 'hvt', number, houvast.new_secret());
    asked CONSTANT text[] := ARRAY(SELECT DISTINCT s FROM unnest(scopes) s ORDER BY s);
    plain CONSTANT text := CASE WHEN staff IS NOT NULL THEN houvast.staff_name(staff) END;
    role CONSTANT text := CASE WHEN plain IS NOT NULL THEN split_part(houvast.staff_now(plain), ' ', 1) END;
BEGIN
    IF (login IS NULL) = (plain IS NULL) THEN
        RAISE EXCEPTION 'Houvast refuses: a token is of one login, or of one of the staff (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Say --login or --of.';
    ELSIF login IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r JOIN houvast.purpose p ON pg_has_role(r.rolname, p.role, 'MEMBER')
            WHERE r.rolname = give_api_token.login AND r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> 'houvast_people' AND p.live AND p.kind <> 'migration') THEN
        RAISE EXCEPTION 'Houvast refuses: no application has this login (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name a login to which the data map gives a purpose.';
    ELSIF coalesce(cardinality(asked), 0) = 0 OR NOT asked <@ houvast.scopes_of_tokens(role) THEN
        RAISE EXCEPTION 'Houvast refuses: this token cannot have these scopes (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = format('It can have: %s.', coalesce(nullif(array_to_string(houvast.scopes_of_tokens(role), ', '), ''), 'nothing'));
    ELSIF days IS NULL OR days NOT BETWEEN 1 AND 400 THEN
        RAISE EXCEPTION 'Houvast refuses: a token ends within 400 days (promise C38).' USING ERRCODE = 'invalid_parameter_value', HINT = 'Say --days.';
    ELSIF coalesce(name, '') !~ '^[[:alnum:]][[:alnum:] ._-]{0,59}$' OR houvast.personal_in(name) IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: a token has a name without personal data (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name it by what it is for, as in ''newsletter'': letters, digits, spaces, dots and dashes, at most 60.';
    ELSIF EXISTS (SELECT FROM houvast.api_token t WHERE t.name = give_api_token.name AND t.revoked_at IS NULL) THEN
        RAISE EXCEPTION 'Houvast refuses: a token of this name is there already (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Revoke it first, or choose another name.';
    END IF;
    INSERT INTO houvast.api_token (id, digest, name, scopes, login, staff, role, until)
    VALUES (number, sha256(convert_to(made, 'UTF8')), name, asked, login, plain, role, clock_timestamp() + make_interval(days => days));
    PERFORM houvast.tell('token_given', 'C38', jsonb_build_object('token', name, 'login', coalesce(login, ''), 'role', coalesce(role, 'none'),
                         'scopes', array_to_string(asked, ','), 'days', days), '{}', NULL, NULL);
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.give_api_token IS 'Gives a token to a program, and tells the log (promise C38)';
REVOKE ALL ON FUNCTION houvast.give_api_token(text, text[], text, text, int) FROM PUBLIC;;

-- 458. make function revoke_api_token (promise C38, as houvast_keeper)
-- For an administrator: a token counts no longer; whether there was one (promise C38).
CREATE OR REPLACE FUNCTION houvast.revoke_api_token(name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone houvast.api_token;
BEGIN
    UPDATE houvast.api_token t SET revoked_at = clock_timestamp() WHERE t.name = revoke_api_token.name AND t.revoked_at IS NULL RETURNING t.* INTO gone;
    IF gone.id IS NULL THEN RETURN false; END IF;
    PERFORM houvast.tell('token_revoked', 'C38', jsonb_build_object('token', gone.name, 'login', coalesce(gone.login, ''), 'role', coalesce(gone.role, 'none')),
                         '{}', NULL, NULL);
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.revoke_api_token IS 'Revokes a token of a program, and tells the log (promise C38)';
REVOKE ALL ON FUNCTION houvast.revoke_api_token(text) FROM PUBLIC;;

-- 459. make function with_api_token (promise C38, as houvast_keeper)
-- Whose a token is, for the functions below: refused when it is unknown, revoked or over, or does not have the scope. Digests of
-- digests with a new salt are compared, so that how long it takes tells nothing (promise C38).
DROP FUNCTION IF EXISTS houvast.with_api_token(text, text);
CREATE OR REPLACE FUNCTION houvast.with_api_token(token text, scope text, OUT id text, OUT name text, OUT login name, OUT staff text, OUT role text,
    OUT scopes text[], OUT until timestamptz) LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found houvast.api_token;
    salt CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
    SELECT t.* INTO found FROM houvast.api_token t WHERE t.id = split_part(coalesce(token, ''), '_', 2);
    IF sha256(salt || sha256(convert_to(coalesce(token, ''), 'UTF8'))) IS DISTINCT FROM sha256(salt || found.digest)
       OR found.revoked_at IS NOT NULL OR found.until <= clock_timestamp()
       OR found.login IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = found.login AND r.rolcanlogin)
       OR found.role IS NOT NULL AND NOT EXISTS (SELECT FROM houvast.staff s WHERE s.name = found.staff AND s.role = found.role AND s.ended_at IS NULL) THEN
        RAISE EXCEPTION 'Houvast refuses: this token is unknown, revoked or over (promise C38).' USING ERRCODE = 'invalid_authorization_specification',
            HINT = 'Ask whoever runs Houvast for a new one: houvast token add.';
    ELSIF scope IS NOT NULL AND scope <> ALL (found.scopes) THEN
        RAISE EXCEPTION 'Houvast refuses: this token may not do this (promise C38).' USING ERRCODE = 'insufficient_privilege',
            HINT = format('It needs the scope %s.', scope);
    END IF;
    UPDATE houvast.api_token t SET used_at = date_trunc('minute', clock_timestamp())
    WHERE t.id = found.id AND t.used_at IS DISTINCT FROM date_trunc('minute', clock_timestamp());
    id := found.id; name := found.name; login := found.login; staff := found.staff; role := found.role; scopes := found.scopes; until := found.until;
END $$;
COMMENT ON FUNCTION houvast.with_api_token IS 'Whose a token is, and whether it may do this (promise C38)';
REVOKE ALL ON FUNCTION houvast.with_api_token(text, text) FROM PUBLIC;;

-- 460. make function api_caller (promise C38, as houvast_keeper)
-- For the API: whose a token is (promise C38).
DROP FUNCTION IF EXISTS houvast.api_caller(text);
CREATE OR REPLACE FUNCTION houvast.api_caller(token text) RETURNS TABLE (id text, name text, login name, staff text, role text, scopes text[], until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT t.id, t.name, t.login, t.staff, t.role, t.scopes, t.until FROM houvast.with_api_token(token, NULL) t;
END $$;
COMMENT ON FUNCTION houvast.api_caller IS 'Whose a token is (promise C38)';
REVOKE ALL ON FUNCTION houvast.api_caller(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_caller TO houvast_web; END IF;
END $$;

-- 461. make function given_purpose (promise C05, as houvast_keeper)
-- The purpose of this name, when it was given to this login (promise C05).
CREATE OR REPLACE FUNCTION houvast.given_purpose(login name, purpose text) RETURNS houvast.purpose
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found houvast.purpose;
BEGIN
    SELECT p.* INTO found FROM houvast.purpose p WHERE p.name = given_purpose.purpose AND p.live AND p.kind <> 'migration'
        AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = p.role);
    IF found.number IS NULL OR NOT pg_has_role(login, found.role, 'MEMBER') THEN
        RAISE EXCEPTION 'Houvast refuses: the login of this token was not given this purpose (promise %).', coalesce(found.promise, 'C05')
            USING ERRCODE = 'insufficient_privilege', HINT = 'Name a purpose that the data map gives to it.';
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.given_purpose IS 'Whether a login was given a purpose (promise C05)';
REVOKE ALL ON FUNCTION houvast.given_purpose(name, text) FROM PUBLIC;;

-- 462. make function api_use (promise C02, as houvast_keeper)
-- For the API: records that a program looks at something of people, as a use of its login; what it looks at is shown once this has
-- committed, so that nobody looks and takes the record back (promise C02).
CREATE OR REPLACE FUNCTION houvast.api_use(token text, scope text, purpose text, person text, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    p houvast.purpose;
    made bigint;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, scope) w;
    p := houvast.given_purpose(t.login, purpose);
    IF length(btrim(coalesce(reason, ''))) < 3 OR length(reason) > 200 OR houvast.personal_in(reason) IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: a use needs a reason, without personal data (promise C02).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Say in a few words why: ''newsletter 2026-11''.';
    ELSIF coalesce(person, '') <> '' AND NOT EXISTS (SELECT FROM houvast.person q WHERE q.kind = split_part(person, ':', 1)
            AND q.key = substr(person, strpos(person, ':') + 1)) THEN
        RAISE EXCEPTION 'Houvast refuses: nobody is known by this number (promise C05).' USING ERRCODE = 'no_data_found',
            HINT = 'Give the key that the data map names, as KIND:KEY.';
    END IF;
    INSERT INTO houvast.use (login, purpose, reason, kind, person, until, ended_at)
    VALUES (t.login, p.number, btrim(reason), nullif(split_part(coalesce(person, ''), ':', 1), ''),
            nullif(substr(person, strpos(person, ':') + 1), ''), clock_timestamp() + interval '5 minutes', clock_timestamp())
    RETURNING use.id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.api_use IS 'Records what a program looks at (promise C02)';
REVOKE ALL ON FUNCTION houvast.api_use(text, text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_use TO houvast_web; END IF;
END $$;

-- 463. make function used_by_api (promise C02, as houvast_keeper)
-- The use that `api_use` recorded and committed for this token, and its purpose (promise C02).
CREATE OR REPLACE FUNCTION houvast.used_by_api(token text, scope text, use_id bigint, OUT kind text, OUT key text, OUT purpose text, OUT login name)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, scope) w;
    SELECT u.kind, u.person, p.name, u.login INTO used_by_api.kind, used_by_api.key, used_by_api.purpose, used_by_api.login
    FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose
    WHERE u.id = use_id AND u.login = t.login AND u.ended_at IS NOT NULL AND u.until > clock_timestamp()
      AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned();
    IF used_by_api.purpose IS NULL THEN
        RAISE EXCEPTION 'Houvast refuses: nothing records that this is looked at (promise C02).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Call houvast.api_use, commit, then look.';
    END IF;
END $$;
COMMENT ON FUNCTION houvast.used_by_api IS 'A use that was recorded for a program (promise C02)';
REVOKE ALL ON FUNCTION houvast.used_by_api(text, text, bigint) FROM PUBLIC;;

-- 464. make function api_stands (promise C05, as houvast_keeper)
-- For an application: where a person stands as far as the purpose of the recorded use goes (promise C05).
CREATE OR REPLACE FUNCTION houvast.api_stands(token text, use_id bigint) RETURNS TABLE (stand text, about text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u record;
BEGIN
    SELECT r.* INTO u FROM houvast.used_by_api(token, 'people', use_id) r;
    RETURN QUERY SELECT CASE WHEN p.closed_at IS NULL THEN 'known' ELSE 'closed' END, '', coalesce(p.closed_at, p.collected_at)
        FROM houvast.person p WHERE p.kind = u.kind AND p.key = u.key
        UNION ALL SELECT s.stand, s.about, min(s.since) FROM houvast.stand s
        WHERE s.kind = u.kind AND s.key = u.key AND (s.about = u.purpose OR s.stand IN ('restricted', 'stopped')) GROUP BY s.stand, s.about;
END $$;
COMMENT ON FUNCTION houvast.api_stands IS 'Where a person stands about a purpose, for a program (promise C05)';
REVOKE ALL ON FUNCTION houvast.api_stands(text, bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_stands TO houvast_web; END IF;
END $$;

-- 465. make function api_explain (promise C05, as houvast_keeper)
-- For the API: whether a token may ask why a purpose sees something; of an application, those of its login alone (promise C05).
CREATE OR REPLACE FUNCTION houvast.api_explain(token text, purpose text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'explain') w;
    IF t.login IS NOT NULL THEN PERFORM houvast.given_purpose(t.login, purpose); END IF;
END $$;
COMMENT ON FUNCTION houvast.api_explain IS 'Whether a program may ask why a purpose sees something (promise C05)';
REVOKE ALL ON FUNCTION houvast.api_explain(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_explain TO houvast_web; END IF;
END $$;

-- 466. make function api_may_send (promise C13, as houvast_keeper)
-- For an application: on what ground a person may be sent a message now, or why not (promise C13).
CREATE OR REPLACE FUNCTION houvast.api_may_send(token text, purpose text, person text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    p houvast.purpose;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'mail') w;
    p := houvast.given_purpose(t.login, purpose);
    RETURN houvast.may_send(split_part(person, ':', 1), substr(person, strpos(person, ':') + 1), p.name);
END $$;
COMMENT ON FUNCTION houvast.api_may_send IS 'On what ground a person may be sent a message, for a program (promise C13)';
REVOKE ALL ON FUNCTION houvast.api_may_send(text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_may_send TO houvast_web; END IF;
END $$;

-- 467. make function api_recipients (promise C13, as houvast_keeper)
-- For an application: whom a message may go to now, on what ground, and by which opt-out code; by number, so that the address is
-- read by the application's own login alone (promise C13).
CREATE OR REPLACE FUNCTION houvast.api_recipients(token text, use_id bigint, after text, many int)
RETURNS TABLE (kind text, key text, ground text, since timestamptz, opt_out uuid)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u record;
BEGIN
    SELECT r.* INTO u FROM houvast.used_by_api(token, 'mail', use_id) r;
    RETURN QUERY SELECT c.kind, c.key, g.ground, min(s.since), c.code
        FROM houvast.opt_out_code c CROSS JOIN LATERAL (SELECT houvast.may_send(c.kind, c.key, c.purpose) AS ground OFFSET 0) g
        JOIN houvast.stand s ON s.kind = c.kind AND s.key = c.key AND s.about = c.purpose
            AND s.stand = CASE g.ground WHEN 'consent' THEN 'consented' WHEN 'own customer' THEN 'own_customer' END
        WHERE c.purpose = u.purpose AND (c.kind, c.key) > (split_part(coalesce(after, ''), ':', 1), substr(coalesce(after, ''), strpos(coalesce(after, ''), ':') + 1))
        GROUP BY c.kind, c.key, g.ground, c.code ORDER BY c.kind, c.key LIMIT least(greatest(many, 1), 500);
END $$;
COMMENT ON FUNCTION houvast.api_recipients IS 'Whom a message may go to now, for a program (promise C13)';
REVOKE ALL ON FUNCTION houvast.api_recipients(text, bigint, text, int) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_recipients TO houvast_web; END IF;
END $$;

-- 468. make function api_sent (promise C13, as houvast_keeper)
-- For an application: writes down a message that it sends now, or refuses it (promise C13).
CREATE OR REPLACE FUNCTION houvast.api_sent(token text, purpose text, person text, message text, products_of text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    p houvast.purpose;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'mail') w;
    p := houvast.given_purpose(t.login, purpose);
    RETURN houvast.note_message(p.name, split_part(person, ':', 1), substr(person, strpos(person, ':') + 1), message, products_of);
END $$;
COMMENT ON FUNCTION houvast.api_sent IS 'Writes down a message of a program, or refuses it (promise C13)';
REVOKE ALL ON FUNCTION houvast.api_sent(text, text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_sent TO houvast_web; END IF;
END $$;

-- 469. make function api_request (promise C35, as houvast_keeper)
-- For an application: takes in what a person asked there. Whose it is has still to be checked (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_request(token text, person text, "right" text, language text, words text, promise text, sort text,
    OUT id bigint, OUT code uuid, OUT due_on date) LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.with_api_token(token, 'requests');
    SELECT q.id, q.code, q.due_on INTO api_request.id, api_request.code, api_request.due_on
    FROM houvast.take_request(nullif(person, ''), api_request."right", 'api', api_request.language, NULL, api_request.promise, api_request.sort, words, NULL) q;
END $$;
COMMENT ON FUNCTION houvast.api_request IS 'Takes a request in from a program (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_request(text, text, text, text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_request TO houvast_web; END IF;
END $$;

-- 470. make function api_holds (promise C31, as houvast_keeper)
-- For the staff's programs: every hold, with how many rows of which table (promise C31).
CREATE OR REPLACE FUNCTION houvast.api_holds(token text) RETURNS TABLE (case_key text, relation text, "rows" bigint, owner text, review_on date, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.with_api_token(token, 'cases:read');
    RETURN QUERY SELECT h.case_key, h.relation, count(*), max(h.owner), min(h.review_on), min(h.since) FROM houvast.hold h
        GROUP BY h.case_key, h.relation ORDER BY 1, 2;
END $$;
COMMENT ON FUNCTION houvast.api_holds IS 'Every hold, for programs of the staff (promise C31)';
REVOKE ALL ON FUNCTION houvast.api_holds(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_holds TO houvast_web; END IF;
END $$;

-- 471. make function api_place_hold (promise C31, as houvast_keeper)
-- For the staff's programs: places a hold of a case on rows; how many it holds of these (promise C31).
CREATE OR REPLACE FUNCTION houvast.api_place_hold(token text, case_key text, relation text, row_keys text[], owner text, review_on date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    placed bigint;
BEGIN
    PERFORM houvast.with_api_token(token, 'holds:write');
    IF coalesce(btrim(case_key), '') = '' OR coalesce(btrim(owner), '') = '' OR coalesce(cardinality(row_keys), 0) NOT BETWEEN 1 AND 1000
       OR length(case_key) > 100 OR length(owner) > 100 OR houvast.personal_in(case_key || ' ' || owner) IS NOT NULL THEN
        PERFORM houvast.says_no('a hold has a case, an owner and rows, and no personal data in their names', 'C31', 'Give each; at most 1,000 rows at once.');
    END IF;
    INSERT INTO houvast.hold AS h (case_key, relation, row_key, owner, review_on)
    SELECT DISTINCT btrim(api_place_hold.case_key), api_place_hold.relation, k, btrim(api_place_hold.owner), api_place_hold.review_on FROM unnest(row_keys) k
    ON CONFLICT ON CONSTRAINT hold_pkey DO UPDATE SET owner = excluded.owner, review_on = excluded.review_on;
    GET DIAGNOSTICS placed = ROW_COUNT;
    RETURN placed;
END $$;
COMMENT ON FUNCTION houvast.api_place_hold IS 'Places a hold, for programs of the staff (promise C31)';
REVOKE ALL ON FUNCTION houvast.api_place_hold(text, text, text, text[], text, date) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_place_hold TO houvast_web; END IF;
END $$;

-- 472. make function api_lift_hold (promise C31, as houvast_keeper)
-- For the staff's programs: lifts every hold of a case; how many rows that frees (promise C31).
CREATE OR REPLACE FUNCTION houvast.api_lift_hold(token text, case_key text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    PERFORM houvast.with_api_token(token, 'holds:write');
    DELETE FROM houvast.hold h WHERE h.case_key = api_lift_hold.case_key;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
COMMENT ON FUNCTION houvast.api_lift_hold IS 'Lifts a hold, for programs of the staff (promise C31)';
REVOKE ALL ON FUNCTION houvast.api_lift_hold(text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_lift_hold TO houvast_web; END IF;
END $$;

-- 473. make function api_draft (promise G10, as houvast_keeper)
-- For the staff's programs: drafts a letter about a request; the code by which it is followed is put in here, so that no program
-- learns it (promise G10).
CREATE OR REPLACE FUNCTION houvast.api_draft(token text, request bigint, kind text, language text, subject text, body text, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    followed text;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'cases:write') w;
    SELECT q.code INTO followed FROM houvast.request q WHERE q.id = api_draft.request AND NOT q.session;
    IF followed IS NULL THEN PERFORM houvast.says_no('there is no such request', 'G18', 'List the requests to see which there are.'); END IF;
    RETURN houvast.draft_letter(api_draft.request, NULL, api_draft.kind, api_draft.language, replace(api_draft.subject, '{reference}', followed),
                                replace(api_draft.body, '{reference}', followed), api_draft.reason, t.staff);
END $$;
COMMENT ON FUNCTION houvast.api_draft IS 'Drafts a letter, for programs of the staff (promise G10)';
REVOKE ALL ON FUNCTION houvast.api_draft(text, bigint, text, text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_draft TO houvast_web; END IF;
END $$;

-- 474. make table agent (promise C35, as houvast_keeper)
-- Agents of the Data Rights Protocol 1.0: by which key their messages are signed, where they are reached, how they call us. Of the
-- token that they show a digest is kept (promise C35).
CREATE TABLE IF NOT EXISTS houvast.agent (
    id text PRIMARY KEY CHECK (id ~ '^[A-Z][A-Z0-9_]{1,59}$'), name text NOT NULL CHECK (length(btrim(name)) BETWEEN 2 AND 200),
    address text NOT NULL CHECK (address ~ '^[^@[:space:]]+@[^@[:space:]]+$'), business text NOT NULL CHECK (business ~ '^[A-Z][A-Z0-9_]{1,59}$'),
    verify_key bytea NOT NULL CHECK (length(verify_key) = 32), made_at timestamptz NOT NULL DEFAULT clock_timestamp(), revoked_at timestamptz,
    token bytea, token_at timestamptz);
COMMENT ON TABLE houvast.agent IS 'Agents of people, each with the key of its messages (promise C35).';;

-- 475. make table agent_message (promise C35, as houvast_keeper)
-- Messages that came, until they are over: none counts twice (promise C35).
CREATE TABLE IF NOT EXISTS houvast.agent_message (digest bytea PRIMARY KEY, agent text NOT NULL REFERENCES houvast.agent, until timestamptz NOT NULL);
COMMENT ON TABLE houvast.agent_message IS 'Digests of messages of agents that came already (promise C35).';;

-- 476. make table agent_request (promise C35, as houvast_keeper)
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
COMMENT ON TABLE houvast.agent_request IS 'What agents asked for people, and what it became (promise C35).';;

-- 477. make function register_agent (promise C35, as houvast_keeper)
-- For an administrator: an agent may ask for people from now on, by messages that this key signed. One that was revoked comes back with
-- another key (promise C35).
CREATE OR REPLACE FUNCTION houvast.register_agent(id text, name text, address text, business text, verify_key bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.register_agent(text, text, text, text, bytea) FROM PUBLIC;;

-- 478. make function revoke_agent (promise C35, as houvast_keeper)
-- For an administrator: an agent asks no longer, and what it asked and nobody confirmed ends; whether there was one (promise C35).
CREATE OR REPLACE FUNCTION houvast.revoke_agent(id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.agent a SET revoked_at = clock_timestamp(), token = NULL WHERE a.id = revoke_agent.id AND a.revoked_at IS NULL;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.end_mandate(b.mandate, 'late') FROM houvast.agent_request r JOIN houvast.by_mandate b ON b.request = r.request
        JOIN houvast.mandate m ON m.id = b.mandate AND m.confirmed_at IS NULL WHERE r.agent = revoke_agent.id;
    PERFORM houvast.tell('token_revoked', 'C35', jsonb_build_object('token', id, 'login', '', 'role', 'none'), '{}', NULL, NULL);
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.revoke_agent IS 'An agent asks no longer, and tells the log (promise C35)';
REVOKE ALL ON FUNCTION houvast.revoke_agent(text) FROM PUBLIC;;

-- 479. make function with_agent (promise C35, as houvast_keeper)
-- Whose the token of an agent is, for the functions below. Digests are compared as those of tokens are (promise C35).
CREATE OR REPLACE FUNCTION houvast.with_agent(token text) RETURNS houvast.agent
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.with_agent(text) FROM PUBLIC;;

-- 480. make function heard_agent (promise C35, as houvast_keeper)
-- A signed message is for us, of now, and came for the first time (Data Rights Protocol 1.0, section 3.07). The pages checked who
-- signed it; that it counts once is counted here, by what was signed (promise C35).
CREATE OR REPLACE FUNCTION houvast.heard_agent(found houvast.agent, says text, business text, issued timestamptz, expires timestamptz, digest bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.heard_agent(houvast.agent, text, text, timestamptz, timestamptz, bytea) FROM PUBLIC;;

-- 481. make function api_agent_key (promise C35, as houvast_keeper)
-- For the API: by which key the messages of an agent are signed; of one that is none nothing comes (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_key(agent text) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.verify_key FROM houvast.agent a WHERE a.id = api_agent_key.agent AND a.revoked_at IS NULL
$$;
COMMENT ON FUNCTION houvast.api_agent_key IS 'The key of an agent (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent_key(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_agent_key TO houvast_web; END IF;
END $$;

-- 482. make function api_agent (promise C35, as houvast_keeper)
-- For the API: whose the token of an agent is, and by which key its messages are signed (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent(token text) RETURNS TABLE (id text, verify_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT a.id, a.verify_key FROM houvast.with_agent(token) a;
END $$;
COMMENT ON FUNCTION houvast.api_agent IS 'Whose the token of an agent is (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_agent TO houvast_web; END IF;
END $$;

-- 483. make function api_agent_token (promise C35, as houvast_keeper)
-- For the API: a token for an agent whose signed message asks for one; the one before counts no longer (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_token(agent text, says text, business text, issued timestamptz, expires timestamptz, digest bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_agent_token TO houvast_web; END IF;
END $$;

-- 484. make function api_agent_exercise (promise C35, as houvast_keeper)
-- For the API: takes in what an agent asks for somebody. Whose it is the worker looks up later, so that nothing shows here whether
-- they are known; what is not covered is denied at once, whoever it is (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_exercise(token text, says text, business text, issued timestamptz, expires timestamptz, digest bytea,
    exercise text, reference text, address text, language text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_agent_exercise TO houvast_web; END IF;
END $$;

-- 485. make function api_agent_status (promise C35, as houvast_keeper)
-- For the API: how what an agent asked stands, in the words of the protocol (sections 3.02, 3.03). Of what another asked, and of what
-- nobody did, nothing is said. Until the person confirms, somebody unknown and somebody known are the same; after thirty days both
-- are denied (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_status(token text, number uuid, OUT reference text, OUT status text, OUT reason text, OUT details text,
    OUT received_at timestamptz, OUT due_on date, OUT expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_agent_status TO houvast_web; END IF;
END $$;

-- 486. make function api_agent_revoke (promise C35, as houvast_keeper)
-- For the API: an agent no longer asks what it asked, and its mandate ends; false when that was over already (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_agent_revoke(token text, number uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands CONSTANT text := (SELECT s.status FROM houvast.api_agent_status(token, number) s);
BEGIN
    IF stands = 'revoked' THEN RETURN true; ELSIF stands NOT IN ('open', 'in_progress') THEN RETURN false; END IF;
    UPDATE houvast.agent_request r SET revoked_at = clock_timestamp(), address = NULL, taken_at = coalesce(r.taken_at, clock_timestamp()) WHERE r.id = number;
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.api_agent_revoke IS 'An agent no longer asks what it asked (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_agent_revoke(text, uuid) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_agent_revoke TO houvast_web; END IF;
END $$;

-- 487. make function take_agent_requests (promise C35, as houvast_keeper)
-- For the worker: looks whose the requests of agents are. The one person who has this address is asked whether the agent may ask it
-- for them; until they say yes, it waits. Of nobody, of two, and of an address that is too new, nothing more happens. The same
-- that waits already is not asked twice, and nobody is asked about more than five; how many were looked at (promise C35).
CREATE OR REPLACE FUNCTION houvast.take_agent_requests() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.take_agent_requests() FROM PUBLIC;;

-- 488. make function sweep_agents (promise C35, as houvast_keeper)
-- For the worker: what agents asked is forgotten sixty days after it ended, and messages once they are over (promise C35).
CREATE OR REPLACE FUNCTION houvast.sweep_agents() RETURNS void LANGUAGE sql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM houvast.agent_message m WHERE m.until < clock_timestamp();
    DELETE FROM houvast.agent_request r WHERE r.taken_at IS NOT NULL AND r.received_at < clock_timestamp() - interval '60 days'
        AND NOT EXISTS (SELECT FROM houvast.request q WHERE q.id = r.request AND q.verified_at IS NOT NULL AND coalesce(q.closed_at, clock_timestamp()) > clock_timestamp() - interval '60 days')
$$;
COMMENT ON FUNCTION houvast.sweep_agents() IS 'What agents asked is forgotten in time (promise C35)';
REVOKE ALL ON FUNCTION houvast.sweep_agents() FROM PUBLIC;;

-- 489. make table volume (promise C08, as houvast_keeper)
-- How much one login may open for a purpose, version by version; what the one in force says counts. A use that a proof opens
-- is marked, and counts for nobody (promise C08).
CREATE TABLE IF NOT EXISTS houvast.volume (
    purpose int NOT NULL REFERENCES houvast.purpose, version int NOT NULL, counts text NOT NULL CHECK (counts IN ('people', 'uses')),
    most int NOT NULL CHECK (most > 0), per text NOT NULL CHECK (per IN ('hour', 'day', 'week')), warns int NOT NULL,
    span interval NOT NULL GENERATED ALWAYS AS (make_interval(hours => CASE per WHEN 'hour' THEN 1 WHEN 'day' THEN 24 ELSE 168 END)) STORED,
    PRIMARY KEY (purpose, version));
COMMENT ON TABLE houvast.volume IS 'How much one login may open for a purpose, and from how much on an officer is told (promise C08).';
ALTER TABLE houvast.use ADD COLUMN IF NOT EXISTS tried boolean NOT NULL DEFAULT false;

-- 490. make table turn (promise C08, as houvast_keeper)
-- Whose turn it is to open a use that is counted: of one login and purpose, one at a time (promise C08).
CREATE TABLE IF NOT EXISTS houvast.turn (purpose int NOT NULL, login name NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (purpose, login));
COMMENT ON TABLE houvast.turn IS 'Who opened a use last that is counted; whoever opens the next one waits for it (promise C08).';

-- 491. make function volume_of (promise C08, as houvast_keeper)
-- What the version in force says of a purpose; NULL when it sets no limit (promise C08).
CREATE OR REPLACE FUNCTION houvast.volume_of(number int) RETURNS houvast.volume
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT v FROM houvast.volume v WHERE v.purpose = number
      AND v.version = (SELECT max(w.version) FROM houvast.version w WHERE w.effective <= clock_timestamp())
$$;
COMMENT ON FUNCTION houvast.volume_of IS 'What limits the uses of a purpose now (promise C08)';
REVOKE ALL ON FUNCTION houvast.volume_of(int) FROM PUBLIC;

-- 492. make function opened_lately (promise C08, as houvast_keeper)
-- How many people, or how often, a login opened within the time of a limit. A person who was erased since counts once for each
-- use: nobody knows any more that they were one (promise C08).
CREATE OR REPLACE FUNCTION houvast.opened_lately(rule houvast.volume, login name) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    since CONSTANT timestamptz := clock_timestamp() - rule.span;
    found bigint;
BEGIN
    SELECT CASE rule.counts WHEN 'uses' THEN count(*)
           ELSE count(DISTINCT CASE WHEN u.erased_at IS NULL THEN u.kind || ':' || u.person ELSE 'use ' || u.id END) END INTO found
    FROM houvast.use u WHERE u.purpose = rule.purpose AND u.login = opened_lately.login AND u.opened_at > since AND NOT u.tried;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.opened_lately IS 'How much a login opened within the time of a limit (promise C08)';
REVOKE ALL ON FUNCTION houvast.opened_lately(houvast.volume, name) FROM PUBLIC;

-- 493. make function use_limited (promise C08, as houvast_keeper)
-- Counts a use against the limit of its purpose while it is written, by whatever statement; one more than the policy allows is
-- refused, unless an officer opened an emergency. Two at the same time wait for each other, so that neither is missed (promise C08).
CREATE OR REPLACE FUNCTION houvast.use_limited() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rule CONSTANT houvast.volume := houvast.volume_of(NEW.purpose);
    trying CONSTANT text := current_setting('houvast.trying', true);
    who CONSTANT text := coalesce(NEW.kind || ':' || NEW.person, '');
    since timestamptz;
    before bigint;
    p houvast.purpose;
BEGIN
    NEW.tried := trying <> '' AND EXISTS (SELECT FROM houvast.canary c WHERE c.relation = 'houvast.canary' AND c.run = trying);
    IF rule.purpose IS NULL OR NEW.tried OR rule.counts = 'people' AND who = '' THEN RETURN NEW; END IF;
    INSERT INTO houvast.turn (purpose, login, at) VALUES (NEW.purpose, NEW.login, clock_timestamp())
    ON CONFLICT (purpose, login) DO UPDATE SET at = excluded.at;
    since := clock_timestamp() - rule.span;
    IF rule.counts = 'people' AND EXISTS (SELECT FROM houvast.use u WHERE u.purpose = NEW.purpose AND u.login = NEW.login
            AND u.opened_at > since AND NOT u.tried AND u.kind = NEW.kind AND u.person = NEW.person) THEN
        RETURN NEW;
    END IF;
    before := houvast.opened_lately(rule, NEW.login);
    SELECT q.* INTO p FROM houvast.purpose q WHERE q.number = NEW.purpose;
    IF before >= rule.most AND NOT EXISTS (SELECT FROM houvast.emergency e WHERE e.login = NEW.login AND e.purpose = p.name
            AND e.ended_at IS NULL AND e.until > clock_timestamp()) THEN
        PERFORM houvast.refuse('over the limit', NEW.purpose, who);
        RAISE EXCEPTION 'Houvast refuses: login "%" opened purpose "%" % within one %, and the policy allows no more (promise %).', NEW.login, p.name,
                CASE rule.counts WHEN 'people' THEN format('for %s people', rule.most) ELSE format('%s times', rule.most) END, rule.per, p.promise
            USING ERRCODE = 'insufficient_privilege', HINT = format('Wait until the first of them is longer ago. If that cannot wait, an officer'
                ' lifts the limit for some minutes: houvast emergency open %s %s.', p.name, NEW.login);
    END IF;
    IF before + 1 = rule.warns THEN
        PERFORM houvast.tell('use_limit_near', p.promise, jsonb_build_object('purpose', p.name, 'login', NEW.login, 'counts', rule.counts,
                             'count', before + 1, 'most', rule.most, 'per', rule.per));
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.use_limited IS 'Keeps promise C08';
REVOKE ALL ON FUNCTION houvast.use_limited() FROM PUBLIC;

-- 494. make trigger hv_limit_use on houvast.use (promise C08, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_limit_use" BEFORE INSERT ON houvast.use
    FOR EACH ROW EXECUTE FUNCTION houvast."use_limited"();
COMMENT ON TRIGGER "hv_limit_use" ON houvast.use IS 'Keeps promise C08';

-- 495. make table control (promise C36, as houvast_keeper)
-- The register of controls, as `controls.yaml` declares them: each with who answers for it, how it is tested, and within how many
-- days again. One that the file does not name any more ends; what was found of it stays (promise C36).
CREATE TABLE IF NOT EXISTS houvast.control (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'), sort text NOT NULL CHECK (sort IN ('technical', 'administrative', 'physical')),
    owner text NOT NULL CHECK (owner ~ '^[a-z]{1,20}$'), test text NOT NULL CHECK (test ~ '^[a-z_]{1,40}$'),
    days int NOT NULL CHECK (days BETWEEN 1 AND 800), promise text NOT NULL, label_nl text NOT NULL, label_en text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(), ended_at timestamptz);
COMMENT ON TABLE houvast.control IS 'The register of controls: owner, test, period (promise C36).';

-- 496. make table control_result (promise C36, as houvast_keeper)
-- What was found of each control, and when. A row is written once, and stays as it was (promise C36).
CREATE TABLE IF NOT EXISTS houvast.control_result (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, control text NOT NULL REFERENCES houvast.control,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), passed boolean NOT NULL, how text NOT NULL CHECK (how IN ('measured', 'attested')),
    who text NOT NULL, found jsonb NOT NULL DEFAULT '[]', note text NOT NULL DEFAULT '' CHECK (length(note) <= 500));
CREATE INDEX IF NOT EXISTS control_result_newest ON houvast.control_result (control, id DESC);
COMMENT ON TABLE houvast.control_result IS 'What was found of each control; nothing in it changes (promise C36).';

-- 497. make function control_result_kept (promise C36, as houvast_keeper)
-- A result is of this moment, and in the way in which the control is tested: what a person says counts only with a code of their
-- own, in the same transaction, which makes it theirs. Afterwards it stays (promise C36).
CREATE OR REPLACE FUNCTION houvast.control_result_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c houvast.control;
    attested text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM houvast.says_no('what was found of a control stays as it was written down', 'C36', 'Test it again: houvast controls measure, or attest.');
    END IF;
    SELECT q.* INTO c FROM houvast.control q WHERE q.name = NEW.control AND q.ended_at IS NULL;
    IF c.name IS NULL THEN
        PERFORM houvast.says_no('there is no such control', 'C36', 'houvast controls lists them; what controls.yaml says counts once it is applied.');
    ELSIF (c.test = 'attested') <> (NEW.how = 'attested') THEN
        PERFORM houvast.says_no('this control is tested in another way', 'C36', 'houvast controls says how.');
    END IF;
    NEW.at := clock_timestamp();
    NEW.who := 'houvast';
    IF NEW.how = 'attested' THEN
        SELECT s.role || ' ' || s.id INTO attested FROM houvast.confirmed k JOIN houvast.staff s ON s.name = k.who AND s.ended_at IS NULL
        WHERE k.xid = pg_current_xact_id_if_assigned() AND k.what = 'attest ' || NEW.control AND s.role IN ('officer', c.owner);
        NEW.who := attested;
        IF attested IS NULL THEN
            PERFORM houvast.says_no('this is attested by an officer, or by who answers for it, with a code', 'C36', 'houvast controls attest NAME --by WHO --code CODE');
        ELSIF btrim(NEW.note) = '' THEN
            PERFORM houvast.says_no('an attestation says what was looked at', 'C36', 'Write in a few words what you looked at, and what you saw.');
        ELSIF houvast.personal_in(NEW.note) IS NOT NULL THEN
            PERFORM houvast.says_no('an attestation names nobody', 'C36', 'Leave out names, addresses and numbers of people.');
        END IF;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.control_result_kept IS 'Keeps promise C36';
REVOKE ALL ON FUNCTION houvast.control_result_kept() FROM PUBLIC;

-- 498. make function tell_control (promise C36, as houvast_keeper)
-- Whatever was found of a control goes into the log, in the same transaction (promise C36).
CREATE OR REPLACE FUNCTION houvast.tell_control() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('control_tested', 'C36', jsonb_build_object('control', NEW.control, 'how', NEW.how,
        'outcome', CASE WHEN NEW.passed THEN 'passed' ELSE 'failed' END, 'role', CASE NEW.how WHEN 'attested' THEN split_part(NEW.who, ' ', 1) ELSE 'none' END),
        jsonb_build_object('result', NEW.id, 'note', NEW.note), NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_control IS 'Keeps promise C36';
REVOKE ALL ON FUNCTION houvast.tell_control() FROM PUBLIC;

-- 499. make function attest_control (promise C36, as houvast_keeper)
-- For the pages and the command: one of the staff says, with a code that serves once, how a control stands (promise C36).
CREATE OR REPLACE FUNCTION houvast.attest_control(control text, by text, code text, passed boolean, note text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF length(attest_control.note) > 500 THEN  -- the constraint of the table would say in its error what was written
        PERFORM houvast.says_no('a note has at most 500 characters', 'C36', 'Write it shorter.');
    END IF;
    PERFORM houvast.confirm(by, code, 'attest ' || attest_control.control);
    INSERT INTO houvast.control_result (control, passed, how, who, note) VALUES ($1, $4, 'attested', '', $5) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.attest_control IS 'One of the staff says how a control stands (promise C36)';
REVOKE ALL ON FUNCTION houvast.attest_control(text, text, text, boolean, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.attest_control TO houvast_web; END IF;
END $$;

-- 500. make view houvast.public_control (promise C36, as houvast_keeper)
-- How each control stands now, for the pages. Red is what failed, and what was not tested within its period: since the last
-- test, or since it is in the register. A result of a moment that has not come yet is none (promise C36).
CREATE OR REPLACE VIEW houvast.public_control AS
SELECT c.name, c.sort, c.owner, c.test, c.days, c.promise, c.label_nl, c.label_en, c.since, r.at, r.passed, r.how, r.who, r.found, r.note, d.due,
    CASE WHEN NOT r.passed OR r.at > clock_timestamp() THEN 'failed' WHEN d.due <= clock_timestamp() THEN 'overdue' WHEN r.id IS NULL THEN 'waiting' ELSE 'good' END AS stands
FROM houvast.control c
LEFT JOIN LATERAL (SELECT q.* FROM houvast.control_result q WHERE q.control = c.name ORDER BY q.id DESC LIMIT 1) r ON true
CROSS JOIN LATERAL (SELECT coalesce(r.at, c.since) + make_interval(days => c.days) AS due) d
WHERE c.ended_at IS NULL;
COMMENT ON VIEW houvast.public_control IS 'How each control stands now (promise C36)';
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT SELECT ON houvast.public_control TO houvast_web; END IF;
END $$;

-- 501. make table backup (promise C38, as houvast_keeper)
-- Backups that were made, tried, and restored: what they hash to, never what is in them (promise C38).
CREATE TABLE IF NOT EXISTS houvast.backup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL CHECK (what IN ('made', 'tried', 'restored')),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'), bytes bigint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.backup IS 'Backups that were made, tried and restored (promise C38).';

-- 502. make function backup_kept (promise C38, as houvast_keeper)
-- What was written down of a backup stays, and is of this moment (promise C38).
CREATE OR REPLACE FUNCTION houvast.backup_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM houvast.says_no('what was written down of a backup stays as it was', 'C38', 'Make another backup.');
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.backup_kept IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.backup_kept() FROM PUBLIC;

-- 503. make function tell_backup (promise C38, as houvast_keeper)
-- A backup that was made, tried or restored goes into the log, in the same transaction (promise C38).
CREATE OR REPLACE FUNCTION houvast.tell_backup() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('backup_' || NEW.what, 'C38', jsonb_build_object('backup_sha256', NEW.sha256, 'bytes', NEW.bytes), '{}', NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_backup IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.tell_backup() FROM PUBLIC;

-- 504. make view houvast.public_access (promise C38, as houvast_keeper)
-- Who can do what, as the catalogue has it now: logins and what they are, the purposes that each may open, what each purpose, each
-- login and everybody may do with which columns, the staff by role and number, and tokens (promise C38). Each column of each part has
-- its name, without which a view that was dumped and restored reads otherwise than before.
CREATE OR REPLACE VIEW houvast.public_access AS
WITH rel AS (
    SELECT c.oid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'houvast', 'houvast_desk') AND n.nspname !~ '^pg_'
), seat AS (
    SELECT 'purpose' AS kind, p.name AS who, r.oid FROM houvast.purpose p JOIN pg_roles r ON r.rolname = p.role WHERE p.live AND p.role <> ''
    UNION ALL SELECT 'login' AS kind, r.rolname AS who, r.oid FROM pg_roles r WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname !~ '^pg_'
    UNION ALL SELECT 'everybody' AS kind, '' AS who, 0 AS oid
), reach AS MATERIALIZED (
    SELECT s.kind, s.who, s.oid AS seat, rel.oid AS rel, rel.name, v.verb
    FROM rel CROSS JOIN seat s CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE')) v (verb)
    WHERE CASE s.oid WHEN 0 THEN has_any_column_privilege('public', rel.oid, v.verb) ELSE has_any_column_privilege(s.oid, rel.oid, v.verb) END
), granted AS (
    SELECT r.kind, r.who, r.name, r.verb, string_agg(a.attname, ', ' ORDER BY a.attnum) AS columns, count(*) AS many,
        (SELECT count(*) FROM pg_attribute q WHERE q.attrelid = r.rel AND q.attnum > 0 AND NOT q.attisdropped) AS of_many
    FROM reach r JOIN pg_attribute a ON a.attrelid = r.rel AND a.attnum > 0 AND NOT a.attisdropped
    WHERE CASE r.seat WHEN 0 THEN has_column_privilege('public', r.rel, a.attnum, r.verb) ELSE has_column_privilege(r.seat, r.rel, a.attnum, r.verb) END
    GROUP BY r.kind, r.who, r.rel, r.name, r.verb
    UNION ALL SELECT s.kind, s.who, rel.name, v.verb, '' AS columns, 1 AS many, 1 AS of_many FROM rel CROSS JOIN seat s CROSS JOIN (VALUES ('DELETE'), ('TRUNCATE'), ('TRIGGER'), ('REFERENCES')) v (verb)
    WHERE CASE s.oid WHEN 0 THEN has_table_privilege('public', rel.oid, v.verb) ELSE has_table_privilege(s.oid, rel.oid, v.verb) END
)
SELECT 'role' AS kind, r.rolname::text AS who, concat_ws(', ', CASE WHEN r.rolcanlogin THEN 'login' END, CASE WHEN r.rolsuper THEN 'superuser' END,
        CASE WHEN r.rolbypassrls THEN 'bypassrls' END, CASE WHEN r.rolcreaterole THEN 'createrole' END, CASE WHEN r.rolcreatedb THEN 'createdb' END,
        CASE WHEN r.rolreplication THEN 'replication' END) AS what, ''::text AS how
FROM pg_roles r WHERE r.rolname !~ '^pg_' AND (r.rolcanlogin OR r.rolsuper OR r.rolbypassrls OR r.rolcreaterole)
UNION ALL SELECT 'opens' AS kind, r.rolname AS who, p.name AS what, concat_ws(', ', p.kind, CASE WHEN p.one <> '' THEN 'one ' || p.one END) AS how
FROM pg_roles r JOIN houvast.purpose p ON p.live AND p.role <> '' WHERE r.rolcanlogin AND NOT r.rolsuper
    AND EXISTS (SELECT FROM pg_roles q WHERE q.rolname = p.role) AND pg_has_role(r.rolname, p.role, 'MEMBER')
UNION ALL SELECT 'member' AS kind, m.rolname AS who, g.rolname AS what, '' AS how FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
WHERE NOT EXISTS (SELECT FROM houvast.purpose p WHERE p.role = g.rolname)
UNION ALL SELECT g.kind, g.who, g.verb || ' ' || g.name, CASE WHEN g.columns = '' OR g.many = g.of_many THEN '' ELSE g.columns END FROM granted g
UNION ALL SELECT 'staff', s.role || ' ' || s.id, s.role, CASE WHEN s.secret IS NULL THEN '' ELSE 'confirms by a code' END FROM houvast.staff s WHERE s.ended_at IS NULL
UNION ALL SELECT 'token', t.name, array_to_string(t.scopes, ', '), coalesce(t.login::text, t.role) || ', until ' || to_char(t.until AT TIME ZONE 'UTC', 'YYYY-MM-DD')
FROM houvast.api_token t WHERE t.revoked_at IS NULL;
COMMENT ON VIEW houvast.public_access IS 'Who can do what, as the catalogue has it now (promise C38)';
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT SELECT ON houvast.public_access TO houvast_web; END IF;
END $$;

-- 505. make table access_review (promise C38, as houvast_keeper)
-- That somebody of the staff reviewed who can do what, and what that hashed to (promise C38).
CREATE TABLE IF NOT EXISTS houvast.access_review (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'), lines int NOT NULL,
    who text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.access_review IS 'Reviews of who can do what (promise C38).';

-- 506. make function access_now (promise C38, as houvast_keeper)
-- What `public_access` hashes to now, and how many lines it has: each line as JSON, in the order of their bytes (promise C38).
CREATE OR REPLACE FUNCTION houvast.access_now(OUT sha256 text, OUT lines int) LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(pg_catalog.sha256(convert_to(coalesce(string_agg(l.line, E'\n' ORDER BY l.line COLLATE "C"), ''), 'UTF8')), 'hex'), count(*)::int
    FROM (SELECT json_build_array(a.kind, a.who, a.what, a.how)::text AS line FROM houvast.public_access a) l
$$;
COMMENT ON FUNCTION houvast.access_now IS 'What who can do what hashes to now (promise C38)';
REVOKE ALL ON FUNCTION houvast.access_now() FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.access_now TO houvast_web; END IF;
END $$;

-- 507. make function access_review_kept (promise C38, as houvast_keeper)
-- A review is of this moment and of what is so now, by an officer or auditor with a code in this transaction; it stays (promise C38).
CREATE OR REPLACE FUNCTION houvast.access_review_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    reviewed text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM houvast.says_no('a review of access stays as it was signed', 'C38', 'Review it again: houvast access sign.');
    END IF;
    SELECT s.role || ' ' || s.id INTO reviewed FROM houvast.confirmed k JOIN houvast.staff s ON s.name = k.who AND s.ended_at IS NULL
    WHERE k.xid = pg_current_xact_id_if_assigned() AND k.what = 'access ' || NEW.sha256 AND s.role IN ('officer', 'auditor');
    IF reviewed IS NULL THEN
        PERFORM houvast.says_no('a review of access is signed by an officer or auditor, with a code', 'C38', 'houvast access sign --by WHO --code CODE');
    END IF;
    SELECT n.lines INTO NEW.lines FROM houvast.access_now() n WHERE n.sha256 = NEW.sha256;
    IF NEW.lines IS NULL THEN
        PERFORM houvast.says_no('who can do what is not what you looked at any more', 'C38', 'Look at it again, and sign that.');
    END IF;
    NEW.who := reviewed;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.access_review_kept IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.access_review_kept() FROM PUBLIC;

-- 508. make function tell_access (promise C38, as houvast_keeper)
-- A review goes into the log, in the same transaction (promise C38).
CREATE OR REPLACE FUNCTION houvast.tell_access() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('access_reviewed', 'C38', jsonb_build_object('access_sha256', NEW.sha256, 'lines', NEW.lines, 'role', split_part(NEW.who, ' ', 1)),
                         jsonb_build_object('review', NEW.id), NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_access IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.tell_access() FROM PUBLIC;

-- 509. make function sign_access (promise C38, as houvast_keeper)
-- For the pages and the command: one of the staff signs what they looked at, by what it hashes to, with a code that serves once
-- (promise C38).
CREATE OR REPLACE FUNCTION houvast.sign_access(seen text, by text, code text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF coalesce(seen, '') !~ '^[0-9a-f]{64}$' THEN
        PERFORM houvast.says_no('what is signed is named by its hash', 'C38', 'Open the page again, or run houvast access.');
    END IF;
    PERFORM houvast.confirm(by, code, 'access ' || seen);
    INSERT INTO houvast.access_review (sha256, lines, who) VALUES (seen, 0, '') RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.sign_access IS 'One of the staff signs a review of access (promise C38)';
REVOKE ALL ON FUNCTION houvast.sign_access(text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.sign_access TO houvast_web; END IF;
END $$;

-- 510. make view houvast.public_access_review (promise C38, as houvast_keeper)
-- For the pages: the reviews, and whether what was reviewed is still so (promise C38).
CREATE OR REPLACE VIEW houvast.public_access_review AS
SELECT v.id, v.sha256, v.lines, v.who, v.at, v.sha256 = (SELECT n.sha256 FROM houvast.access_now() n) AS same FROM houvast.access_review v;
COMMENT ON VIEW houvast.public_access_review IS 'Reviews of access, and whether they still say what is so (promise C38)';
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT SELECT ON houvast.public_access_review TO houvast_web; END IF;
END $$;

-- 511. make table emergency (promise C38, as houvast_keeper)
-- Emergency entrances: a login gets a purpose that it does not have, for some minutes, because a named officer says why (promise C38).
CREATE TABLE IF NOT EXISTS houvast.emergency (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, purpose text NOT NULL, login name NOT NULL, reason text NOT NULL CHECK (length(reason) <= 500),
    minutes int NOT NULL, who text NOT NULL, opened_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL,
    ended_at timestamptz, reviewed_at timestamptz, reviewer text);
CREATE UNIQUE INDEX IF NOT EXISTS emergency_open ON houvast.emergency (login, purpose) WHERE ended_at IS NULL;
ALTER TABLE houvast.emergency ADD COLUMN IF NOT EXISTS lifts boolean NOT NULL DEFAULT false;  -- a limit of a purpose that the login has
COMMENT ON TABLE houvast.emergency IS 'Emergency entrances: who, why, until when, and who looked at it (promise C38).';

-- 512. make function emergency_kept (promise C38, as houvast_keeper)
-- An emergency is opened by an officer with a code, for at most four hours, with a reason that names nobody, where another officer can
-- look at it; it ends when the login has the purpose no longer, and then that other one looks at it with a code; nothing else of it
-- changes (promise C38).
CREATE OR REPLACE FUNCTION houvast.emergency_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p houvast.purpose;
    confirmed CONSTANT text := CASE TG_OP WHEN 'INSERT' THEN 'emergency ' || NEW.purpose || ' ' || NEW.login WHEN 'UPDATE' THEN 'review emergency ' || OLD.id END;
    officer text;
BEGIN
    IF TG_OP NOT IN ('INSERT', 'UPDATE') THEN
        PERFORM houvast.says_no('an emergency stays written down', 'C38', 'Let another officer look at it: houvast emergency review NUMBER.');
    END IF;
    SELECT s.role || ' ' || s.id INTO officer FROM houvast.confirmed k JOIN houvast.staff s ON s.name = k.who AND s.ended_at IS NULL AND s.role = 'officer'
    WHERE k.xid = pg_current_xact_id_if_assigned() AND k.what = confirmed;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.purpose, NEW.login, NEW.reason, NEW.minutes, NEW.who, NEW.opened_at, NEW.until, NEW.lifts) IS DISTINCT FROM
           (OLD.id, OLD.purpose, OLD.login, OLD.reason, OLD.minutes, OLD.who, OLD.opened_at, OLD.until, OLD.lifts)
           OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
           OR OLD.reviewed_at IS NOT NULL AND (NEW.reviewed_at, NEW.reviewer) IS DISTINCT FROM (OLD.reviewed_at, OLD.reviewer) THEN
            PERFORM houvast.says_no('what was written down of an emergency stays as it was', 'C38', 'It can end, and be looked at by another officer.');
        ELSIF NEW.reviewed_at IS NOT NULL AND OLD.reviewed_at IS NULL AND OLD.ended_at IS NULL THEN
            PERFORM houvast.says_no('an emergency is looked at after it has ended', 'C38', 'End it first: houvast emergency end NUMBER.');
        ELSIF NEW.reviewed_at IS NOT NULL AND OLD.reviewed_at IS NULL AND (officer IS NULL OR officer = OLD.who) THEN
            PERFORM houvast.says_no('an emergency is looked at by another officer, with a code', 'C38', 'houvast emergency review NUMBER --by WHO --code CODE');
        ELSIF NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL AND NOT OLD.lifts AND EXISTS (SELECT FROM houvast.purpose q JOIN pg_roles r ON r.rolname = q.role
                JOIN pg_roles l ON l.rolname = OLD.login WHERE q.name = OLD.purpose AND pg_has_role(l.oid, r.oid, 'MEMBER')) THEN
            PERFORM houvast.says_no('this login still has the purpose of the emergency', 'C38', 'Take away its membership of the role of that purpose, also by way of other roles; then end it.');
        END IF;
        IF NEW.ended_at IS NOT NULL THEN NEW.ended_at := coalesce(OLD.ended_at, clock_timestamp()); END IF;
        IF NEW.reviewed_at IS NOT NULL AND OLD.reviewed_at IS NULL THEN NEW.reviewed_at := clock_timestamp(); NEW.reviewer := officer; END IF;
        RETURN NEW;
    END IF;
    SELECT q.* INTO p FROM houvast.purpose q WHERE q.name = NEW.purpose AND q.live AND q.role <> '' AND q.kind <> 'migration';
    IF p.number IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = NEW.login AND r.rolcanlogin AND NOT r.rolsuper AND r.rolname !~ '^houvast_') THEN
        PERFORM houvast.says_no('an emergency is of a login and a purpose of the policy', 'C38', 'houvast access list names them.');
    ELSIF pg_has_role(NEW.login, p.role, 'MEMBER') AND ((houvast.volume_of(p.number)).purpose IS NULL
           OR EXISTS (SELECT FROM houvast.emergency e WHERE e.login = NEW.login AND e.purpose = p.name AND e.ended_at IS NULL)) THEN
        PERFORM houvast.says_no('this login has this purpose already', 'C38', 'Open a use as always.');
    ELSIF officer IS NULL THEN
        PERFORM houvast.says_no('an emergency is opened by an officer, with a code', 'C38', 'houvast emergency open PURPOSE LOGIN --by WHO --code CODE');
    ELSIF NOT EXISTS (SELECT FROM houvast.staff s WHERE s.role = 'officer' AND s.secret IS NOT NULL AND s.ended_at IS NULL AND s.role || ' ' || s.id <> officer) THEN
        PERFORM houvast.says_no('nobody else could look at this emergency afterwards', 'C38', 'Give codes to another officer first: houvast staff code NAME.');
    ELSIF NEW.minutes NOT BETWEEN 1 AND 240 THEN
        PERFORM houvast.says_no('an emergency lasts four hours at most', 'C38', 'Say --minutes, from 1 to 240.');
    ELSIF length(btrim(NEW.reason)) < 10 OR houvast.personal_in(NEW.reason) IS NOT NULL THEN
        PERFORM houvast.says_no('an emergency has a reason that names nobody', 'C38', 'Say in a few words what happened, without names, addresses and numbers of people.');
    END IF;
    NEW.who := officer;
    NEW.lifts := pg_has_role(NEW.login, p.role, 'MEMBER');
    NEW.opened_at := clock_timestamp();
    NEW.until := NEW.opened_at + make_interval(mins => NEW.minutes);
    NEW.ended_at := NULL; NEW.reviewed_at := NULL; NEW.reviewer := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.emergency_kept IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.emergency_kept() FROM PUBLIC;

-- 513. make function tell_emergency (promise C38, as houvast_keeper)
-- That one was opened, ended, and looked at goes into the log, in the same transaction (promise C38).
CREATE OR REPLACE FUNCTION houvast.tell_emergency() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of CONSTANT jsonb := jsonb_build_object('purpose', NEW.purpose, 'login', NEW.login);
    number CONSTANT jsonb := jsonb_build_object('emergency', NEW.id);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM houvast.tell('emergency_opened', 'C38', of || jsonb_build_object('minutes', NEW.minutes, 'role', split_part(NEW.who, ' ', 1)),
                             number || jsonb_build_object('reason', NEW.reason), NULL, NULL);
        RETURN NULL;
    END IF;
    IF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN PERFORM houvast.tell('emergency_ended', 'C38', of, number, NULL, NULL); END IF;
    IF OLD.reviewed_at IS NULL AND NEW.reviewed_at IS NOT NULL THEN
        PERFORM houvast.tell('emergency_reviewed', 'C38', of || jsonb_build_object('role', split_part(NEW.reviewer, ' ', 1)), number, NULL, NULL);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_emergency IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.tell_emergency() FROM PUBLIC;

-- 514. make function emergency_bounds (promise C38, as houvast_keeper)
-- A use under an emergency ends with it at the latest, and none begins after its time, whether somebody took the purpose away by then or
-- not; where it lifted a limit of use, the limit counts again (promise C38).
CREATE OR REPLACE FUNCTION houvast.emergency_bounds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ends CONSTANT timestamptz := (SELECT e.until FROM houvast.emergency e JOIN houvast.purpose p ON p.name = e.purpose
                                  WHERE e.login = NEW.login AND p.number = NEW.purpose AND e.ended_at IS NULL
                                    AND (NOT e.lifts OR e.until > clock_timestamp()));
BEGIN
    IF ends <= clock_timestamp() THEN
        RAISE EXCEPTION 'Houvast refuses: the time of this emergency is over (promise C38).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'An officer opens another one: houvast emergency open.';
    END IF;
    NEW.until := least(NEW.until, ends);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.emergency_bounds IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.emergency_bounds() FROM PUBLIC;

-- 515. make function open_emergency (promise C38, as houvast_keeper)
-- For an administrator, who then gives the login the purpose: an officer opens an emergency with a code; its number (promise C38).
CREATE OR REPLACE FUNCTION houvast.open_emergency(purpose text, login name, by text, code text, reason text, minutes int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF length(open_emergency.reason) > 500 THEN  -- the constraint of the table would say in its error what was written
        PERFORM houvast.says_no('a reason has at most 500 characters', 'C38', 'Write it shorter.');
    END IF;
    PERFORM houvast.confirm(by, code, 'emergency ' || open_emergency.purpose || ' ' || open_emergency.login);
    INSERT INTO houvast.emergency (purpose, login, reason, minutes, who, until) VALUES ($1, $2, $5, $6, '', clock_timestamp()) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.open_emergency IS 'An officer opens an emergency entrance (promise C38)';
REVOKE ALL ON FUNCTION houvast.open_emergency(text, name, text, text, text, int) FROM PUBLIC;

-- 516. make function review_emergency (promise C38, as houvast_keeper)
-- Another officer looked at an emergency, with a code (promise C38).
CREATE OR REPLACE FUNCTION houvast.review_emergency(number bigint, by text, code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.confirm(by, code, 'review emergency ' || number);
    UPDATE houvast.emergency e SET reviewed_at = clock_timestamp() WHERE e.id = number;
    IF NOT FOUND THEN
        PERFORM houvast.says_no('there is no such emergency', 'C38', 'houvast emergency list names them.');
    END IF;
END $$;
COMMENT ON FUNCTION houvast.review_emergency IS 'Another officer looked at an emergency (promise C38)';
REVOKE ALL ON FUNCTION houvast.review_emergency(bigint, text, text) FROM PUBLIC;

-- 517. make trigger hv_keep_control_result on houvast.control_result (promise C36, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_control_result" BEFORE INSERT OR UPDATE OR DELETE ON houvast.control_result
    FOR EACH ROW EXECUTE FUNCTION houvast."control_result_kept"();
COMMENT ON TRIGGER "hv_keep_control_result" ON houvast.control_result IS 'Keeps promise C36';

-- 518. make trigger hv_keep_control_results on houvast.control_result (promise C36, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_control_results" BEFORE TRUNCATE ON houvast.control_result
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."control_result_kept"();
COMMENT ON TRIGGER "hv_keep_control_results" ON houvast.control_result IS 'Keeps promise C36';

-- 519. make trigger hv_tell_control on houvast.control_result (promise C36, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_control" AFTER INSERT ON houvast.control_result
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_control"();
COMMENT ON TRIGGER "hv_tell_control" ON houvast.control_result IS 'Keeps promise C36';

-- 520. make trigger hv_keep_backup on houvast.backup (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_backup" BEFORE INSERT OR UPDATE OR DELETE ON houvast.backup
    FOR EACH ROW EXECUTE FUNCTION houvast."backup_kept"();
COMMENT ON TRIGGER "hv_keep_backup" ON houvast.backup IS 'Keeps promise C38';

-- 521. make trigger hv_keep_backups on houvast.backup (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_backups" BEFORE TRUNCATE ON houvast.backup
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."backup_kept"();
COMMENT ON TRIGGER "hv_keep_backups" ON houvast.backup IS 'Keeps promise C38';

-- 522. make trigger hv_tell_backup on houvast.backup (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_backup" AFTER INSERT ON houvast.backup
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_backup"();
COMMENT ON TRIGGER "hv_tell_backup" ON houvast.backup IS 'Keeps promise C38';

-- 523. make trigger hv_keep_access_review on houvast.access_review (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_access_review" BEFORE INSERT OR UPDATE OR DELETE ON houvast.access_review
    FOR EACH ROW EXECUTE FUNCTION houvast."access_review_kept"();
COMMENT ON TRIGGER "hv_keep_access_review" ON houvast.access_review IS 'Keeps promise C38';

-- 524. make trigger hv_keep_access_reviews on houvast.access_review (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_access_reviews" BEFORE TRUNCATE ON houvast.access_review
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."access_review_kept"();
COMMENT ON TRIGGER "hv_keep_access_reviews" ON houvast.access_review IS 'Keeps promise C38';

-- 525. make trigger hv_tell_access on houvast.access_review (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_access" AFTER INSERT ON houvast.access_review
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_access"();
COMMENT ON TRIGGER "hv_tell_access" ON houvast.access_review IS 'Keeps promise C38';

-- 526. make trigger hv_keep_emergency on houvast.emergency (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_emergency" BEFORE INSERT OR UPDATE OR DELETE ON houvast.emergency
    FOR EACH ROW EXECUTE FUNCTION houvast."emergency_kept"();
COMMENT ON TRIGGER "hv_keep_emergency" ON houvast.emergency IS 'Keeps promise C38';

-- 527. make trigger hv_keep_emergencys on houvast.emergency (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_emergencys" BEFORE TRUNCATE ON houvast.emergency
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."emergency_kept"();
COMMENT ON TRIGGER "hv_keep_emergencys" ON houvast.emergency IS 'Keeps promise C38';

-- 528. make trigger hv_tell_emergency on houvast.emergency (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_emergency" AFTER INSERT OR UPDATE ON houvast.emergency
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_emergency"();
COMMENT ON TRIGGER "hv_tell_emergency" ON houvast.emergency IS 'Keeps promise C38';

-- 529. make trigger hv_emergency_bounds on houvast.use (promise C38, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_emergency_bounds" BEFORE INSERT ON houvast.use
    FOR EACH ROW EXECUTE FUNCTION houvast."emergency_bounds"();
COMMENT ON TRIGGER "hv_emergency_bounds" ON houvast.use IS 'Keeps promise C38';

-- 530. make table flagged (promise G16, as houvast_keeper)
-- Where in free text something stands that must not lie open: which row and column, what kinds, and what one of the staff decided.
-- Never the text itself (promise G16).
CREATE TABLE IF NOT EXISTS houvast.flagged (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, relation text NOT NULL, "column" text NOT NULL, row_key text NOT NULL, kinds text[] NOT NULL,
    found_at timestamptz NOT NULL DEFAULT clock_timestamp(), state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'redacted', 'removed')),
    ground text NOT NULL DEFAULT '' CHECK (ground IN ('', 'consent', 'vital', 'public', 'claims', 'law', 'mistaken')),
    decided_at timestamptz, decided_by text NOT NULL DEFAULT '', UNIQUE (relation, row_key, "column"), CHECK ((state = 'open') = (decided_at IS NULL)));
COMMENT ON TABLE houvast.flagged IS 'Free text that is flagged, and what was decided of it; never the text (promise G16).';;

-- 531. make function flagged_kept (promise G16, as houvast_keeper)
-- Whoever writes a flag: it begins undecided. Text is let be read on a ground of the law alone, by an officer with a code in the same
-- transaction, who looked at it in the last hour; taking the words out, or all of it, is decided once (promise G16).
CREATE OR REPLACE FUNCTION houvast.flagged_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    officer text;
BEGIN
    IF TG_OP = 'INSERT' OR NEW.state = 'open' THEN
        NEW.state := 'open'; NEW.ground := ''; NEW.decided_at := NULL; NEW.decided_by := '';
        RETURN NEW;
    ELSIF (NEW.relation, NEW."column", NEW.row_key) IS DISTINCT FROM (OLD.relation, OLD."column", OLD.row_key) OR OLD.state IN ('redacted', 'removed') THEN
        PERFORM houvast.says_no('what was decided of a text stays', 'G16', 'What is written anew is flagged anew.');
    END IF;
    SELECT s.role || ' ' || s.id INTO officer FROM houvast.confirmed k JOIN houvast.staff s ON s.name = k.who AND s.ended_at IS NULL AND s.role = 'officer'
    WHERE k.xid = pg_current_xact_id_if_assigned() AND k.what = 'flagged';
    IF officer IS NULL THEN
        PERFORM houvast.says_no('what becomes of a flagged text an officer decides, with a code', 'G16', 'houvast flagged keep|redact|remove NUMBER --by WHO --code CODE');
    ELSIF NEW.state = 'kept' AND NEW.ground = '' THEN
        PERFORM houvast.says_no('a flagged text stays on a ground of the law alone', 'G16', 'Give the ground (GDPR articles 9(2) and 10), or take the words out.');
    ELSIF NEW.state = 'kept' AND NOT EXISTS (SELECT FROM houvast.use u WHERE u."case" = 'flagged ' || NEW.id AND u.staff = officer
            AND u.opened_at > greatest(NEW.found_at, clock_timestamp() - interval '1 hour')) THEN
        PERFORM houvast.says_no('nobody lets a text be read who did not look at it', 'G16', 'Look at it first, for a reason that is recorded.');
    END IF;
    NEW.decided_at := clock_timestamp();
    NEW.decided_by := officer;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.flagged_kept() IS 'Keeps promise G16';
REVOKE ALL ON FUNCTION houvast.flagged_kept() FROM PUBLIC;

-- 532. make function tell_flagged (promise G16, as houvast_keeper)
-- That a text was flagged, and what was decided of it, is told; never what it says (promise G16).
CREATE OR REPLACE FUNCTION houvast.tell_flagged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    PERFORM houvast.tell('text_flagged', 'G16', jsonb_build_object('table', NEW.relation, 'column', NEW."column", 'state', NEW.state, 'ground', NEW.ground),
        jsonb_build_object('flag', NEW.id, 'row', NEW.row_key), NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_flagged() IS 'Keeps promise G16';
REVOKE ALL ON FUNCTION houvast.tell_flagged() FROM PUBLIC;

-- 533. make view houvast.public_flagged (promise G16, as houvast_keeper)
-- What is flagged, for the desk: where, what kinds, since when, and what was decided; never the text (promise G16).
DROP VIEW IF EXISTS houvast.public_flagged;
CREATE VIEW houvast.public_flagged AS SELECT f.id, f.relation, f."column", f.kinds, f.found_at, f.state, f.ground, f.decided_at, f.decided_by FROM houvast.flagged f;
COMMENT ON VIEW houvast.public_flagged IS 'What is flagged; never the text (promise G16)';
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT SELECT ON houvast.public_flagged TO houvast_web; END IF;
END $$;

-- 534. make function open_flagged (promise G16, as houvast_keeper)
-- Records that one of the staff looks at a flagged text, of whose row; `read_flagged` shows it once this has committed (promises C02, G16).
CREATE OR REPLACE FUNCTION houvast.open_flagged(number bigint, reason text, by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
    f houvast.flagged;
    made bigint;
BEGIN
    SELECT q.* INTO f FROM houvast.flagged q WHERE q.id = number AND q.state = 'open';
    IF f.id IS NULL THEN
        PERFORM houvast.says_no('no such text waits for a decision', 'G16', 'houvast flagged list shows them.');
    ELSIF length(btrim(coalesce(reason, ''))) < 3 OR houvast.personal_in(reason) IS NOT NULL THEN
        PERFORM houvast.says_no('looking at a flagged text needs a reason without personal data', 'C02', 'Say in a few words why.');
    ELSIF NOT houvast.counted('flagged looks', '', 60) THEN
        PERFORM houvast.says_no('sixty flagged texts were looked at this hour', 'G16', 'Wait until the next hour.');
    END IF;
    INSERT INTO houvast.use (staff, login, purpose, reason, kind, person, "case", until, ended_at)
    SELECT s.role || ' ' || s.id, session_user, p.number, btrim(open_flagged.reason), o.kind, o.key, 'flagged ' || f.id, clock_timestamp() + interval '15 minutes', clock_timestamp()
    FROM houvast.purpose p LEFT JOIN LATERAL (SELECT w.kind, w.key FROM houvast.owners_of(f.relation, f.row_key) w ORDER BY 2 LIMIT 1) o ON true
    WHERE p.live ORDER BY p.kind <> 'rights', p.number LIMIT 1
    RETURNING use.id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.open_flagged IS 'Records that somebody looks at a flagged text (promise C02)';
REVOKE ALL ON FUNCTION houvast.open_flagged(bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.open_flagged TO houvast_web; END IF;
END $$;

-- 535. make function read_flagged (promise G16, as houvast_keeper)
-- A flagged text, for the login whose look at it `open_flagged` recorded and committed in the last minutes (promises C02, G16).
CREATE OR REPLACE FUNCTION houvast.read_flagged(use_id bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f houvast.flagged;
BEGIN
    SELECT q.* INTO f FROM houvast.use u JOIN houvast.flagged q ON u."case" = 'flagged ' || q.id AND q.state = 'open'
    WHERE u.id = use_id AND u.login = session_user AND u.ended_at IS NOT NULL AND u.until > clock_timestamp() AND u.opened_at >= q.found_at
      AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned();
    IF f.id IS NULL THEN
        PERFORM houvast.says_no('nothing records that this text is looked at', 'C02', 'SELECT houvast.open_flagged(number, reason, by), commit, then read it.');
    END IF;
    RETURN houvast.flagged_text(f.relation, f."column", f.row_key);
END $$;
COMMENT ON FUNCTION houvast.read_flagged IS 'A flagged text, to whose look is recorded (promise C02)';
REVOKE ALL ON FUNCTION houvast.read_flagged(bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.read_flagged TO houvast_web; END IF;
END $$;

-- 536. make function decide_flagged (promise G16, as houvast_keeper)
-- An officer decides, with one code, what becomes of flagged texts: they stay on a ground (`kept`), the words in them are taken out
-- (`redacted`), or all of them (`removed`); all of these numbers or none (promise G16).
CREATE OR REPLACE FUNCTION houvast.decide_flagged(numbers bigint[], decision text, ground text, by text, code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f houvast.flagged;
    number bigint;
BEGIN
    IF (decision IN ('kept', 'redacted', 'removed')) IS NOT TRUE THEN
        PERFORM houvast.says_no('a flagged text is kept, redacted or removed', 'G16', 'Say which of the three.');
    ELSIF decision = 'kept' AND (decide_flagged.ground IN ('consent', 'vital', 'public', 'claims', 'law', 'mistaken')) IS NOT TRUE THEN
        PERFORM houvast.says_no('a flagged text stays on a ground of the law alone', 'G16', 'Give the ground (GDPR articles 9(2) and 10), or take the words out.');
    ELSIF coalesce(cardinality(numbers), 0) = 0 THEN
        PERFORM houvast.says_no('no such text waits for a decision', 'G16', 'houvast flagged list shows them.');
    END IF;
    PERFORM houvast.confirm(by, code, 'flagged');
    FOREACH number IN ARRAY numbers LOOP
        SELECT q.* INTO f FROM houvast.flagged q WHERE q.id = number FOR UPDATE;
        IF f.id IS NULL OR f.state <> 'open' THEN
            PERFORM houvast.says_no('no such text waits for a decision', 'G16', 'houvast flagged list shows them.');
        END IF;
        UPDATE houvast.flagged q SET state = decision, ground = CASE decision WHEN 'kept' THEN decide_flagged.ground ELSE '' END, decided_at = clock_timestamp()
        WHERE q.id = number;
        PERFORM houvast.settle_flagged(f.relation, f."column", f.row_key, decision);
    END LOOP;
END $$;
COMMENT ON FUNCTION houvast.decide_flagged IS 'An officer decides what becomes of flagged texts (promise G16)';
REVOKE ALL ON FUNCTION houvast.decide_flagged(bigint[], text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.decide_flagged TO houvast_web; END IF;
END $$;

-- 537. make trigger hv_keep_flagged on houvast.flagged (promise G16, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_flagged" BEFORE INSERT OR UPDATE ON houvast.flagged
    FOR EACH ROW EXECUTE FUNCTION houvast."flagged_kept"();
COMMENT ON TRIGGER "hv_keep_flagged" ON houvast.flagged IS 'Keeps promise G16';

-- 538. make trigger hv_tell_flagged on houvast.flagged (promise G16, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_flagged" AFTER INSERT OR UPDATE ON houvast.flagged
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_flagged"();
COMMENT ON TRIGGER "hv_tell_flagged" ON houvast.flagged IS 'Keeps promise G16';

-- 539. make table visit_release (promise C24, as houvast_keeper)
-- What was spent of the budget for reports of visits, before anything was looked at: what for, how much, of which days. What is spent
-- stays spent, whether a report came of it or not (promise C24).
CREATE TABLE IF NOT EXISTS houvast.visit_release (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, question text NOT NULL CHECK (length(question) BETWEEN 2 AND 2000),
    question_sha256 text NOT NULL, since date NOT NULL, until date NOT NULL CHECK (until BETWEEN since AND since + 366),
    rho bigint NOT NULL CHECK (rho > 0), delta bigint NOT NULL CHECK (delta > 0), pass bytea NOT NULL, paid_by text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS visit_release_at ON houvast.visit_release (at);
CREATE INDEX IF NOT EXISTS visit_release_question ON houvast.visit_release (question_sha256);
COMMENT ON TABLE houvast.visit_release IS 'What was spent of the budget for reports of visits: rho in millionths, delta in trillionths (promise C24).';;

-- 540. make table visit_report (promise C24, as houvast_keeper)
-- What was published: the bytes, which are served from then on. Written once (promise C24).
CREATE TABLE IF NOT EXISTS houvast.visit_report (
    release bigint PRIMARY KEY REFERENCES houvast.visit_release, question_sha256 text NOT NULL UNIQUE,
    content bytea NOT NULL CHECK (octet_length(content) <= 33554432), sha256 text NOT NULL, rows int NOT NULL CHECK (rows >= 0), at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.visit_report IS 'Reports of visits as they were published (promise C24).';;

-- 541. make function report_left (promise C24, as houvast_keeper)
-- How much rho (in millionths) and delta (in trillionths) may still be spent: of what may be released within the period, and of what
-- may ever be told of each of these days. The less counts (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_left(since date, until date, OUT rho bigint, OUT delta bigint) LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    WITH lately AS (
        SELECT coalesce(sum(v.rho), 0) AS rho, coalesce(sum(v.delta), 0) AS delta FROM houvast.visit_release v WHERE v.at > clock_timestamp() - make_interval(days => 1)
    ), of_day AS (
        SELECT d.day, sum(v.rho) AS rho, sum(v.delta) AS delta FROM generate_series(report_left.since::timestamp, report_left.until::timestamp, interval '1 day') d (day)
        JOIN houvast.visit_release v ON d.day::date BETWEEN v.since AND v.until GROUP BY d.day)
    SELECT (0::bigint - greatest(l.rho, coalesce((SELECT max(o.rho) FROM of_day o), 0)))::bigint, (0::bigint - greatest(l.delta, coalesce((SELECT max(o.delta) FROM of_day o), 0)))::bigint FROM lately l
$$;
COMMENT ON FUNCTION houvast.report_left IS 'How much may still be released of visits (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_left(date, date) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.report_left TO houvast_web; END IF;
END $$;

-- 542. make function kept_release (promise C24, as houvast_keeper)
-- Whoever spends: one after the other, of whole days that are over, not beyond what is left, not what is told already or being made
-- now. What was spent stays (promise C24).
CREATE OR REPLACE FUNCTION houvast.kept_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    available record;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM houvast.says_no('what was spent on a report stays spent', 'C24', 'Wait until the period is over, or ask for less.');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('houvast.visit_release', 0));
    NEW.at := clock_timestamp();
    NEW.question_sha256 := encode(sha256(convert_to(NEW.question, 'UTF8')), 'hex');
    IF NEW.until >= (NEW.at AT TIME ZONE 'UTC')::date THEN
        PERFORM houvast.says_no('a report is about days that are over', 'C24', 'Let it end yesterday or before.');
    ELSIF EXISTS (SELECT FROM houvast.visit_report r WHERE r.question_sha256 = NEW.question_sha256) THEN
        PERFORM houvast.says_no('this was published already', 'C24', 'Read that report: it stays the same, so that asking again tells nothing more.');
    ELSIF EXISTS (SELECT FROM houvast.visit_release v WHERE v.question_sha256 = NEW.question_sha256 AND v.at > NEW.at - interval '10 minutes') THEN
        PERFORM houvast.says_no('this report is being made now', 'C24', 'Wait ten minutes. If it was broken off, what it cost stays spent, and asking again costs the same again.');
    END IF;
    available := houvast.report_left(NEW.since, NEW.until);
    IF NEW.rho > available.rho OR NEW.delta > available.delta THEN
        PERFORM houvast.says_no('the budget for reports of visits does not allow this one', 'C24', 'Ask for a smaller share or other days, or wait until earlier reports are longer ago.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_release IS 'Keeps promise C24';
REVOKE ALL ON FUNCTION houvast.kept_release() FROM PUBLIC;

-- 543. make function kept_report (promise C24, as houvast_keeper)
-- A report is of a release of its own, made soon after it was paid for, says which one, and stays as it is (promise C24).
CREATE OR REPLACE FUNCTION houvast.kept_report() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v houvast.visit_release;
    said jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM houvast.says_no('what was published stays as it was published', 'C24', 'Publish another report.');
    END IF;
    SELECT q.* INTO v FROM houvast.visit_release q WHERE q.id = NEW.release FOR SHARE;
    said := convert_from(NEW.content, 'UTF8')::jsonb;
    IF v.id IS NULL OR v.at < clock_timestamp() - interval '1 day' OR said ->> 'format' IS DISTINCT FROM 'houvast-report/1' OR said -> 'number' IS DISTINCT FROM to_jsonb(v.id)
       OR said -> 'question' IS DISTINCT FROM v.question::jsonb OR said #> '{guarantee,rho_millionths}' IS DISTINCT FROM to_jsonb(v.rho)
       OR said #> '{guarantee,delta_trillionths}' IS DISTINCT FROM to_jsonb(v.delta) THEN
        PERFORM houvast.says_no('this is not the report that was paid for', 'C24', 'Publish it with houvast visits release publish.');
    END IF;
    NEW.at := clock_timestamp();
    NEW.question_sha256 := v.question_sha256;
    NEW.sha256 := encode(sha256(NEW.content), 'hex');
    NEW.rows := jsonb_array_length(said -> 'rows') + jsonb_array_length(said -> 'totals');
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_report IS 'Keeps promise C24';
REVOKE ALL ON FUNCTION houvast.kept_report() FROM PUBLIC;

-- 544. make function tell_release (promise C24, as houvast_keeper)
-- What is spent goes into the log in the same transaction, and so does what is published (promise C24).
CREATE OR REPLACE FUNCTION houvast.tell_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v houvast.visit_release;
BEGIN
    IF TG_TABLE_NAME::text = 'visit_release' THEN
        PERFORM houvast.tell('report_paid', 'C24', jsonb_build_object('report', NEW.id, 'rho_millionths', NEW.rho, 'delta_trillionths', NEW.delta,
            'question_sha256', NEW.question_sha256, 'role', split_part(NEW.paid_by, ' ', 1)), '{}', NULL, NULL);
    ELSE
        SELECT q.* INTO v FROM houvast.visit_release q WHERE q.id = NEW.release;
        PERFORM houvast.tell('report_released', 'C24', jsonb_build_object('report', v.id, 'report_sha256', NEW.sha256, 'rho_millionths', v.rho, 'delta_trillionths', v.delta,
            'rows', NEW.rows), '{}', NULL, NULL);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_release IS 'Keeps promise C24';
REVOKE ALL ON FUNCTION houvast.tell_release() FROM PUBLIC;

-- 545. make function report_budget (promise C24, as houvast_keeper)
-- What may be released within the period in all, what is spent, and what is left for these days (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_budget(since date, until date, OUT cap bigint, OUT cap_delta bigint, OUT spent bigint, OUT "left" bigint, OUT left_delta bigint, OUT days int)
LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT 0::bigint, 0::bigint, (SELECT coalesce(sum(v.rho), 0)::bigint FROM houvast.visit_release v WHERE v.at > clock_timestamp() - make_interval(days => 1)),
        greatest(b.rho, 0), greatest(b.delta, 0), 1 FROM houvast.report_left(report_budget.since, report_budget.until) b
$$;
COMMENT ON FUNCTION houvast.report_budget IS 'What may be released of visits (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_budget(date, date) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.report_budget TO houvast_web; END IF;
END $$;

-- 546. make function report_pay (promise C24, as houvast_keeper)
-- An officer pays for a report, with a code that serves once; what comes back is shown once, and publishes it (promises C24, C38).
CREATE OR REPLACE FUNCTION houvast.report_pay(question text, rho bigint, delta bigint, by text, code text, OUT number bigint, OUT pass text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s CONSTANT houvast.staff := houvast.staff_as(by, 'officer');
    said CONSTANT jsonb := report_pay.question::jsonb;
BEGIN
    PERFORM houvast.confirm(by, code, 'report ' || encode(sha256(convert_to(report_pay.question, 'UTF8')), 'hex'));
    pass := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    INSERT INTO houvast.visit_release AS v (question, question_sha256, since, until, rho, delta, pass, paid_by)
    VALUES (report_pay.question, '', (said ->> 'since')::date, (said ->> 'until')::date, report_pay.rho, report_pay.delta, sha256(convert_to(pass, 'UTF8')),
            s.role || ' ' || s.id) RETURNING v.id INTO number;
END $$;
COMMENT ON FUNCTION houvast.report_pay IS 'An officer pays for a report of visits (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_pay(text, bigint, bigint, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.report_pay TO houvast_web; END IF;
END $$;

-- 547. make function report_publish (promise C24, as houvast_keeper)
-- Publishes what was paid for, once, by whoever holds what paying gave (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_publish(number bigint, pass text, content bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.visit_release v WHERE v.id = number AND v.pass = sha256(convert_to(report_publish.pass, 'UTF8')))
       OR EXISTS (SELECT FROM houvast.visit_report r WHERE r.release = number) THEN
        PERFORM houvast.says_no('this is not the report that was paid for', 'C24', 'Publish it with houvast visits release publish.');
    END IF;
    INSERT INTO houvast.visit_report (release, question_sha256, content, sha256, rows) VALUES (number, '', content, '', 0);
END $$;
COMMENT ON FUNCTION houvast.report_publish IS 'Publishes a report of visits, once (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_publish(bigint, text, bytea) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.report_publish TO houvast_web; END IF;
END $$;

-- 548. make function report_list (promise C24, as houvast_keeper)
-- What was published, newest first, or the one that answers a question (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_list(question text) RETURNS TABLE (number bigint, content bytea) LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.release, r.content FROM houvast.visit_report r
    WHERE report_list.question IS NULL OR r.question_sha256 = encode(sha256(convert_to(report_list.question, 'UTF8')), 'hex') ORDER BY r.release DESC
$$;
COMMENT ON FUNCTION houvast.report_list IS 'What was published of visits (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_list(text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.report_list TO houvast_web; END IF;
END $$;

-- 549. make function report_read (promise C24, as houvast_keeper)
-- A report as it was published (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_read(number bigint) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.content FROM houvast.visit_report r WHERE r.release = report_read.number
$$;
COMMENT ON FUNCTION houvast.report_read IS 'A report of visits as it was published (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_read(bigint) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.report_read TO houvast_web; END IF;
END $$;

-- 550. make trigger hv_keep_visit_release on houvast.visit_release (promise C24, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_visit_release" BEFORE INSERT OR UPDATE OR DELETE ON houvast.visit_release
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_release"();
COMMENT ON TRIGGER "hv_keep_visit_release" ON houvast.visit_release IS 'Keeps promise C24';

-- 551. make trigger hv_keep_visit_releases on houvast.visit_release (promise C24, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_visit_releases" BEFORE TRUNCATE ON houvast.visit_release
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."kept_release"();
COMMENT ON TRIGGER "hv_keep_visit_releases" ON houvast.visit_release IS 'Keeps promise C24';

-- 552. make trigger hv_tell_visit_release on houvast.visit_release (promise C24, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_visit_release" AFTER INSERT ON houvast.visit_release
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_release"();
COMMENT ON TRIGGER "hv_tell_visit_release" ON houvast.visit_release IS 'Keeps promise C24';

-- 553. make trigger hv_keep_visit_report on houvast.visit_report (promise C24, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_visit_report" BEFORE INSERT OR UPDATE OR DELETE ON houvast.visit_report
    FOR EACH ROW EXECUTE FUNCTION houvast."kept_report"();
COMMENT ON TRIGGER "hv_keep_visit_report" ON houvast.visit_report IS 'Keeps promise C24';

-- 554. make trigger hv_keep_visit_reports on houvast.visit_report (promise C24, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_keep_visit_reports" BEFORE TRUNCATE ON houvast.visit_report
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."kept_report"();
COMMENT ON TRIGGER "hv_keep_visit_reports" ON houvast.visit_report IS 'Keeps promise C24';

-- 555. make trigger hv_tell_visit_report on houvast.visit_report (promise C24, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_tell_visit_report" AFTER INSERT ON houvast.visit_report
    FOR EACH ROW EXECUTE FUNCTION houvast."tell_release"();
COMMENT ON TRIGGER "hv_tell_visit_report" ON houvast.visit_report IS 'Keeps promise C24';

-- 556. make function uses_of (promise C33, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.uses_of(person_kind text, person_key text)
RETURNS TABLE (sort text, purpose text, role text, reason text, since timestamptz, until timestamptz, times bigint, categories text[])
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    who CONSTANT text := person_kind || ':' || person_key;
BEGIN
    IF NOT coalesce(false, false)
       OR NOT EXISTS (SELECT FROM houvast.request q WHERE q.kind = person_kind AND q.key = person_key AND q.closed_at IS NULL) THEN
        RAISE EXCEPTION 'Houvast refuses: who used somebody''s data is told for an open request of that person alone (promise C33).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open a use of the purpose for people''s rights, person => ..., first.';
    END IF;
    RETURN QUERY
    SELECT 'one person', p.name, coalesce(nullif(split_part(u.staff, ' ', 1), ''), u.login::text), u.reason, u.opened_at, coalesce(u.ended_at, u.until), 1::bigint, NULL::text[]
    FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose WHERE u.kind = person_kind AND u.person = person_key
    UNION ALL
    SELECT 'open', p.name, u.login::text, NULL, min(u.opened_at), max(coalesce(u.ended_at, least(u.until, clock_timestamp()))), count(*), min(c.names)
    FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose JOIN (VALUES
        ('answer', ARRAY['contact', 'question']::text[]),
        ('billing', ARRAY['contact', 'contract']::text[]),
        ('marketing', ARRAY['contact']::text[])) c (purpose, names) ON c.purpose = p.name
    WHERE p.one <> 'person' AND (u.kind, u.person) IS DISTINCT FROM (person_kind, person_key)
      AND coalesce(u.ended_at, u.until) >= (SELECT coalesce(h.collected_at, '-infinity') FROM houvast.person h
                                            WHERE h.kind = person_kind AND h.key = person_key)
    GROUP BY p.name, u.login
    UNION ALL
    SELECT 'refused', r.body ->> 'purpose', r.body ->> 'login', r.body ->> 'why', r.at, r.at, 1::bigint, NULL::text[]
    FROM (SELECT e.at, e.body FROM houvast.entry e
          WHERE e.kind = 'use_refused' AND e.subject_kind = person_kind AND e.subject_key = person_key
          UNION ALL SELECT v.at, v.body FROM houvast.event v
          WHERE v.kind = 'use_refused' AND v.subject_kind = person_kind AND v.subject_key = person_key) r
    ORDER BY 1, 5;
END $hv$;
COMMENT ON FUNCTION houvast.uses_of IS 'Who used a person''s data (promise C33)';

-- 557. make function tell_erasure (promise G05, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.tell_erasure(erased bigint, emptied bigint, left_to_others bigint, kept bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    who CONSTANT text := NULL;
    ours CONSTANT bigint := NULL;
BEGIN
    IF coalesce(who, '') = '' THEN
        RAISE EXCEPTION 'Houvast refuses: only who acts on a person''s own request tells what was done to their data (promise G05).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open a use of the purpose for people''s rights, person => ..., first.';
    END IF;
    IF NOT EXISTS (SELECT FROM houvast.request q WHERE q.kind || ':' || q.key = who AND q."right" = 'erasure'
                   AND q.closed_at IS NULL AND q.verified_at IS NOT NULL AND NOT q.session) THEN
        RAISE EXCEPTION 'Houvast refuses: no checked request of this person to erase their data is open (promise G05).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Register the request and check who asks; then houvast person erase.';
    ELSIF least(erased, emptied, left_to_others, kept) < 0
       OR (SELECT sum(pg_stat_get_xact_tuples_deleted(t::regclass)) < erased
               OR sum(pg_stat_get_xact_tuples_deleted(t::regclass) + pg_stat_get_xact_tuples_updated(t::regclass)) < erased + emptied
           FROM unnest(ARRAY['"public"."account"', '"public"."contact"', '"public"."ticket"', '"public"."purchase"']::text[]) t)
       OR (CASE WHEN split_part(who, ':', 1) = 'customer' THEN (SELECT count(*) FROM "public"."account" t WHERE t."id" = substr(who, strpos(who, ':') + 1)::integer) ELSE 0 END + CASE WHEN split_part(who, ':', 1) = 'customer' THEN (SELECT count(*) FROM "public"."contact" t WHERE t."account_id" = substr(who, strpos(who, ':') + 1)::integer) ELSE 0 END + CASE WHEN split_part(who, ':', 1) = 'customer' THEN (SELECT count(*) FROM "public"."ticket" t WHERE t."account_id" = substr(who, strpos(who, ':') + 1)::integer) ELSE 0 END + CASE WHEN split_part(who, ':', 1) = 'customer' THEN (SELECT count(*) FROM "public"."purchase" t WHERE t."account_id" = substr(who, strpos(who, ':') + 1)::integer) ELSE 0 END) > emptied + left_to_others + kept THEN
        RAISE EXCEPTION 'Houvast refuses: this transaction did not erase what it tells (promise G05).'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Tell it in the transaction that erases, with what that did: houvast person erase does both. It counts with track_counts.';
    END IF;
    PERFORM houvast.tell('data_erased', 'G05', jsonb_build_object('erased', erased, 'emptied', emptied, 'left', left_to_others, 'kept', kept),
        '{}', split_part(who, ':', 1), substr(who, strpos(who, ':') + 1));
    INSERT INTO houvast.erased (digest) SELECT encode(houvast.address_hash('person', who), 'hex')
    WHERE NOT EXISTS (SELECT FROM houvast.erased e WHERE e.digest = encode(houvast.address_hash('person', who), 'hex'));
    DELETE FROM houvast.contact_change c WHERE c.kind = split_part(who, ':', 1) AND c.key = substr(who, strpos(who, ':') + 1)
      AND NOT EXISTS (SELECT FROM houvast.addresses_of(c.kind, c.key) a WHERE a.sort = c.sort);
    DELETE FROM houvast.passkey k WHERE k.kind = split_part(who, ':', 1) AND k.key = substr(who, strpos(who, ':') + 1);
    DELETE FROM houvast.oidc_link k WHERE k.kind = split_part(who, ':', 1) AND k.key = substr(who, strpos(who, ':') + 1);
    DELETE FROM houvast.bounce b WHERE b.kind = split_part(who, ':', 1) AND b.key = substr(who, strpos(who, ':') + 1);
    DELETE FROM houvast.outgoing o WHERE o.to_kind = split_part(who, ':', 1) AND o.to_key = substr(who, strpos(who, ':') + 1);
    DELETE FROM houvast.outgoing o USING houvast.checking c
    WHERE c.kind = split_part(who, ':', 1) AND c.key = substr(who, strpos(who, ':') + 1)
      AND o.template = 'code' AND c.stop = sha256(convert_to(o."values" ->> 'stop', 'UTF8'));
    PERFORM houvast.end_sessions(c.id, NULL) FROM houvast.checking c
    WHERE c.kind = split_part(who, ':', 1) AND c.key = substr(who, strpos(who, ':') + 1);
    UPDATE houvast.checking c SET stopped_at = clock_timestamp()
    WHERE c.kind = split_part(who, ':', 1) AND c.key = substr(who, strpos(who, ':') + 1) AND c.stopped_at IS NULL AND NOT c.is_right;
    DELETE FROM houvast.shown s USING houvast.request q
    WHERE q.id = s.request AND q.kind = split_part(who, ':', 1) AND q.key = substr(who, strpos(who, ':') + 1);
    UPDATE houvast.use u SET ended_at = clock_timestamp()
    WHERE u.kind = split_part(who, ':', 1) AND u.person = substr(who, strpos(who, ':') + 1) AND u.ended_at IS NULL AND u.id <> ours;
END $hv$;
COMMENT ON FUNCTION houvast.tell_erasure IS 'The log is told in the same transaction (promise G05)';

-- 558. make function tell_correction (promise C34, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.tell_correction(of_table text, of_column text, of_rows bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    who CONSTANT text := NULL;
    ours CONSTANT bigint := NULL;
BEGIN
    IF coalesce(who, '') = '' THEN
        RAISE EXCEPTION 'Houvast refuses: only who acts on a person''s own request tells what was done to their data (promise C34).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open a use of the purpose for people''s rights, person => ..., first.';
    END IF;
    PERFORM houvast.tell('data_corrected', 'C34', jsonb_build_object('table', of_table, 'column', of_column, 'rows', of_rows),
        '{}', split_part(who, ':', 1), substr(who, strpos(who, ':') + 1));
END $hv$;
COMMENT ON FUNCTION houvast.tell_correction IS 'The log is told in the same transaction (promise C34)';

-- 559. make function open_steps (promise G05, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.open_steps(of_request bigint, of_what text, of_values jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    who CONSTANT text := NULL;
    ours CONSTANT bigint := NULL;
BEGIN
    IF coalesce(who, '') = '' THEN
        RAISE EXCEPTION 'Houvast refuses: only who acts on a person''s own request tells what was done to their data (promise G05).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open a use of the purpose for people''s rights, person => ..., first.';
    END IF;
    IF NOT EXISTS (SELECT FROM houvast.request q WHERE q.id = of_request AND q.kind || ':' || q.key = who
                   AND q.verified_at IS NOT NULL AND q.closed_at IS NULL) THEN
        PERFORM houvast.says_no('no such request of this person is open and checked', 'G05', 'houvast request list shows the requests.');
    END IF;
    INSERT INTO houvast.step (request, kind, key, system, what, state)
    SELECT of_request, split_part(who, ':', 1), substr(who, strpos(who, ':') + 1), s.name, of_what, 'planned'
    FROM houvast.concerned(split_part(who, ':', 1), substr(who, strpos(who, ':') + 1), of_what) s
    WHERE of_what = 'rectification' OR NOT EXISTS (
        SELECT FROM houvast.step o WHERE o.request = of_request AND o.system = s.name AND o.what = of_what);
    INSERT INTO houvast.step_value (step, role, sort, value)
    SELECT s.id, v.role, coalesce(v.sort, ''), v.value FROM houvast.step s, jsonb_to_recordset(of_values) v (role text, sort text, value text)
    WHERE s.request = of_request AND s.what = of_what AND s.state = 'planned';
    PERFORM houvast.know_by(array_agg(s.id)) FROM houvast.step s
    WHERE s.request = of_request AND s.what = of_what AND s.state = 'planned';
    UPDATE houvast.step s SET state = 'waiting', next_at = clock_timestamp()
    WHERE s.request = of_request AND s.what = of_what AND s.state = 'planned';
END $hv$;
COMMENT ON FUNCTION houvast.open_steps IS 'The log is told in the same transaction (promise G05)';

-- 560. make function mark_kept (promise C34, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.mark_kept(of_request bigint, of_table text, of_column text, of_rows text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    who CONSTANT text := NULL;
    ours CONSTANT bigint := NULL;
BEGIN
    IF coalesce(who, '') = '' THEN
        RAISE EXCEPTION 'Houvast refuses: only who acts on a person''s own request tells what was done to their data (promise C34).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open a use of the purpose for people''s rights, person => ..., first.';
    END IF;
    INSERT INTO houvast.mark (kind, key, request, place, column_name, row_key)
    SELECT split_part(who, ':', 1), substr(who, strpos(who, ':') + 1), of_request, of_table, of_column, r FROM unnest(of_rows) r;
    PERFORM houvast.tell('document_marked', 'C34', jsonb_build_object('table', of_table, 'column', of_column, 'rows', cardinality(of_rows)),
        '{}', split_part(who, ':', 1), substr(who, strpos(who, ':') + 1));
END $hv$;
COMMENT ON FUNCTION houvast.mark_kept IS 'The log is told in the same transaction (promise C34)';

-- 561. make fill answers (promise C13)
UPDATE houvast.person p SET guard = f.guard, contested = f.contested
FROM (SELECT q.kind, q.key, houvast.guard_of(coalesce(array_agg(s.stand || ':' || s.about) FILTER (WHERE s.stand IS NOT NULL), '{}'),
             q.collected_at, q.closed_at) AS guard,
             coalesce(array_agg(s.about) FILTER (WHERE s.stand = 'contested'), '{}') AS contested
      FROM houvast.person q LEFT JOIN houvast.stand s ON s.kind = q.kind AND s.key = q.key
      WHERE q.ctid >= {low} AND q.ctid < {high} GROUP BY q.kind, q.key, q.collected_at, q.closed_at) f
WHERE p.kind = f.kind AND p.key = f.key AND (p.guard, p.contested) IS DISTINCT FROM (f.guard, f.contested)
-- CASE WHEN closed IS NULL THEN 1::bigint ELSE 0 END
    | CASE WHEN (NOT ('restricted:' = ANY (facts))) THEN 2::bigint ELSE 0 END
    | CASE WHEN ((statement_timestamp() >= '2018-05-25T00:00:00+00:00'::timestamptz AND 'accepted:1' = ANY (facts)) OR (NOT ((statement_timestamp() >= '2018-05-25T00:00:00+00:00'::timestamptz AND 'accepted:1' = ANY (facts))) AND coalesce(collected >= '2018-05-25T00:00:00+00:00'::timestamptz, false))) THEN 4::bigint ELSE 0 END
    | CASE WHEN ('allowed:answer' = ANY (facts) OR NOT ('restricted:' = ANY (facts))) THEN 8::bigint ELSE 0 END
    | CASE WHEN ('allowed:billing' = ANY (facts) OR NOT ('restricted:' = ANY (facts))) THEN 16::bigint ELSE 0 END
    | CASE WHEN ('allowed:marketing' = ANY (facts) OR NOT ('restricted:' = ANY (facts))) AND ('consented:marketing' = ANY (facts)) AND (NOT (facts && ARRAY['objected:marketing']::text[])) THEN 32::bigint ELSE 0 END;

-- 562. make fill stand_mailing_consented_marketing (promise C13)
INSERT INTO houvast.stand (kind, key, stand, about, source)
SELECT 'customer', t."account_id"::text, 'consented', 'marketing', 'mailing#0:' || t."id"::text
FROM "public"."mailing" t WHERE t.ctid >= {low} AND t.ctid < {high} AND (t."ended_at" IS NULL) AND t."account_id" IS NOT NULL AND NOT EXISTS (SELECT FROM houvast.stand w WHERE w.kind = 'customer' AND w.key = t."account_id"::text AND w.stand = 'withdrawn' AND w.about = 'marketing')
FOR SHARE
ON CONFLICT DO NOTHING;

-- 563. make fill c_ticket_open (promise C10)
INSERT INTO "houvast"."c_ticket_open" (case_key, person, starts, ends)
SELECT t."id", t."account_id", '-infinity', 'infinity' FROM "public"."ticket" t
WHERE t.ctid >= {low} AND t.ctid < {high} AND (t."closed_at" IS NULL) AND t."account_id" IS NOT NULL
FOR SHARE
ON CONFLICT DO NOTHING;

-- 564. make fill c_order_open (promise C09)
INSERT INTO "houvast"."c_order_open" (case_key, person, starts, ends)
SELECT t."id", t."account_id", '-infinity', 'infinity' FROM "public"."purchase" t
WHERE t.ctid >= {low} AND t.ctid < {high} AND (t."status"::text IN ('new', 'paid')) AND t."account_id" IS NOT NULL
FOR SHARE
ON CONFLICT DO NOTHING;

-- 565. make fill persons customer (promise C30)
INSERT INTO houvast.person (kind, key, collected_at, closed_at, guard)
SELECT 'customer', t.key, t.since, t.closed, houvast.guard_of(coalesce(s.facts, '{}'), t.since, t.closed)
FROM (SELECT t."id"::text AS key, coalesce(t."created_at", clock_timestamp()) AS since, t."closed_at" AS closed FROM "public"."account" t
      WHERE t.ctid >= {low} AND t.ctid < {high} FOR SHARE) t
CROSS JOIN LATERAL (SELECT array_agg(stand || ':' || about) AS facts FROM houvast.stand a WHERE a.kind = 'customer' AND a.key = t.key) s
ON CONFLICT DO NOTHING;

-- 566. make column account.hv_guard (promise C01)
DO $hv$ BEGIN
    EXECUTE format('ALTER TABLE "public"."account" ADD COLUMN IF NOT EXISTS hv_guard bigint NOT NULL DEFAULT %s', (SELECT coalesce((SELECT guard & (SELECT value::bigint FROM houvast.setting WHERE name = 'asked of account') FROM houvast.person WHERE kind = 'customer' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1), 0) | 9223090561878065152::bigint));
END $hv$;
ALTER TABLE "public"."account" ALTER COLUMN hv_guard SET DEFAULT 0;
COMMENT ON COLUMN "public"."account".hv_guard IS 'Answers about the data subjects of the row; granted to nobody (promise C01)';

-- 567. make keeper on account (promise C01)
GRANT SELECT ("id", "login", "created_at", "closed_at", "hv_guard"), UPDATE (hv_guard) ON "public"."account" TO houvast_keeper;
GRANT USAGE ON SCHEMA "public" TO houvast_keeper;

-- 568. make policy hv_keeper on account (promise C01)
DROP POLICY IF EXISTS hv_keeper ON "public"."account";
CREATE POLICY hv_keeper ON "public"."account" TO houvast_keeper USING (true);
COMMENT ON POLICY hv_keeper ON "public"."account" IS 'Houvast keeps the guards of rows (promise C01)';

-- 569. make function keep_account (promise C01, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."keep_account"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    found bigint;
BEGIN
    IF pg_catalog.current_setting('backtrace_functions') OPERATOR(pg_catalog.=) 'hv_fill' THEN RETURN NEW; END IF;
    SELECT p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152 INTO found FROM houvast.person p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) NEW."id"::text FOR SHARE;
    NEW.hv_guard := coalesce(found, 9223090561878065154);
    RETURN NEW;
END $hv$;
COMMENT ON FUNCTION houvast."keep_account"() IS 'Keeps promise C01';

-- 570. make trigger zzz_hv_keep_new on account (promise C01)
CREATE OR REPLACE TRIGGER "zzz_hv_keep_new" BEFORE INSERT ON "public"."account"
    FOR EACH ROW EXECUTE FUNCTION houvast."keep_account"();
COMMENT ON TRIGGER "zzz_hv_keep_new" ON "public"."account" IS 'Keeps promise C01';
ALTER TABLE "public"."account" ENABLE ALWAYS TRIGGER "zzz_hv_keep_new";

-- 571. make column contact.hv_guard (promise C01)
DO $hv$ BEGIN
    EXECUTE format('ALTER TABLE "public"."contact" ADD COLUMN IF NOT EXISTS hv_guard bigint NOT NULL DEFAULT %s', (SELECT coalesce((SELECT guard & (SELECT value::bigint FROM houvast.setting WHERE name = 'asked of contact') FROM houvast.person WHERE kind = 'customer' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1), 0) | 9223090561878065152::bigint));
END $hv$;
ALTER TABLE "public"."contact" ALTER COLUMN hv_guard SET DEFAULT 0;
COMMENT ON COLUMN "public"."contact".hv_guard IS 'Answers about the data subjects of the row; granted to nobody (promise C01)';

-- 572. make column contact.hv_closed (promise C01)
ALTER TABLE "public"."contact" ADD COLUMN "hv_closed" timestamptz;

-- 573. make keeper on contact (promise C01)
GRANT SELECT ("id", "account_id", "email", "created_at", "name", "hv_guard", "hv_closed"), UPDATE (hv_guard) ON "public"."contact" TO houvast_keeper;
GRANT USAGE ON SCHEMA "public" TO houvast_keeper;

-- 574. make policy hv_keeper on contact (promise C01)
DROP POLICY IF EXISTS hv_keeper ON "public"."contact";
CREATE POLICY hv_keeper ON "public"."contact" TO houvast_keeper USING (true);
COMMENT ON POLICY hv_keeper ON "public"."contact" IS 'Houvast keeps the guards of rows (promise C01)';

-- 575. make function keep_contact (promise C01, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."keep_contact"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    found bigint;
BEGIN
    IF pg_catalog.current_setting('backtrace_functions') OPERATOR(pg_catalog.=) 'hv_fill' THEN RETURN NEW; END IF;
    SELECT p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152, p.closed_at INTO found, NEW.hv_closed FROM houvast.person p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) NEW."account_id"::text FOR SHARE;
    NEW.hv_guard := coalesce(found, 9223090561878065154);
    RETURN NEW;
END $hv$;
COMMENT ON FUNCTION houvast."keep_contact"() IS 'Keeps promise C01';

-- 576. make trigger zzz_hv_keep_new on contact (promise C01)
CREATE OR REPLACE TRIGGER "zzz_hv_keep_new" BEFORE INSERT ON "public"."contact"
    FOR EACH ROW EXECUTE FUNCTION houvast."keep_contact"();
COMMENT ON TRIGGER "zzz_hv_keep_new" ON "public"."contact" IS 'Keeps promise C01';
ALTER TABLE "public"."contact" ENABLE ALWAYS TRIGGER "zzz_hv_keep_new";

-- 577. make column ticket.hv_guard (promise C01)
DO $hv$ BEGIN
    EXECUTE format('ALTER TABLE "public"."ticket" ADD COLUMN IF NOT EXISTS hv_guard bigint NOT NULL DEFAULT %s', (SELECT coalesce((SELECT guard & (SELECT value::bigint FROM houvast.setting WHERE name = 'asked of ticket') FROM houvast.person WHERE kind = 'customer' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1), 0) | 9223090561878065152::bigint));
END $hv$;
ALTER TABLE "public"."ticket" ALTER COLUMN hv_guard SET DEFAULT 0;
COMMENT ON COLUMN "public"."ticket".hv_guard IS 'Answers about the data subjects of the row; granted to nobody (promise C01)';

-- 578. make column ticket.hv_closed (promise C01)
ALTER TABLE "public"."ticket" ADD COLUMN "hv_closed" timestamptz;

-- 579. make keeper on ticket (promise C01)
GRANT SELECT ("id", "account_id", "opened_at", "closed_at", "hv_guard", "hv_closed"), UPDATE (hv_guard) ON "public"."ticket" TO houvast_keeper;
GRANT USAGE ON SCHEMA "public" TO houvast_keeper;

-- 580. make policy hv_keeper on ticket (promise C01)
DROP POLICY IF EXISTS hv_keeper ON "public"."ticket";
CREATE POLICY hv_keeper ON "public"."ticket" TO houvast_keeper USING (true);
COMMENT ON POLICY hv_keeper ON "public"."ticket" IS 'Houvast keeps the guards of rows (promise C01)';

-- 581. make function keep_ticket (promise C01, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."keep_ticket"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    found bigint;
BEGIN
    IF pg_catalog.current_setting('backtrace_functions') OPERATOR(pg_catalog.=) 'hv_fill' THEN RETURN NEW; END IF;
    SELECT p.guard OPERATOR(pg_catalog.&) 15 OPERATOR(pg_catalog.|) 9223090561878065152, p.closed_at INTO found, NEW.hv_closed FROM houvast.person p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) NEW."account_id"::text FOR SHARE;
    NEW.hv_guard := coalesce(found, 9223090561878065154);
    RETURN NEW;
END $hv$;
COMMENT ON FUNCTION houvast."keep_ticket"() IS 'Keeps promise C01';

-- 582. make trigger zzz_hv_keep_new on ticket (promise C01)
CREATE OR REPLACE TRIGGER "zzz_hv_keep_new" BEFORE INSERT ON "public"."ticket"
    FOR EACH ROW EXECUTE FUNCTION houvast."keep_ticket"();
COMMENT ON TRIGGER "zzz_hv_keep_new" ON "public"."ticket" IS 'Keeps promise C01';
ALTER TABLE "public"."ticket" ENABLE ALWAYS TRIGGER "zzz_hv_keep_new";

-- 583. make column purchase.hv_guard (promise C01)
DO $hv$ BEGIN
    EXECUTE format('ALTER TABLE "public"."purchase" ADD COLUMN IF NOT EXISTS hv_guard bigint NOT NULL DEFAULT %s', (SELECT coalesce((SELECT guard & (SELECT value::bigint FROM houvast.setting WHERE name = 'asked of purchase') FROM houvast.person WHERE kind = 'customer' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1), 0) | 9223090561878065152::bigint));
END $hv$;
ALTER TABLE "public"."purchase" ALTER COLUMN hv_guard SET DEFAULT 0;
COMMENT ON COLUMN "public"."purchase".hv_guard IS 'Answers about the data subjects of the row; granted to nobody (promise C01)';

-- 584. make column purchase.hv_closed (promise C01)
ALTER TABLE "public"."purchase" ADD COLUMN "hv_closed" timestamptz;

-- 585. make column purchase.hv_writer (promise C01)
ALTER TABLE "public"."purchase" ADD COLUMN "hv_writer" int;

-- 586. make keeper on purchase (promise C01)
GRANT SELECT ("id", "account_id", "created_at", "status", "hv_guard", "hv_closed", "hv_writer"), UPDATE (hv_guard) ON "public"."purchase" TO houvast_keeper;
GRANT USAGE ON SCHEMA "public" TO houvast_keeper;

-- 587. make policy hv_keeper on purchase (promise C01)
DROP POLICY IF EXISTS hv_keeper ON "public"."purchase";
CREATE POLICY hv_keeper ON "public"."purchase" TO houvast_keeper USING (true);
COMMENT ON POLICY hv_keeper ON "public"."purchase" IS 'Houvast keeps the guards of rows (promise C01)';

-- 588. make function keep_purchase (promise C01, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."keep_purchase"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    found bigint;
BEGIN
    IF pg_catalog.current_setting('backtrace_functions') OPERATOR(pg_catalog.=) 'hv_fill' THEN RETURN NEW; END IF;
    SELECT p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152, p.closed_at INTO found, NEW.hv_closed FROM houvast.person p WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) NEW."account_id"::text FOR SHARE;
    NEW.hv_guard := coalesce(found, 9223090561878065154);
    IF found IS NOT NULL THEN NEW.hv_writer := NULL;
    ELSIF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN NEW.hv_writer := houvast.purpose_now();
    ELSE NEW.hv_writer := OLD.hv_writer; END IF;
    RETURN NEW;
END $hv$;
COMMENT ON FUNCTION houvast."keep_purchase"() IS 'Keeps promise C01';

-- 589. make trigger zzz_hv_keep_new on purchase (promise C01)
CREATE OR REPLACE TRIGGER "zzz_hv_keep_new" BEFORE INSERT ON "public"."purchase"
    FOR EACH ROW EXECUTE FUNCTION houvast."keep_purchase"();
COMMENT ON TRIGGER "zzz_hv_keep_new" ON "public"."purchase" IS 'Keeps promise C01';
ALTER TABLE "public"."purchase" ENABLE ALWAYS TRIGGER "zzz_hv_keep_new";

-- 590. make function spread_person (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."spread_person"() RETURNS trigger LANGUAGE plpgsql SET session_replication_role = replica SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.!~) '^read' THEN
        RAISE EXCEPTION 'Houvast refuses: in this isolation the change would miss rows that were written meanwhile (promise C13).'
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Make this change in a READ COMMITTED transaction.';
    END IF;
    IF NEW.kind OPERATOR(pg_catalog.=) 'customer' AND ((OLD.guard OPERATOR(pg_catalog.#) NEW.guard) OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.<>) 0) THEN UPDATE "public"."account" SET hv_guard = ~hv_guard WHERE "id" OPERATOR(pg_catalog.=) NEW.key::integer; END IF;
    IF NEW.kind OPERATOR(pg_catalog.=) 'customer' AND ((OLD.guard OPERATOR(pg_catalog.#) NEW.guard) OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.<>) 0 OR OLD.closed_at IS DISTINCT FROM NEW.closed_at) THEN UPDATE "public"."contact" SET hv_guard = ~hv_guard WHERE "account_id" OPERATOR(pg_catalog.=) NEW.key::integer; END IF;
    IF NEW.kind OPERATOR(pg_catalog.=) 'customer' AND ((OLD.guard OPERATOR(pg_catalog.#) NEW.guard) OPERATOR(pg_catalog.&) 15 OPERATOR(pg_catalog.<>) 0 OR OLD.closed_at IS DISTINCT FROM NEW.closed_at) THEN UPDATE "public"."ticket" SET hv_guard = ~hv_guard WHERE "account_id" OPERATOR(pg_catalog.=) NEW.key::integer; END IF;
    IF NEW.kind OPERATOR(pg_catalog.=) 'customer' AND ((OLD.guard OPERATOR(pg_catalog.#) NEW.guard) OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.<>) 0 OR OLD.closed_at IS DISTINCT FROM NEW.closed_at) THEN UPDATE "public"."purchase" SET hv_guard = ~hv_guard WHERE "account_id" OPERATOR(pg_catalog.=) NEW.key::integer; END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."spread_person"() IS 'Keeps promise C13';

-- 591. make trigger hv_spread on houvast.person (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_spread" AFTER UPDATE ON houvast.person
    FOR EACH ROW WHEN (OLD.guard IS DISTINCT FROM NEW.guard OR OLD.contested IS DISTINCT FROM NEW.contested OR OLD.closed_at IS DISTINCT FROM NEW.closed_at) EXECUTE FUNCTION houvast."spread_person"();
COMMENT ON TRIGGER "hv_spread" ON houvast.person IS 'Keeps promise C13';

-- 592. make function others_named (promise C33, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.others_named(said text[], sharers boolean) RETURNS TABLE (word text, kind text, key text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $hv$
DECLARE
    whose houvast.use;
    among text[];
    emails text[];
    phones text[];
    logins text[];
    names text[];
BEGIN
    SELECT u.* INTO whose FROM houvast.use u
    WHERE u.id::text OPERATOR(pg_catalog.=) pg_catalog.split_part(pg_catalog.current_setting('backtrace_functions', true), '_', 3) AND u.login OPERATOR(pg_catalog.=) session_user AND u.ended_at IS NULL AND u.person IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this is asked within a use for one person (promise C33).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one: houvast.open_use(purpose, reason, person => ...).';
    END IF;
    IF sharers THEN
        among := ARRAY(SELECT NULL::text WHERE false);
        IF among OPERATOR(pg_catalog.=) '{}' THEN RETURN; END IF;
    END IF;
    emails := ARRAY(SELECT DISTINCT w.v FROM (SELECT CASE WHEN 'email'::text OPERATOR(pg_catalog.=) 'email' OR 'email'::text OPERATOR(pg_catalog.=) 'phone' AND s.word OPERATOR(pg_catalog.~) '^[0-9 ()+./-]{7,}$' THEN houvast.normal('email'::text, s.word) WHEN 'email'::text OPERATOR(pg_catalog.=) 'phone' THEN NULL ELSE pg_catalog.lower(pg_catalog.btrim(s.word)) END AS v FROM pg_catalog.unnest(said) s(word) WHERE pg_catalog.strpos(s.word, '@') > 0) w WHERE w.v <> '');
    phones := ARRAY(SELECT DISTINCT w.v FROM (SELECT CASE WHEN 'phone'::text OPERATOR(pg_catalog.=) 'email' OR 'phone'::text OPERATOR(pg_catalog.=) 'phone' AND s.word OPERATOR(pg_catalog.~) '^[0-9 ()+./-]{7,}$' THEN houvast.normal('phone'::text, s.word) WHEN 'phone'::text OPERATOR(pg_catalog.=) 'phone' THEN NULL ELSE pg_catalog.lower(pg_catalog.btrim(s.word)) END AS v FROM pg_catalog.unnest(said) s(word)) w WHERE w.v <> '');
    logins := ARRAY(SELECT DISTINCT w.v FROM (SELECT CASE WHEN 'login'::text OPERATOR(pg_catalog.=) 'email' OR 'login'::text OPERATOR(pg_catalog.=) 'phone' AND s.word OPERATOR(pg_catalog.~) '^[0-9 ()+./-]{7,}$' THEN houvast.normal('login'::text, s.word) WHEN 'login'::text OPERATOR(pg_catalog.=) 'phone' THEN NULL ELSE pg_catalog.lower(pg_catalog.btrim(s.word)) END AS v FROM pg_catalog.unnest(said) s(word)) w WHERE w.v <> '');
    names := ARRAY(SELECT DISTINCT w.v FROM (SELECT CASE WHEN 'name'::text OPERATOR(pg_catalog.=) 'email' OR 'name'::text OPERATOR(pg_catalog.=) 'phone' AND s.word OPERATOR(pg_catalog.~) '^[0-9 ()+./-]{7,}$' THEN houvast.normal('name'::text, s.word) WHEN 'name'::text OPERATOR(pg_catalog.=) 'phone' THEN NULL ELSE pg_catalog.lower(pg_catalog.btrim(s.word)) END AS v FROM pg_catalog.unnest(said) s(word)) w WHERE w.v <> '');
    IF NOT sharers AND session_user OPERATOR(pg_catalog.=) 'houvast_people' THEN  -- who takes the pages over learns of no address whether it is known
        emails := '{}'; phones := '{}'; logins := '{}';
    END IF;
    RETURN QUERY SELECT DISTINCT s.word, f.kind, f.key FROM (
        SELECT 'customer'::text AS kind, t."account_id"::text AS key, pg_catalog.lower(t."email"::text) AS value, 'email'::text AS sort FROM "public"."contact" t WHERE emails OPERATOR(pg_catalog.<>) '{}' AND pg_catalog.lower(t."email"::text) OPERATOR(pg_catalog.=) ANY (emails) AND (NOT sharers OR whose.kind OPERATOR(pg_catalog.=) 'customer' AND t."account_id"::text OPERATOR(pg_catalog.=) ANY (among))
        UNION ALL SELECT 'customer'::text AS kind, t."id"::text AS key, pg_catalog.lower(t."login"::text) AS value, 'login'::text AS sort FROM "public"."account" t WHERE logins OPERATOR(pg_catalog.<>) '{}' AND pg_catalog.lower(t."login"::text) OPERATOR(pg_catalog.=) ANY (logins) AND (NOT sharers OR whose.kind OPERATOR(pg_catalog.=) 'customer' AND t."id"::text OPERATOR(pg_catalog.=) ANY (among))
    ) f JOIN pg_catalog.unnest(said) s(word) ON f.value OPERATOR(pg_catalog.=) CASE WHEN f.sort OPERATOR(pg_catalog.=) 'email' OR f.sort OPERATOR(pg_catalog.=) 'phone' AND s.word OPERATOR(pg_catalog.~) '^[0-9 ()+./-]{7,}$' THEN houvast.normal(f.sort, s.word) WHEN f.sort OPERATOR(pg_catalog.=) 'phone' THEN NULL ELSE pg_catalog.lower(pg_catalog.btrim(s.word)) END
    WHERE f.kind <> whose.kind OR f.key <> whose.person;
END $hv$;
COMMENT ON FUNCTION houvast.others_named IS 'Which of these words name or reach somebody else than the person of the open use (promise C33)';
REVOKE ALL ON FUNCTION houvast.others_named(text[], boolean) FROM PUBLIC;

-- 593. make function judged_here (promise C33, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.judged_here() RETURNS TABLE (number bigint, "table" text, "column" text, key text, part int,
    "begin" int, "end" int, takes boolean) LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    whose houvast.use;
BEGIN
    SELECT u.* INTO whose FROM houvast.use u
    WHERE u.id::text OPERATOR(pg_catalog.=) pg_catalog.split_part(pg_catalog.current_setting('backtrace_functions', true), '_', 3) AND u.login OPERATOR(pg_catalog.=) session_user AND u.ended_at IS NULL AND u.person IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this is asked within a use for one person (promise C33).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one: houvast.open_use(purpose, reason, person => ...).';
    END IF;
    RETURN QUERY SELECT j.id, j."table", j."column", j.key, j.part, j."begin", j."end", j.takes
    FROM houvast.judged j JOIN houvast.request q ON q.id OPERATOR(pg_catalog.=) j.request WHERE q.kind OPERATOR(pg_catalog.=) whose.kind AND q.key OPERATOR(pg_catalog.=) whose.person AND (j.takes OR q.closed_at IS NULL) ORDER BY j.takes, j.id;
END $hv$;
COMMENT ON FUNCTION houvast.judged_here IS 'What was judged of copies of the person of the open use (promise C33)';
REVOKE ALL ON FUNCTION houvast.judged_here() FROM PUBLIC;

-- 594. make function judged_stands (promise C33, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.judged_stands(number bigint, said text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    whose houvast.use;
BEGIN
    SELECT u.* INTO whose FROM houvast.use u
    WHERE u.id::text OPERATOR(pg_catalog.=) pg_catalog.split_part(pg_catalog.current_setting('backtrace_functions', true), '_', 3) AND u.login OPERATOR(pg_catalog.=) session_user AND u.ended_at IS NULL AND u.person IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this is asked within a use for one person (promise C33).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one: houvast.open_use(purpose, reason, person => ...).';
    END IF;
    RETURN EXISTS (SELECT FROM houvast.judged j JOIN houvast.request q ON q.id OPERATOR(pg_catalog.=) j.request WHERE q.kind OPERATOR(pg_catalog.=) whose.kind AND q.key OPERATOR(pg_catalog.=) whose.person AND j.id OPERATOR(pg_catalog.=) number AND j.digest OPERATOR(pg_catalog.=) houvast.passage_hash(said));
END $hv$;
COMMENT ON FUNCTION houvast.judged_stands IS 'Whether a text that was judged still says the same (promise C33)';
REVOKE ALL ON FUNCTION houvast.judged_stands(bigint, text) FROM PUBLIC;

-- 595. make function rows_above (promise C33, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.rows_above(of text) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    whose houvast.use;
BEGIN
    SELECT u.* INTO whose FROM houvast.use u
    WHERE u.id::text OPERATOR(pg_catalog.=) pg_catalog.split_part(pg_catalog.current_setting('backtrace_functions', true), '_', 3) AND u.login OPERATOR(pg_catalog.=) session_user AND u.ended_at IS NULL AND u.person IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this is asked within a use for one person (promise C33).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one: houvast.open_use(purpose, reason, person => ...).';
    END IF;
    RETURN;
END $hv$;
COMMENT ON FUNCTION houvast.rows_above IS 'Where the rows of the person of the open use hang, so that they are found soon (promise C33)';
REVOKE ALL ON FUNCTION houvast.rows_above(text) FROM PUBLIC;

-- 596. make function address_account_came (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."address_account_came"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN

    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."address_account_came"() IS 'Keeps promise C13';

-- 597. make trigger hv_address_account_came on account (promise C13)
CREATE OR REPLACE TRIGGER "hv_address_account_came" AFTER INSERT ON "public"."account" REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."address_account_came"();
COMMENT ON TRIGGER "hv_address_account_came" ON "public"."account" IS 'Keeps promise C13';

-- 598. make function address_account_changed (promise C37, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."address_account_changed"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF NEW."id" IS NOT NULL AND (houvast.normal('login', OLD."login"::text), OLD."id")
            IS DISTINCT FROM (houvast.normal('login', NEW."login"::text), NEW."id") THEN
        INSERT INTO houvast.contact_change (kind, key, sort) VALUES ('customer', NEW."id"::text, 'login')
        ON CONFLICT DO NOTHING;
        DELETE FROM houvast.bounce b WHERE b.kind OPERATOR(pg_catalog.=) 'customer' AND b.key OPERATOR(pg_catalog.=) NEW."id"::text AND b.sort OPERATOR(pg_catalog.=) 'login';
        DELETE FROM houvast.stand s WHERE s.kind OPERATOR(pg_catalog.=) 'customer' AND s.key OPERATOR(pg_catalog.=) NEW."id"::text AND s.stand OPERATOR(pg_catalog.=) 'contested'
            AND s.about OPERATOR(pg_catalog.=) 'account.login' AND s.source OPERATOR(pg_catalog.=) 'bounce';

    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."address_account_changed"() IS 'Keeps promise C37';

-- 599. make trigger hv_address_account_changed on account (promise C37)
CREATE OR REPLACE TRIGGER "hv_address_account_changed" AFTER UPDATE ON "public"."account"
    FOR EACH ROW WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."login" IS DISTINCT FROM NEW."login") EXECUTE FUNCTION houvast."address_account_changed"();
COMMENT ON TRIGGER "hv_address_account_changed" ON "public"."account" IS 'Keeps promise C37';

-- 600. make function address_contact_came (promise C13, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."address_contact_came"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF EXISTS (SELECT FROM houvast.suppressed) THEN
        INSERT INTO houvast.stand (kind, key, stand, about, source)
        SELECT DISTINCT 'customer', h.owner, 'objected', s.purpose, 'suppressed'
        FROM (SELECT n."account_id"::text AS owner, houvast.keyed_hash(i.secret, o.secret, 'email', n."email"::text) AS hash
              FROM came n, houvast.secret i, houvast.secret o WHERE i.kind OPERATOR(pg_catalog.=) 'houvast' AND i.key OPERATOR(pg_catalog.=) 'suppression inside' AND o.kind OPERATOR(pg_catalog.=) 'houvast' AND o.key OPERATOR(pg_catalog.=) 'suppression outside' AND n."account_id" IS NOT NULL OFFSET 0) h JOIN houvast.suppressed s ON s.hash OPERATOR(pg_catalog.=) h.hash
        ON CONFLICT DO NOTHING;
    END IF;
    IF houvast.is_filling() IS NOT TRUE THEN
        INSERT INTO houvast.contact_change (kind, key, sort)
        SELECT DISTINCT p.kind, p.key, 'email' FROM came n JOIN houvast.person p ON p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) n."account_id"::text
        WHERE n."email"::text <> '' AND (coalesce(p.collected_at, '-infinity') < clock_timestamp() - interval '1 hour'
            OR EXISTS (SELECT FROM houvast.contact_change c WHERE c.kind OPERATOR(pg_catalog.=) p.kind AND c.key OPERATOR(pg_catalog.=) p.key AND c.sort OPERATOR(pg_catalog.=) 'email')) ON CONFLICT DO NOTHING;
        PERFORM houvast.notify_changed(w.kind, w.key, w.address) FROM (
            SELECT DISTINCT 'customer'::text AS kind, t."account_id"::text AS key, t."email"::text AS address FROM "public"."contact" t
            WHERE t."account_id" IN (SELECT n."account_id" FROM came n JOIN houvast.person p ON p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) n."account_id"::text
        WHERE n."email"::text <> '' AND (coalesce(p.collected_at, '-infinity') < clock_timestamp() - interval '1 hour'
            OR EXISTS (SELECT FROM houvast.contact_change c WHERE c.kind OPERATOR(pg_catalog.=) p.kind AND c.key OPERATOR(pg_catalog.=) p.key AND c.sort OPERATOR(pg_catalog.=) 'email')))
              AND NOT EXISTS (SELECT FROM came n WHERE n."account_id" OPERATOR(pg_catalog.=) t."account_id"
                  AND houvast.normal('email', n."email"::text) OPERATOR(pg_catalog.=) houvast.normal('email', t."email"::text)) ORDER BY 1, 2, 3) w;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."address_contact_came"() IS 'Keeps promise C13';

-- 601. make trigger hv_address_contact_came on contact (promise C13)
CREATE OR REPLACE TRIGGER "hv_address_contact_came" AFTER INSERT ON "public"."contact" REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."address_contact_came"();
COMMENT ON TRIGGER "hv_address_contact_came" ON "public"."contact" IS 'Keeps promise C13';

-- 602. make function address_contact_changed (promise C37, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."address_contact_changed"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    IF NEW."account_id" IS NOT NULL AND (houvast.normal('email', OLD."email"::text), OLD."account_id")
            IS DISTINCT FROM (houvast.normal('email', NEW."email"::text), NEW."account_id") THEN
        INSERT INTO houvast.contact_change (kind, key, sort) VALUES ('customer', NEW."account_id"::text, 'email')
        ON CONFLICT DO NOTHING;
        DELETE FROM houvast.bounce b WHERE b.kind OPERATOR(pg_catalog.=) 'customer' AND b.key OPERATOR(pg_catalog.=) NEW."account_id"::text AND b.sort OPERATOR(pg_catalog.=) 'email';
        DELETE FROM houvast.stand s WHERE s.kind OPERATOR(pg_catalog.=) 'customer' AND s.key OPERATOR(pg_catalog.=) NEW."account_id"::text AND s.stand OPERATOR(pg_catalog.=) 'contested'
            AND s.about OPERATOR(pg_catalog.=) 'contact.email' AND s.source OPERATOR(pg_catalog.=) 'bounce';
    IF EXISTS (SELECT FROM houvast.suppressed) THEN
        INSERT INTO houvast.stand (kind, key, stand, about, source)
        SELECT DISTINCT 'customer', h.owner, 'objected', s.purpose, 'suppressed'
        FROM (SELECT n."account_id"::text AS owner, houvast.keyed_hash(i.secret, o.secret, 'email', n."email"::text) AS hash
              FROM (SELECT NEW.*) n, houvast.secret i, houvast.secret o WHERE i.kind OPERATOR(pg_catalog.=) 'houvast' AND i.key OPERATOR(pg_catalog.=) 'suppression inside' AND o.kind OPERATOR(pg_catalog.=) 'houvast' AND o.key OPERATOR(pg_catalog.=) 'suppression outside' AND n."account_id" IS NOT NULL OFFSET 0) h JOIN houvast.suppressed s ON s.hash OPERATOR(pg_catalog.=) h.hash
        ON CONFLICT DO NOTHING;
    END IF;
        IF OLD."account_id" OPERATOR(pg_catalog.=) NEW."account_id" THEN
            PERFORM houvast.notify_changed('customer', NEW."account_id"::text, OLD."email"::text);
        END IF;
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."address_contact_changed"() IS 'Keeps promise C37';

-- 603. make trigger hv_address_contact_changed on contact (promise C37)
CREATE OR REPLACE TRIGGER "hv_address_contact_changed" AFTER UPDATE ON "public"."contact"
    FOR EACH ROW WHEN (OLD."account_id" IS DISTINCT FROM NEW."account_id" OR OLD."email" IS DISTINCT FROM NEW."email") EXECUTE FUNCTION houvast."address_contact_changed"();
COMMENT ON TRIGGER "hv_address_contact_changed" ON "public"."contact" IS 'Keeps promise C37';

-- 604. make function address_contact_gone (promise C37, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."address_contact_gone"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
BEGIN
    INSERT INTO houvast.contact_change (kind, key, sort)
    SELECT 'customer', OLD."account_id"::text, 'email' FROM houvast.person p
    WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."account_id"::text AND OLD."email" IS NOT NULL ON CONFLICT DO NOTHING;
    PERFORM houvast.notify_changed(p.kind, p.key, OLD."email"::text) FROM houvast.person p
    WHERE p.kind OPERATOR(pg_catalog.=) 'customer' AND p.key OPERATOR(pg_catalog.=) OLD."account_id"::text;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."address_contact_gone"() IS 'Keeps promise C37';

-- 605. make trigger hv_address_contact_gone on contact (promise C37)
CREATE OR REPLACE TRIGGER "hv_address_contact_gone" AFTER DELETE ON "public"."contact"
    FOR EACH ROW EXECUTE FUNCTION houvast."address_contact_gone"();
COMMENT ON TRIGGER "hv_address_contact_gone" ON "public"."contact" IS 'Keeps promise C37';

-- 606. make function remember_objections (promise C13, as houvast_keeper)
-- Whoever objects to marketing is remembered by their addresses too, in the same transaction; what was there when a policy
-- is applied is filled after it, and made-up people are not remembered (promise C13).
CREATE OR REPLACE FUNCTION houvast.remember_objections() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    INSERT INTO houvast.suppressed (hash, purpose)
    SELECT DISTINCT h.hash, c.about FROM came c CROSS JOIN LATERAL houvast.addresses_of(c.kind, c.key) a
    CROSS JOIN LATERAL (SELECT houvast.address_hash(a.sort, a.value) AS hash) h
    WHERE c.stand = 'objected' AND houvast.is_marketing(c.about) AND a.sort IN ('email', 'phone') AND h.hash IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.remember_objections() IS 'Keeps promise C13';;

-- 607. make trigger hv_remember on houvast.stand (promise C13, as houvast_keeper)
CREATE OR REPLACE TRIGGER "hv_remember" AFTER INSERT ON houvast.stand REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION houvast."remember_objections"();
COMMENT ON TRIGGER "hv_remember" ON houvast.stand IS 'Keeps promise C13';

-- 608. make function flagged_text (promise G16, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.flagged_text(relation text, "column" text, row_key text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_variable
BEGIN
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast.flagged_text IS 'One text, for who looks at it (promise G16)';
REVOKE ALL ON FUNCTION houvast.flagged_text(text, text, text) FROM PUBLIC;

-- 609. make function settle_flagged (promise G16, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast.settle_flagged(relation text, "column" text, row_key text, decision text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_variable
DECLARE
    still boolean;
BEGIN

    PERFORM houvast.says_no('this text is not there any more', 'G16', 'houvast flagged list shows what waits.');
EXCEPTION WHEN integrity_constraint_violation THEN
    PERFORM houvast.says_no('the table takes no such text', 'G16', 'Remove it, or let the application delete the row.');
END $hv$;
COMMENT ON FUNCTION houvast.settle_flagged IS 'Does what was decided of a flagged text (promise G16)';
REVOKE ALL ON FUNCTION houvast.settle_flagged(text, text, text, text) FROM PUBLIC;

-- 610. make fill guard account (promise C01)
UPDATE "public"."account" t SET hv_guard = f.guard
FROM (SELECT s.ctid AS place, coalesce(p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152, 9223090561878065154) AS guard FROM "public"."account" s
    LEFT JOIN houvast.person p ON p.kind = 'customer' AND p.key = s."id"::text
    WHERE s.ctid >= {low} AND s.ctid < {high} AND (s.hv_guard IS DISTINCT FROM coalesce(p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152, 9223090561878065154))) f
WHERE t.ctid = f.place AND t.ctid >= {low} AND t.ctid < {high}
-- p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152 9223090561878065154 [('alive', 0), ('allowed:answer|unrestricted', 3), ('allowed:billing|unrestricted', 4), ('allowed:marketing|unrestricted & consented:marketing & unobjected:marketing', 5), ('since:1', 2), ('unrestricted', 1)];

-- 611. make fill guard contact (promise C01)
UPDATE "public"."contact" t SET hv_guard = f.guard, hv_closed = f.closed_at
FROM (SELECT s.ctid AS place, coalesce(p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152, 9223090561878065154) AS guard, p.closed_at FROM "public"."contact" s
    LEFT JOIN houvast.person p ON p.kind = 'customer' AND p.key = s."account_id"::text
    WHERE s.ctid >= {low} AND s.ctid < {high} AND (s.hv_guard IS DISTINCT FROM coalesce(p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152, 9223090561878065154) OR s.hv_closed IS DISTINCT FROM p.closed_at)) f
WHERE t.ctid = f.place AND t.ctid >= {low} AND t.ctid < {high}
-- p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152 9223090561878065154 [('alive', 0), ('allowed:answer|unrestricted', 3), ('allowed:billing|unrestricted', 4), ('allowed:marketing|unrestricted & consented:marketing & unobjected:marketing', 5), ('since:1', 2), ('unrestricted', 1)];

-- 612. make fill guard ticket (promise C01)
UPDATE "public"."ticket" t SET hv_guard = f.guard, hv_closed = f.closed_at
FROM (SELECT s.ctid AS place, coalesce(p.guard OPERATOR(pg_catalog.&) 15 OPERATOR(pg_catalog.|) 9223090561878065152, 9223090561878065154) AS guard, p.closed_at FROM "public"."ticket" s
    LEFT JOIN houvast.person p ON p.kind = 'customer' AND p.key = s."account_id"::text
    WHERE s.ctid >= {low} AND s.ctid < {high} AND (s.hv_guard IS DISTINCT FROM coalesce(p.guard OPERATOR(pg_catalog.&) 15 OPERATOR(pg_catalog.|) 9223090561878065152, 9223090561878065154) OR s.hv_closed IS DISTINCT FROM p.closed_at)) f
WHERE t.ctid = f.place AND t.ctid >= {low} AND t.ctid < {high}
-- p.guard OPERATOR(pg_catalog.&) 15 OPERATOR(pg_catalog.|) 9223090561878065152 9223090561878065154 [('alive', 0), ('allowed:answer|unrestricted', 3), ('allowed:billing|unrestricted', 4), ('allowed:marketing|unrestricted & consented:marketing & unobjected:marketing', 5), ('since:1', 2), ('unrestricted', 1)];

-- 613. make fill guard purchase (promise C01)
UPDATE "public"."purchase" t SET hv_guard = f.guard, hv_closed = f.closed_at
FROM (SELECT s.ctid AS place, coalesce(p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152, 9223090561878065154) AS guard, p.closed_at FROM "public"."purchase" s
    LEFT JOIN houvast.person p ON p.kind = 'customer' AND p.key = s."account_id"::text
    WHERE s.ctid >= {low} AND s.ctid < {high} AND (s.hv_guard IS DISTINCT FROM coalesce(p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152, 9223090561878065154) OR s.hv_closed IS DISTINCT FROM p.closed_at)) f
WHERE t.ctid = f.place AND t.ctid >= {low} AND t.ctid < {high}
-- p.guard OPERATOR(pg_catalog.&) 63 OPERATOR(pg_catalog.|) 9223090561878065152 9223090561878065154 [('alive', 0), ('allowed:answer|unrestricted', 3), ('allowed:billing|unrestricted', 4), ('allowed:marketing|unrestricted & consented:marketing & unobjected:marketing', 5), ('since:1', 2), ('unrestricted', 1)];

-- 614. make fill suppressed (promise C13)
INSERT INTO houvast.suppressed (hash, purpose) SELECT DISTINCT w.hash, w.about FROM (SELECT houvast.keyed_hash(i.secret, o.secret, 'email', t."email"::text) AS hash, s.about FROM houvast.stand s JOIN "public"."contact" t ON t."account_id" = CASE WHEN s.kind = 'customer' THEN s.key::integer END, houvast.secret i, houvast.secret o WHERE i.kind = 'houvast' AND i.key = 'suppression inside' AND o.kind = 'houvast' AND o.key = 'suppression outside' AND s.kind = 'customer' AND s.stand = 'objected' AND houvast.is_marketing(s.about) AND s.ctid >= {low} AND s.ctid < {high}) w WHERE w.hash IS NOT NULL ON CONFLICT DO NOTHING;

-- 615. make fill opt_out_code (promise C13)
INSERT INTO houvast.opt_out_code (kind, key, purpose) SELECT DISTINCT s.kind, s.key, s.about FROM houvast.stand s WHERE s.stand IN ('consented', 'own_customer') AND houvast.is_marketing(s.about) AND s.ctid >= {low} AND s.ctid < {high} ON CONFLICT DO NOTHING;

-- 616. make trigger zzz_hv_keep on account (promise C01)
CREATE OR REPLACE TRIGGER "zzz_hv_keep" BEFORE UPDATE ON "public"."account"
    FOR EACH ROW WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."hv_guard" IS DISTINCT FROM NEW."hv_guard") EXECUTE FUNCTION houvast."keep_account"();
COMMENT ON TRIGGER "zzz_hv_keep" ON "public"."account" IS 'Keeps promise C01';
ALTER TABLE "public"."account" ENABLE ALWAYS TRIGGER "zzz_hv_keep";

-- 617. make trigger zzz_hv_keep on contact (promise C01)
CREATE OR REPLACE TRIGGER "zzz_hv_keep" BEFORE UPDATE ON "public"."contact"
    FOR EACH ROW WHEN (OLD."account_id" IS DISTINCT FROM NEW."account_id" OR OLD."hv_guard" IS DISTINCT FROM NEW."hv_guard" OR OLD."hv_closed" IS DISTINCT FROM NEW."hv_closed") EXECUTE FUNCTION houvast."keep_contact"();
COMMENT ON TRIGGER "zzz_hv_keep" ON "public"."contact" IS 'Keeps promise C01';
ALTER TABLE "public"."contact" ENABLE ALWAYS TRIGGER "zzz_hv_keep";

-- 618. make trigger zzz_hv_keep on ticket (promise C01)
CREATE OR REPLACE TRIGGER "zzz_hv_keep" BEFORE UPDATE ON "public"."ticket"
    FOR EACH ROW WHEN (OLD."account_id" IS DISTINCT FROM NEW."account_id" OR OLD."hv_guard" IS DISTINCT FROM NEW."hv_guard" OR OLD."hv_closed" IS DISTINCT FROM NEW."hv_closed") EXECUTE FUNCTION houvast."keep_ticket"();
COMMENT ON TRIGGER "zzz_hv_keep" ON "public"."ticket" IS 'Keeps promise C01';
ALTER TABLE "public"."ticket" ENABLE ALWAYS TRIGGER "zzz_hv_keep";

-- 619. make trigger zzz_hv_keep on purchase (promise C01)
CREATE OR REPLACE TRIGGER "zzz_hv_keep" BEFORE UPDATE ON "public"."purchase"
    FOR EACH ROW WHEN (OLD."account_id" IS DISTINCT FROM NEW."account_id" OR OLD."hv_guard" IS DISTINCT FROM NEW."hv_guard" OR OLD."hv_closed" IS DISTINCT FROM NEW."hv_closed" OR OLD."hv_writer" IS DISTINCT FROM NEW."hv_writer") EXECUTE FUNCTION houvast."keep_purchase"();
COMMENT ON TRIGGER "zzz_hv_keep" ON "public"."purchase" IS 'Keeps promise C01';
ALTER TABLE "public"."purchase" ENABLE ALWAYS TRIGGER "zzz_hv_keep";

-- 620. make schemas for hv_answer (promise C10)
GRANT USAGE ON SCHEMA "public" TO "hv_answer", "hv_v_answer";

-- 621. make grant mailing to hv_answer (promise C10)
GRANT SELECT ON "public"."mailing" TO "hv_answer", "hv_v_answer";

-- 622. make schemas for hv_billing (promise C09)
GRANT USAGE ON SCHEMA "public" TO "hv_billing", "hv_v_billing";

-- 623. make grant mailing to hv_billing (promise C09)
GRANT SELECT ON "public"."mailing" TO "hv_billing", "hv_v_billing";

-- 624. make grant customers to hv_billing (promise C09)
GRANT SELECT ON "public"."customers" TO "hv_billing", "hv_v_billing";

-- 625. make schemas for hv_marketing (promise C13)
GRANT USAGE ON SCHEMA "public" TO "hv_marketing", "hv_v_marketing";

-- 626. make grant mailing to hv_marketing (promise C13)
GRANT SELECT ON "public"."mailing" TO "hv_marketing", "hv_v_marketing";

-- 627. make member small_support of hv_answer (promise C10)
GRANT "hv_answer" TO "small_support" WITH INHERIT FALSE, SET TRUE;

-- 628. make member small_office of hv_answer (promise C10)
GRANT "hv_answer" TO "small_office" WITH INHERIT FALSE, SET TRUE;

-- 629. make member small_office of hv_billing (promise C09)
GRANT "hv_billing" TO "small_office" WITH INHERIT FALSE, SET TRUE;

-- 630. make member small_news of hv_marketing (promise C13)
GRANT "hv_marketing" TO "small_news" WITH INHERIT FALSE, SET TRUE;

-- 631. make view marketing.may_mail (promise C13)
CREATE VIEW "marketing"."may_mail" WITH (security_invoker = true) AS SELECT * FROM houvast."mail_marketing"();
ALTER VIEW "marketing"."may_mail" OWNER TO "hv_v_marketing";
COMMENT ON VIEW "marketing"."may_mail" IS 'Whom a message may go to now, on what ground, with which opt-out code (promise C13)';

-- 632. make grant view marketing.may_mail (promise C13)
GRANT SELECT ON "marketing"."may_mail" TO "hv_marketing";

-- 633. make policy hv_answer_read on account (promise C10)
CREATE POLICY "hv_answer_read" ON "public"."account" FOR SELECT TO "hv_v_answer" USING (
    CASE WHEN ("account"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_' AND pg_catalog.pg_has_role(session_user, 'hv_answer', 'MEMBER') THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND (((SELECT true FROM "houvast"."c_ticket_open" c WHERE c.person = "account"."id" AND c.maker IS DISTINCT FROM session_user LIMIT 1))));
COMMENT ON POLICY "hv_answer_read" ON "public"."account" IS 'Keeps promise C10';

-- 634. make grant account to hv_v_answer (promise C10)
GRANT SELECT ON "public"."account" TO "hv_v_answer";

-- 635. make schema houvast for hv_v_answer (promise C10, as houvast_keeper)
GRANT USAGE ON SCHEMA houvast TO "hv_v_answer";

-- 636. make look-up houvast.c_ticket_open for hv_v_answer (promise C10, as houvast_keeper)
GRANT SELECT ON "houvast"."c_ticket_open" TO "hv_v_answer";

-- 637. make view answer.account (promise C10)
CREATE VIEW "answer"."account" AS SELECT
    "account"."id",
    "account"."login",
    "account"."created_at",
    "account"."closed_at"
FROM "public"."account"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_';
ALTER VIEW "answer"."account" OWNER TO "hv_v_answer";
COMMENT ON VIEW "answer"."account" IS 'What purpose answer may see of account (promise C10)';

-- 638. make grant view answer.account (promise C10)
GRANT SELECT ON "answer"."account" TO "hv_answer" -- 0a3403708ec6;

-- 639. make policy hv_answer_read on contact (promise C10)
CREATE POLICY "hv_answer_read" ON "public"."contact" FOR SELECT TO "hv_v_answer" USING (
    CASE WHEN ("contact"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_' AND pg_catalog.pg_has_role(session_user, 'hv_answer', 'MEMBER') THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND (((SELECT true FROM "houvast"."c_ticket_open" c WHERE c.person = "contact"."account_id" AND c.maker IS DISTINCT FROM session_user LIMIT 1))));
COMMENT ON POLICY "hv_answer_read" ON "public"."contact" IS 'Keeps promise C10';

-- 640. make grant contact to hv_v_answer (promise C10)
GRANT SELECT ON "public"."contact" TO "hv_v_answer";

-- 641. make view answer.contact (promise C10)
CREATE VIEW "answer"."contact" AS SELECT
    "contact"."id",
    "contact"."account_id",
    "contact"."name",
    "contact"."email",
    "contact"."created_at"
FROM "public"."contact"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_';
ALTER VIEW "answer"."contact" OWNER TO "hv_v_answer";
COMMENT ON VIEW "answer"."contact" IS 'What purpose answer may see of contact (promise C10)';

-- 642. make grant view answer.contact (promise C10)
GRANT SELECT ON "answer"."contact" TO "hv_answer" -- b342634073e7;

-- 643. make policy hv_answer_read on ticket (promise C10)
CREATE POLICY "hv_answer_read" ON "public"."ticket" FOR SELECT TO "hv_v_answer" USING (
    CASE WHEN ("ticket"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_' AND pg_catalog.pg_has_role(session_user, 'hv_answer', 'MEMBER') THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("ticket"."closed_at" IS NULL OR "ticket"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 1, 0, 0, 'Europe/Amsterdam', false))) AND (((("ticket"."closed_at" IS NULL) OR (SELECT true FROM "houvast"."c_ticket_open" c WHERE c.case_key = "ticket"."id" LIMIT 1)))));
COMMENT ON POLICY "hv_answer_read" ON "public"."ticket" IS 'Keeps promise C10';

-- 644. make policy hv_answer_insert on ticket (promise C10)
CREATE POLICY "hv_answer_insert" ON "public"."ticket" FOR INSERT TO "hv_v_answer"  WITH CHECK (
    (CASE WHEN ("ticket"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_' AND pg_catalog.pg_has_role(session_user, 'hv_answer', 'MEMBER') THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("ticket"."closed_at" IS NULL OR "ticket"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 1, 0, 0, 'Europe/Amsterdam', false))) AND (((("ticket"."closed_at" IS NULL) OR (SELECT true FROM "houvast"."c_ticket_open" c WHERE c.case_key = "ticket"."id" LIMIT 1))))));
COMMENT ON POLICY "hv_answer_insert" ON "public"."ticket" IS 'Keeps promise C10';

-- 645. make policy hv_answer_update on ticket (promise C10)
CREATE POLICY "hv_answer_update" ON "public"."ticket" FOR UPDATE TO "hv_v_answer" USING (
    CASE WHEN ("ticket"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_' AND pg_catalog.pg_has_role(session_user, 'hv_answer', 'MEMBER') THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("ticket"."closed_at" IS NULL OR "ticket"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 1, 0, 0, 'Europe/Amsterdam', false))) AND (((("ticket"."closed_at" IS NULL) OR (SELECT true FROM "houvast"."c_ticket_open" c WHERE c.case_key = "ticket"."id" LIMIT 1))))) WITH CHECK (
    CASE WHEN ("ticket"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_' AND pg_catalog.pg_has_role(session_user, 'hv_answer', 'MEMBER') THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("ticket"."closed_at" IS NULL OR "ticket"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 1, 0, 0, 'Europe/Amsterdam', false))) AND (((("ticket"."closed_at" IS NULL) OR (SELECT true FROM "houvast"."c_ticket_open" c WHERE c.case_key = "ticket"."id" LIMIT 1)))));
COMMENT ON POLICY "hv_answer_update" ON "public"."ticket" IS 'Keeps promise C10';

-- 646. make grant ticket to hv_v_answer (promise C10)
GRANT SELECT, INSERT ("id", "account_id", "subject", "opened_at", "closed_at"), UPDATE ("id", "account_id", "subject", "opened_at", "closed_at") ON "public"."ticket" TO "hv_v_answer";

-- 647. make view answer.ticket (promise C10)
CREATE VIEW "answer"."ticket" AS SELECT
    "ticket"."id",
    "ticket"."account_id",
    "ticket"."subject",
    "ticket"."opened_at",
    "ticket"."closed_at"
FROM "public"."ticket"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_';
ALTER VIEW "answer"."ticket" OWNER TO "hv_v_answer";
COMMENT ON VIEW "answer"."ticket" IS 'What purpose answer may see of ticket (promise C10)';
ALTER VIEW "answer"."ticket" ALTER COLUMN "opened_at" SET DEFAULT now();

-- 648. make trigger hv_insert_ticket on answer.ticket (promise C10)
CREATE OR REPLACE FUNCTION "answer"."hv_insert_ticket"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, "answer", "public", pg_temp AS $hv$
BEGIN
    BEGIN
    IF NEW."id" IS NULL THEN INSERT INTO "public"."ticket" ("account_id", "subject", "opened_at", "closed_at") VALUES (NEW."account_id", NEW."subject", NEW."opened_at", NEW."closed_at") RETURNING "id", "account_id", "subject", "opened_at", "closed_at" INTO NEW."id", NEW."account_id", NEW."subject", NEW."opened_at", NEW."closed_at";
    ELSE INSERT INTO "public"."ticket" ("id", "account_id", "subject", "opened_at", "closed_at") VALUES (NEW."id", NEW."account_id", NEW."subject", NEW."opened_at", NEW."closed_at") RETURNING "id", "account_id", "subject", "opened_at", "closed_at" INTO NEW."id", NEW."account_id", NEW."subject", NEW."opened_at", NEW."closed_at"; END IF;
    EXCEPTION WHEN insufficient_privilege THEN
    IF NEW."id" IS NULL THEN INSERT INTO "public"."ticket" ("account_id", "subject", "opened_at", "closed_at") VALUES (NEW."account_id", NEW."subject", NEW."opened_at", NEW."closed_at");
    ELSE INSERT INTO "public"."ticket" ("id", "account_id", "subject", "opened_at", "closed_at") VALUES (NEW."id", NEW."account_id", NEW."subject", NEW."opened_at", NEW."closed_at"); END IF;
    END;
    RETURN NEW;
END $hv$;
ALTER FUNCTION "answer"."hv_insert_ticket"() OWNER TO "hv_v_answer";
REVOKE ALL ON FUNCTION "answer"."hv_insert_ticket"() FROM PUBLIC;
COMMENT ON FUNCTION "answer"."hv_insert_ticket"() IS 'Keeps promise C10';
CREATE OR REPLACE TRIGGER hv_decide_insert INSTEAD OF INSERT ON "answer"."ticket" FOR EACH ROW EXECUTE FUNCTION "answer"."hv_insert_ticket"() -- 3abba8536d43;

-- 649. make grant view answer.ticket (promise C10)
GRANT SELECT, INSERT, UPDATE ON "answer"."ticket" TO "hv_answer" -- 3abba8536d43;

-- 650. make policy hv_answer_read on purchase (promise C10)
CREATE POLICY "hv_answer_read" ON "public"."purchase" FOR SELECT TO "hv_v_answer" USING (
    CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_' AND pg_catalog.pg_has_role(session_user, 'hv_answer', 'MEMBER') THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND (((SELECT true FROM "houvast"."c_ticket_open" c WHERE c.person = "purchase"."account_id" AND c.maker IS DISTINCT FROM session_user LIMIT 1))));
COMMENT ON POLICY "hv_answer_read" ON "public"."purchase" IS 'Keeps promise C10';

-- 651. make grant purchase to hv_v_answer (promise C10)
GRANT SELECT ON "public"."purchase" TO "hv_v_answer";

-- 652. make view answer.purchase (promise C10)
CREATE VIEW "answer"."purchase" AS SELECT
    "purchase"."id",
    NULL::integer AS "account_id",
    "purchase"."street",
    NULL::integer AS "amount",
    NULL::text AS "status",
    NULL::timestamp with time zone AS "created_at"
FROM "public"."purchase"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_1_';
ALTER VIEW "answer"."purchase" OWNER TO "hv_v_answer";
COMMENT ON VIEW "answer"."purchase" IS 'What purpose answer may see of purchase (promise C10)';

-- 653. make grant view answer.purchase (promise C10)
GRANT SELECT ON "answer"."purchase" TO "hv_answer" -- c05ec7c12e1f;

-- 654. make policy hv_billing_read on account (promise C09)
CREATE POLICY "hv_billing_read" ON "public"."account" FOR SELECT TO "hv_v_billing" USING (
    CASE WHEN ("account"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("account"."closed_at" IS NULL OR "account"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false))) AND (((SELECT true FROM "houvast"."c_order_open" c WHERE c.person = "account"."id" AND c.maker IS DISTINCT FROM session_user LIMIT 1))));
COMMENT ON POLICY "hv_billing_read" ON "public"."account" IS 'Keeps promise C09';

-- 655. make policy hv_billing_update on account (promise C09)
CREATE POLICY "hv_billing_update" ON "public"."account" FOR UPDATE TO "hv_v_billing" USING (
    CASE WHEN ("account"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("account"."closed_at" IS NULL OR "account"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false))) AND (((SELECT true FROM "houvast"."c_order_open" c WHERE c.person = "account"."id" AND c.maker IS DISTINCT FROM session_user LIMIT 1)))) WITH CHECK (
    CASE WHEN ("account"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("account"."closed_at" IS NULL OR "account"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false))) AND (((SELECT true FROM "houvast"."c_order_open" c WHERE c.person = "account"."id" AND c.maker IS DISTINCT FROM session_user LIMIT 1))));
COMMENT ON POLICY "hv_billing_update" ON "public"."account" IS 'Keeps promise C09';

-- 656. make grant account to hv_v_billing (promise C09)
GRANT SELECT, UPDATE ("id", "login", "created_at", "closed_at") ON "public"."account" TO "hv_v_billing";

-- 657. make schema houvast for hv_v_billing (promise C09, as houvast_keeper)
GRANT USAGE ON SCHEMA houvast TO "hv_v_billing";

-- 658. make look-up houvast.c_order_open for hv_v_billing (promise C09, as houvast_keeper)
GRANT SELECT ON "houvast"."c_order_open" TO "hv_v_billing";

-- 659. make view billing.account (promise C09)
CREATE VIEW "billing"."account" AS SELECT
    "account"."id",
    "account"."login",
    "account"."created_at",
    "account"."closed_at"
FROM "public"."account"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_';
ALTER VIEW "billing"."account" OWNER TO "hv_v_billing";
COMMENT ON VIEW "billing"."account" IS 'What purpose billing may see of account (promise C09)';

-- 660. make grant view billing.account (promise C09)
GRANT SELECT, UPDATE ON "billing"."account" TO "hv_billing" -- 91127b290854;

-- 661. make policy hv_billing_read on contact (promise C09)
CREATE POLICY "hv_billing_read" ON "public"."contact" FOR SELECT TO "hv_v_billing" USING (
    CASE WHEN ("contact"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("contact"."hv_closed" IS NULL OR "contact"."hv_closed" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false))) AND (((SELECT true FROM "houvast"."c_order_open" c WHERE c.person = "contact"."account_id" AND c.maker IS DISTINCT FROM session_user LIMIT 1))));
COMMENT ON POLICY "hv_billing_read" ON "public"."contact" IS 'Keeps promise C09';

-- 662. make policy hv_billing_update on contact (promise C09)
CREATE POLICY "hv_billing_update" ON "public"."contact" FOR UPDATE TO "hv_v_billing" USING (
    CASE WHEN ("contact"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("contact"."hv_closed" IS NULL OR "contact"."hv_closed" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false))) AND (((SELECT true FROM "houvast"."c_order_open" c WHERE c.person = "contact"."account_id" AND c.maker IS DISTINCT FROM session_user LIMIT 1)))) WITH CHECK (
    CASE WHEN ("contact"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("contact"."hv_closed" IS NULL OR "contact"."hv_closed" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false))) AND (((SELECT true FROM "houvast"."c_order_open" c WHERE c.person = "contact"."account_id" AND c.maker IS DISTINCT FROM session_user LIMIT 1))));
COMMENT ON POLICY "hv_billing_update" ON "public"."contact" IS 'Keeps promise C09';

-- 663. make grant contact to hv_v_billing (promise C09)
GRANT SELECT, UPDATE ("id", "account_id", "name", "email", "created_at") ON "public"."contact" TO "hv_v_billing";

-- 664. make view billing.contact (promise C09)
CREATE VIEW "billing"."contact" AS SELECT
    "contact"."id",
    "contact"."account_id",
    "contact"."name",
    "contact"."email",
    "contact"."created_at"
FROM "public"."contact"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_';
ALTER VIEW "billing"."contact" OWNER TO "hv_v_billing";
COMMENT ON VIEW "billing"."contact" IS 'What purpose billing may see of contact (promise C09)';

-- 665. make grant view billing.contact (promise C09)
GRANT SELECT, UPDATE ON "billing"."contact" TO "hv_billing" -- f1a0d61f2eb4;

-- 666. make policy hv_billing_read on purchase (promise C09)
CREATE POLICY "hv_billing_read" ON "public"."purchase" FOR SELECT TO "hv_v_billing" USING (
    ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) OR ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("purchase"."hv_guard" & 1 <> 0 OR coalesce(coalesce("purchase"."hv_closed", "purchase"."created_at") >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)), true)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))));
COMMENT ON POLICY "hv_billing_read" ON "public"."purchase" IS 'Keeps promise C09';

-- 667. make policy hv_billing_update on purchase (promise C09)
CREATE POLICY "hv_billing_update" ON "public"."purchase" FOR UPDATE TO "hv_v_billing" USING (
    ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) OR ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("purchase"."hv_guard" & 1 <> 0 OR coalesce(coalesce("purchase"."hv_closed", "purchase"."created_at") >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)), true)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))))) WITH CHECK (
    ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) OR ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("purchase"."hv_guard" & 1 <> 0 OR coalesce(coalesce("purchase"."hv_closed", "purchase"."created_at") >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)), true)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))));
COMMENT ON POLICY "hv_billing_update" ON "public"."purchase" IS 'Keeps promise C09';

-- 668. make grant purchase to hv_v_billing (promise C09)
GRANT SELECT, UPDATE ("id", "account_id", "street", "amount", "status", "created_at") ON "public"."purchase" TO "hv_v_billing";

-- 669. make view billing.purchase (promise C09)
CREATE VIEW "billing"."purchase" AS SELECT
    "purchase"."id",
    CASE WHEN ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) THEN "purchase"."account_id" END AS "account_id",
    CASE WHEN ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("purchase"."hv_guard" & 1 <> 0 OR coalesce(coalesce("purchase"."hv_closed", "purchase"."created_at") >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)), true)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) THEN "purchase"."street" END AS "street",
    CASE WHEN ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) THEN "purchase"."amount" END AS "amount",
    CASE WHEN ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) THEN "purchase"."status" END AS "status",
    CASE WHEN ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) THEN "purchase"."created_at" END AS "created_at"
FROM "public"."purchase"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_';
ALTER VIEW "billing"."purchase" OWNER TO "hv_v_billing";
COMMENT ON VIEW "billing"."purchase" IS 'What purpose billing may see of purchase (promise C09)';

-- 670. make trigger hv_update_purchase on billing.purchase (promise C09)
CREATE OR REPLACE FUNCTION "billing"."hv_update_purchase"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, "billing", "public", pg_temp AS $hv$
BEGIN
    IF NEW."account_id" IS DISTINCT FROM OLD."account_id" AND NOT coalesce((SELECT ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) FROM "public"."purchase" WHERE "purchase"."id" = OLD."id"), false) THEN
        RAISE EXCEPTION 'Houvast refuses: purpose "billing" may not change column "account_id" here (promise C09).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Write the column back as it was, or leave it out.';
    END IF;
    IF NEW."street" IS DISTINCT FROM OLD."street" AND NOT coalesce((SELECT ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("purchase"."hv_guard" & 1 <> 0 OR coalesce(coalesce("purchase"."hv_closed", "purchase"."created_at") >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)), true)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) FROM "public"."purchase" WHERE "purchase"."id" = OLD."id"), false) THEN
        RAISE EXCEPTION 'Houvast refuses: purpose "billing" may not change column "street" here (promise C09).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Write the column back as it was, or leave it out.';
    END IF;
    IF NEW."amount" IS DISTINCT FROM OLD."amount" AND NOT coalesce((SELECT ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) FROM "public"."purchase" WHERE "purchase"."id" = OLD."id"), false) THEN
        RAISE EXCEPTION 'Houvast refuses: purpose "billing" may not change column "amount" here (promise C09).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Write the column back as it was, or leave it out.';
    END IF;
    IF NEW."status" IS DISTINCT FROM OLD."status" AND NOT coalesce((SELECT ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) FROM "public"."purchase" WHERE "purchase"."id" = OLD."id"), false) THEN
        RAISE EXCEPTION 'Houvast refuses: purpose "billing" may not change column "status" here (promise C09).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Write the column back as it was, or leave it out.';
    END IF;
    IF NEW."created_at" IS DISTINCT FROM OLD."created_at" AND NOT coalesce((SELECT ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER') THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT pg_catalog.current_setting('backtrace_functions') ^@ 'hv_2_' AND pg_catalog.pg_has_role(session_user, 'hv_billing', 'MEMBER')) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) FROM "public"."purchase" WHERE "purchase"."id" = OLD."id"), false) THEN
        RAISE EXCEPTION 'Houvast refuses: purpose "billing" may not change column "created_at" here (promise C09).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Write the column back as it was, or leave it out.';
    END IF;
    UPDATE "public"."purchase" SET "id" = CASE WHEN NEW."id" IS DISTINCT FROM OLD."id" THEN NEW."id" ELSE "purchase"."id" END, "account_id" = CASE WHEN NEW."account_id" IS DISTINCT FROM OLD."account_id" THEN NEW."account_id" ELSE "purchase"."account_id" END, "street" = CASE WHEN NEW."street" IS DISTINCT FROM OLD."street" THEN NEW."street" ELSE "purchase"."street" END, "amount" = CASE WHEN NEW."amount" IS DISTINCT FROM OLD."amount" THEN NEW."amount" ELSE "purchase"."amount" END, "status" = CASE WHEN NEW."status" IS DISTINCT FROM OLD."status" THEN NEW."status" ELSE "purchase"."status" END, "created_at" = CASE WHEN NEW."created_at" IS DISTINCT FROM OLD."created_at" THEN NEW."created_at" ELSE "purchase"."created_at" END
    WHERE "purchase"."id" = OLD."id";
    IF NOT FOUND THEN RETURN NULL; END IF;
    RETURN NEW;
END $hv$;
ALTER FUNCTION "billing"."hv_update_purchase"() OWNER TO "hv_v_billing";
REVOKE ALL ON FUNCTION "billing"."hv_update_purchase"() FROM PUBLIC;
COMMENT ON FUNCTION "billing"."hv_update_purchase"() IS 'Keeps promise C09';
CREATE OR REPLACE TRIGGER hv_decide_update INSTEAD OF UPDATE ON "billing"."purchase" FOR EACH ROW EXECUTE FUNCTION "billing"."hv_update_purchase"() -- 4b1306f107dd;

-- 671. make grant view billing.purchase (promise C09)
GRANT SELECT, UPDATE ON "billing"."purchase" TO "hv_billing" -- 4b1306f107dd;

-- 672. make policy hv_marketing_read on account (promise C13)
CREATE POLICY "hv_marketing_read" ON "public"."account" FOR SELECT TO "hv_v_marketing" USING (
    CASE WHEN ("account"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_3_' AND pg_catalog.pg_has_role(session_user, 'hv_marketing', 'MEMBER') THEN -38::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END);
COMMENT ON POLICY "hv_marketing_read" ON "public"."account" IS 'Keeps promise C13';

-- 673. make grant account to hv_v_marketing (promise C13)
GRANT SELECT ON "public"."account" TO "hv_v_marketing";

-- 674. make view marketing.account (promise C13)
CREATE VIEW "marketing"."account" AS SELECT
    "account"."id",
    "account"."login",
    "account"."created_at",
    "account"."closed_at"
FROM "public"."account"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_3_';
ALTER VIEW "marketing"."account" OWNER TO "hv_v_marketing";
COMMENT ON VIEW "marketing"."account" IS 'What purpose marketing may see of account (promise C13)';

-- 675. make grant view marketing.account (promise C13)
GRANT SELECT ON "marketing"."account" TO "hv_marketing" -- db613d274fc7;

-- 676. make policy hv_marketing_read on contact (promise C13)
CREATE POLICY "hv_marketing_read" ON "public"."contact" FOR SELECT TO "hv_marketing" USING (
    CASE WHEN ("contact"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_3_' AND pg_catalog.pg_has_role(session_user, 'hv_marketing', 'MEMBER') THEN -38::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END);
COMMENT ON POLICY "hv_marketing_read" ON "public"."contact" IS 'Keeps promise C13';

-- 677. make grant contact to hv_marketing (promise C13)
GRANT SELECT ("id", "account_id", "name", "email", "created_at") ON "public"."contact" TO "hv_marketing";

-- 678. make policy hv_marketing_read on purchase (promise C13)
CREATE POLICY "hv_marketing_read" ON "public"."purchase" FOR SELECT TO "hv_v_marketing" USING (
    CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN pg_catalog.current_setting('backtrace_functions') ^@ 'hv_3_' AND pg_catalog.pg_has_role(session_user, 'hv_marketing', 'MEMBER') THEN -38::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END);
COMMENT ON POLICY "hv_marketing_read" ON "public"."purchase" IS 'Keeps promise C13';

-- 679. make grant purchase to hv_v_marketing (promise C13)
GRANT SELECT ON "public"."purchase" TO "hv_v_marketing";

-- 680. make view marketing.purchase (promise C13)
CREATE VIEW "marketing"."purchase" AS SELECT
    "purchase"."id",
    NULL::integer AS "account_id",
    "purchase"."street",
    NULL::integer AS "amount",
    NULL::text AS "status",
    NULL::timestamp with time zone AS "created_at"
FROM "public"."purchase"
WHERE pg_catalog.current_setting('backtrace_functions') ^@ 'hv_3_';
ALTER VIEW "marketing"."purchase" OWNER TO "hv_v_marketing";
COMMENT ON VIEW "marketing"."purchase" IS 'What purpose marketing may see of purchase (promise C13)';

-- 681. make grant view marketing.purchase (promise C13)
GRANT SELECT ON "marketing"."purchase" TO "hv_marketing" -- 5d5bf50f4714;

-- 682. make function along_contact (promise C01, as houvast_keeper)
CREATE OR REPLACE FUNCTION houvast."along_contact"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off
SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    may boolean;
BEGIN
    IF houvast.purpose_now() IS NULL THEN RETURN NULL; END IF;
    IF pg_catalog.current_setting('houvast.nothing_along', true) OPERATOR(pg_catalog.=) 'yes' THEN
        RAISE EXCEPTION 'Houvast refuses: rows of % would go along that nobody has counted (promise C01).', TG_TABLE_NAME
            USING ERRCODE = 'serialization_failure', HINT = 'Somebody worked on these rows meanwhile: try again.';
    END IF;
    SELECT false INTO may FROM (SELECT OLD.*) AS "contact";
    IF NOT coalesce(may, false) THEN
        RAISE EXCEPTION 'Houvast refuses: this would delete rows of % that the purpose may not delete (promise %).', TG_TABLE_NAME, 'C01'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Delete those rows first, for a purpose that may, or wait until their term has ended.';
    END IF;
    RETURN NULL;
END $hv$;
COMMENT ON FUNCTION houvast."along_contact"() IS 'Keeps promise C01';

-- 683. make trigger A_hv_along on contact (promise C01)
CREATE OR REPLACE TRIGGER "A_hv_along" AFTER DELETE ON "public"."contact"
    FOR EACH ROW WHEN (pg_catalog.pg_trigger_depth() > 0) EXECUTE FUNCTION houvast."along_contact"();
COMMENT ON TRIGGER "A_hv_along" ON "public"."contact" IS 'Keeps promise C01';

-- 684. make view answer.contact_list (promise C10)
SET LOCAL search_path = "answer", public;
DO $hv$ BEGIN
    EXECUTE 'CREATE VIEW "answer"."contact_list" AS  SELECT name,
    email
   FROM contact';
    EXECUTE 'ALTER VIEW "answer"."contact_list" OWNER TO "hv_v_answer"';
    EXECUTE 'COMMENT ON VIEW "answer"."contact_list" IS ''The application''''s view, as purpose answer may see it (promise C10)''';
    EXECUTE 'GRANT SELECT ON "answer"."contact_list" TO "hv_answer"';
EXCEPTION WHEN grouping_error OR undefined_column OR wrong_object_type OR datatype_mismatch THEN
    NULL; -- it cannot be made over views: closed for this purpose
END $hv$;
SET LOCAL search_path = DEFAULT -- 01fe10ab8d46;

-- 685. make view billing.contact_list (promise C09)
SET LOCAL search_path = "billing", public;
DO $hv$ BEGIN
    EXECUTE 'CREATE VIEW "billing"."contact_list" AS  SELECT name,
    email
   FROM contact';
    EXECUTE 'ALTER VIEW "billing"."contact_list" OWNER TO "hv_v_billing"';
    EXECUTE 'COMMENT ON VIEW "billing"."contact_list" IS ''The application''''s view, as purpose billing may see it (promise C09)''';
    EXECUTE 'GRANT SELECT ON "billing"."contact_list" TO "hv_billing"';
EXCEPTION WHEN grouping_error OR undefined_column OR wrong_object_type OR datatype_mismatch THEN
    NULL; -- it cannot be made over views: closed for this purpose
END $hv$;
SET LOCAL search_path = DEFAULT -- 459470e96899;

-- 686. make function sees_account (promise C05, as houvast_keeper)
DROP FUNCTION IF EXISTS houvast."sees_account"(text, text, text, text, text, text);
CREATE OR REPLACE FUNCTION houvast."sees_account"(asked_login text, asked_purpose text, asked_column text, asked_kind text, asked_key text, asked_case text,
    asked_row text, OUT shown bigint, OUT of bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_column
BEGIN
    SELECT 0, count(*) INTO shown, of FROM "public"."account" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "account"."id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "account"."id"::text OPERATOR(pg_catalog.=) asked_row);
    IF of OPERATOR(pg_catalog.=) 0 THEN RETURN; END IF;
    IF asked_purpose OPERATOR(pg_catalog.=) 'answer' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'login', 'created_at', 'closed_at']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."account" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "account"."id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "account"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("account"."hv_guard" | (SELECT CASE WHEN true THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND (((SELECT true FROM "houvast"."c_ticket_open" c WHERE c.person = "account"."id" AND c.maker IS DISTINCT FROM asked_login LIMIT 1))));
        END IF;
    ELSIF asked_purpose OPERATOR(pg_catalog.=) 'billing' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'login', 'created_at', 'closed_at']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."account" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "account"."id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "account"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("account"."hv_guard" | (SELECT CASE WHEN true THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("account"."closed_at" IS NULL OR "account"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false))) AND (((SELECT true FROM "houvast"."c_order_open" c WHERE c.person = "account"."id" AND c.maker IS DISTINCT FROM asked_login LIMIT 1))));
        END IF;
    ELSIF asked_purpose OPERATOR(pg_catalog.=) 'marketing' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'login', 'created_at', 'closed_at']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."account" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "account"."id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "account"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("account"."hv_guard" | (SELECT CASE WHEN true THEN -38::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END);
        END IF;
    END IF;
END $hv$;
COMMENT ON FUNCTION houvast."sees_account" IS 'Of how many rows of a person in account a column shows to a purpose now (promise C05)';
REVOKE ALL ON FUNCTION houvast."sees_account"(text, text, text, text, text, text, text) FROM PUBLIC;

-- 687. make function sees_contact (promise C05, as houvast_keeper)
DROP FUNCTION IF EXISTS houvast."sees_contact"(text, text, text, text, text, text);
CREATE OR REPLACE FUNCTION houvast."sees_contact"(asked_login text, asked_purpose text, asked_column text, asked_kind text, asked_key text, asked_case text,
    asked_row text, OUT shown bigint, OUT of bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_column
BEGIN
    SELECT 0, count(*) INTO shown, of FROM "public"."contact" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "contact"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "contact"."id"::text OPERATOR(pg_catalog.=) asked_row);
    IF of OPERATOR(pg_catalog.=) 0 THEN RETURN; END IF;
    IF asked_purpose OPERATOR(pg_catalog.=) 'answer' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'account_id', 'name', 'email', 'created_at']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."contact" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "contact"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "contact"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("contact"."hv_guard" | (SELECT CASE WHEN true THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND (((SELECT true FROM "houvast"."c_ticket_open" c WHERE c.person = "contact"."account_id" AND c.maker IS DISTINCT FROM asked_login LIMIT 1))));
        END IF;
    ELSIF asked_purpose OPERATOR(pg_catalog.=) 'billing' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'account_id', 'name', 'email', 'created_at']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."contact" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "contact"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "contact"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("contact"."hv_guard" | (SELECT CASE WHEN true THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("contact"."hv_closed" IS NULL OR "contact"."hv_closed" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false))) AND (((SELECT true FROM "houvast"."c_order_open" c WHERE c.person = "contact"."account_id" AND c.maker IS DISTINCT FROM asked_login LIMIT 1))));
        END IF;
    ELSIF asked_purpose OPERATOR(pg_catalog.=) 'marketing' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'account_id', 'name', 'email', 'created_at']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."contact" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "contact"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "contact"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("contact"."hv_guard" | (SELECT CASE WHEN true THEN -38::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END);
        END IF;
    END IF;
END $hv$;
COMMENT ON FUNCTION houvast."sees_contact" IS 'Of how many rows of a person in contact a column shows to a purpose now (promise C05)';
REVOKE ALL ON FUNCTION houvast."sees_contact"(text, text, text, text, text, text, text) FROM PUBLIC;

-- 688. make function sees_ticket (promise C05, as houvast_keeper)
DROP FUNCTION IF EXISTS houvast."sees_ticket"(text, text, text, text, text, text);
CREATE OR REPLACE FUNCTION houvast."sees_ticket"(asked_login text, asked_purpose text, asked_column text, asked_kind text, asked_key text, asked_case text,
    asked_row text, OUT shown bigint, OUT of bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_column
BEGIN
    SELECT 0, count(*) INTO shown, of FROM "public"."ticket" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "ticket"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "ticket"."id"::text OPERATOR(pg_catalog.=) asked_row);
    IF of OPERATOR(pg_catalog.=) 0 THEN RETURN; END IF;
    IF asked_purpose OPERATOR(pg_catalog.=) 'answer' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'account_id', 'subject', 'opened_at', 'closed_at']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."ticket" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "ticket"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "ticket"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("ticket"."hv_guard" | (SELECT CASE WHEN true THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("ticket"."closed_at" IS NULL OR "ticket"."closed_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 1, 0, 0, 'Europe/Amsterdam', false))) AND (((("ticket"."closed_at" IS NULL) OR (SELECT true FROM "houvast"."c_ticket_open" c WHERE c.case_key = "ticket"."id" LIMIT 1)))));
        END IF;
    END IF;
END $hv$;
COMMENT ON FUNCTION houvast."sees_ticket" IS 'Of how many rows of a person in ticket a column shows to a purpose now (promise C05)';
REVOKE ALL ON FUNCTION houvast."sees_ticket"(text, text, text, text, text, text, text) FROM PUBLIC;

-- 689. make function sees_purchase (promise C05, as houvast_keeper)
DROP FUNCTION IF EXISTS houvast."sees_purchase"(text, text, text, text, text, text);
CREATE OR REPLACE FUNCTION houvast."sees_purchase"(asked_login text, asked_purpose text, asked_column text, asked_kind text, asked_key text, asked_case text,
    asked_row text, OUT shown bigint, OUT of bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $hv$
#variable_conflict use_column
BEGIN
    SELECT 0, count(*) INTO shown, of FROM "public"."purchase" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "purchase"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "purchase"."id"::text OPERATOR(pg_catalog.=) asked_row);
    IF of OPERATOR(pg_catalog.=) 0 THEN RETURN; END IF;
    IF asked_purpose OPERATOR(pg_catalog.=) 'answer' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'street']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."purchase" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "purchase"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "purchase"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN true THEN -14::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND (((SELECT true FROM "houvast"."c_ticket_open" c WHERE c.person = "purchase"."account_id" AND c.maker IS DISTINCT FROM asked_login LIMIT 1))));
        END IF;
    ELSIF asked_purpose OPERATOR(pg_catalog.=) 'billing' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."purchase" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "purchase"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "purchase"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN true THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT true) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))) OR ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN true THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("purchase"."hv_guard" & 1 <> 0 OR coalesce(coalesce("purchase"."hv_closed", "purchase"."created_at") >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)), true)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT true) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1)))))));
        ELSIF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['account_id', 'amount', 'status', 'created_at']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."purchase" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "purchase"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "purchase"."id"::text OPERATOR(pg_catalog.=) asked_row) AND ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN true THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT true) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 7, 0, 0, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))));
        ELSIF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['street']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."purchase" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "purchase"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "purchase"."id"::text OPERATOR(pg_catalog.=) asked_row) AND ((CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN true THEN -21::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END AND ("purchase"."hv_guard" & 1 <> 0 OR coalesce(coalesce("purchase"."hv_closed", "purchase"."created_at") >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)), true)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))) OR ("purchase"."hv_writer" = 2 AND (SELECT true) AND "purchase"."created_at" >= '2018-05-25T00:00:00+00:00'::timestamptz AND "purchase"."created_at" >= (SELECT houvast.first_moment(pg_catalog.statement_timestamp(), 0, 0, 30, 'Europe/Amsterdam', false)) AND (((("purchase"."status"::text IN ('new', 'paid')) OR (SELECT true FROM "houvast"."c_order_open" c WHERE c.case_key = "purchase"."id" LIMIT 1))))));
        END IF;
    ELSIF asked_purpose OPERATOR(pg_catalog.=) 'marketing' THEN
        IF asked_column OPERATOR(pg_catalog.=) ANY (ARRAY['id', 'street']::text[]) THEN
            SELECT count(*) INTO shown FROM "public"."purchase" WHERE asked_kind OPERATOR(pg_catalog.=) 'customer' AND "purchase"."account_id"::text OPERATOR(pg_catalog.=) asked_key AND (asked_row IS NULL OR "purchase"."id"::text OPERATOR(pg_catalog.=) asked_row) AND (CASE WHEN ("purchase"."hv_guard" | (SELECT CASE WHEN true THEN -38::bigint ELSE 0 END)) = '-1'::bigint THEN true ELSE false END);
        END IF;
    END IF;
END $hv$;
COMMENT ON FUNCTION houvast."sees_purchase" IS 'Of how many rows of a person in purchase a column shows to a purpose now (promise C05)';
REVOKE ALL ON FUNCTION houvast."sees_purchase"(text, text, text, text, text, text, text) FROM PUBLIC;

-- 690. make function api_decide (promise C05, as houvast_keeper)
-- For an application: what the database shows its login now, of a person in a column, once it had a use open: of how many rows,
-- out of how many. `why` is "" when it shows all of them, else the first thing that stands in the way (promise C05).
CREATE OR REPLACE FUNCTION houvast.api_decide(token text, asked_login text, asked_purpose text, asked_table text, asked_column text, asked_person text,
    asked_case text, asked_row text, OUT shown bigint, OUT of bigint, OUT why text, OUT promise text)
LANGUAGE plpgsql SECURITY DEFINER SET debug_print_plan = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    p houvast.purpose;
    q houvast.person;
    asked_kind CONSTANT text := split_part(coalesce(asked_person, ''), ':', 1);
    asked_key CONSTANT text := substr(coalesce(asked_person, ''), strpos(coalesce(asked_person, ''), ':') + 1);
    said text[];
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'decisions') w;
    shown := 0;
    of := 0;
    promise := 'C05';
    SELECT u.* INTO p FROM houvast.purpose u WHERE u.name = asked_purpose AND u.live AND u.kind <> 'migration';
    IF t.login <> asked_login THEN
        why := 'other login';  -- of others a token tells nothing
        RETURN;
    ELSIF p.number IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = p.role) OR NOT pg_has_role(t.login, p.role, 'MEMBER') THEN
        why := 'not given';
        promise := coalesce(p.promise, 'C05');
        RETURN;
    END IF;
    promise := p.promise;
    why := CASE
        WHEN NOT EXISTS (SELECT FROM houvast.version v WHERE v.effective <= statement_timestamp()) THEN 'not in force'
        WHEN p.one = 'case' AND coalesce(asked_case, '') = '' THEN 'case missing'
        WHEN p.kind = 'rights' AND NOT EXISTS (SELECT FROM houvast.request r WHERE r.kind = asked_kind AND r.key = asked_key
            AND r.closed_at IS NULL AND NOT r.session AND r.verified_at IS NOT NULL) THEN 'no request'
        WHEN p.kind = 'dispute' AND NOT EXISTS (SELECT FROM houvast.hold h WHERE h.case_key = asked_case) THEN 'no hold'
        ELSE '' END;
    IF why <> '' THEN RETURN; END IF;
    CASE asked_table
        WHEN 'account' THEN SELECT s.shown, s.of INTO shown, of FROM houvast."sees_account"(asked_login, p.name, asked_column, asked_kind, asked_key, coalesce(asked_case, ''), asked_row) s;
        WHEN 'contact' THEN SELECT s.shown, s.of INTO shown, of FROM houvast."sees_contact"(asked_login, p.name, asked_column, asked_kind, asked_key, coalesce(asked_case, ''), asked_row) s;
        WHEN 'ticket' THEN SELECT s.shown, s.of INTO shown, of FROM houvast."sees_ticket"(asked_login, p.name, asked_column, asked_kind, asked_key, coalesce(asked_case, ''), asked_row) s;
        WHEN 'purchase' THEN SELECT s.shown, s.of INTO shown, of FROM houvast."sees_purchase"(asked_login, p.name, asked_column, asked_kind, asked_key, coalesce(asked_case, ''), asked_row) s;
        ELSE why := 'no table';
    END CASE;
    IF why <> '' OR of > 0 AND shown = of THEN RETURN; END IF;
    SELECT r.* INTO q FROM houvast.person r WHERE r.kind = asked_kind AND r.key = asked_key;
    SELECT coalesce(array_agg(s.stand || ':' || s.about), '{}') INTO said FROM houvast.stand s WHERE s.kind = asked_kind AND s.key = asked_key;
    why := CASE
        WHEN of = 0 THEN 'no rows'
        WHEN shown > 0 THEN 'some rows'
        WHEN 'restricted:' = ANY (said) AND NOT 'allowed:' || p.name = ANY (said) THEN 'restricted'
        WHEN asked_table || '.' || asked_column = ANY (coalesce(q.contested, '{}')) THEN 'contested'
        WHEN EXISTS (SELECT FROM houvast.flagged f WHERE f.relation = asked_table AND f."column" = asked_column AND f.row_key = asked_row AND f.state = 'open') THEN 'flagged'
        WHEN 'objected:' || p.name = ANY (said) THEN 'objected'
        WHEN 'stopped:' = ANY (said) THEN 'stopped'
        WHEN q.closed_at IS NOT NULL THEN 'closed'
        ELSE 'not now' END;
    promise := CASE why WHEN 'restricted' THEN 'G06' WHEN 'contested' THEN 'G06' WHEN 'stopped' THEN 'C32'
        WHEN 'flagged' THEN 'G16' WHEN 'closed' THEN 'C30' ELSE p.promise END;
END $$;
COMMENT ON FUNCTION houvast.api_decide IS 'What the database shows a login now, for a program (promise C05)';
REVOKE ALL ON FUNCTION houvast.api_decide(text, text, text, text, text, text, text, text) FROM PUBLIC;
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION houvast.api_decide TO houvast_web; END IF;
END $$;

-- 691. make houvast public functions (promise C38, as houvast_keeper)
-- What every login may call; all else in this schema is the keeper's (promise C38).
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA houvast FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.record_use(text, text, text, text), houvast.open_use(text, text, text, text),
    houvast.open_use(text, text, bigint, text), houvast.open_use(text, text, bigint), houvast.take_use(bigint), houvast.enter_use(bigint),
    houvast.end_use(bigint), houvast.close_use(bigint), houvast.first_day(timestamptz, int, int, int, text, boolean),
    houvast.first_moment(timestamptz, int, int, int, text, boolean), houvast.uses_of(text, text),
    houvast.tell_erasure(bigint, bigint, bigint, bigint), houvast.tell_correction(text, text, bigint),
    houvast.open_steps(bigint, text, jsonb), houvast.mark_kept(bigint, text, text, text[]) TO PUBLIC;
GRANT USAGE ON SCHEMA houvast TO PUBLIC;;
