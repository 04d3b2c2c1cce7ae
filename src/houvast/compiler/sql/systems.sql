-- name: table_system
-- What else holds data of people, and who got data from us: as systems.yaml names them (promise C33). `always`: a recipient
-- who gets data of everybody; else those are told of whom `disclosure` says that they got them.
CREATE TABLE IF NOT EXISTS houvast.system (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'), sort text NOT NULL CHECK (sort IN ('database', 'files', 'service', 'recipient')),
    does text[] NOT NULL CHECK (does <@ '{access,rectification,erasure,restriction,lifting}'), kinds text[] NOT NULL DEFAULT '{}',
    always boolean NOT NULL DEFAULT true, label_nl text NOT NULL, label_en text NOT NULL, since timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.system IS 'What else holds data of people, and who got data from us (promise C33).';

-- name: table_disclosure
-- To whom data of a person were given, and which (promise G05).
CREATE TABLE IF NOT EXISTS houvast.disclosure (
    kind text COLLATE "C", key text COLLATE "C", recipient text, category text, since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, key, recipient, category));
COMMENT ON TABLE houvast.disclosure IS 'To whom data of a person were given (promise G05).';

-- name: table_step
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
COMMENT ON TABLE houvast.step IS 'What each system does for a request, and whether it was looked at afterwards (promise G05).';

-- name: table_step_value
-- What a system must know to do a step: by what it finds the person, what was wrong, what is right. It goes when the step is
-- done, and nobody but the keeper reads it (promise G05).
CREATE TABLE IF NOT EXISTS houvast.step_value (
    step bigint NOT NULL REFERENCES houvast.step ON DELETE CASCADE, role text NOT NULL CHECK (role IN ('identifier', 'old', 'new', 'category')),
    sort text NOT NULL DEFAULT '', value text NOT NULL);
CREATE INDEX IF NOT EXISTS step_value_step ON houvast.step_value (step);
COMMENT ON TABLE houvast.step_value IS 'By what a system finds a person, until its step is done (promise G05).';

-- name: table_mark
-- Documents that keep a value which was corrected elsewhere: which row and column, since when (promise C34).
CREATE TABLE IF NOT EXISTS houvast.mark (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, request bigint,
    place text NOT NULL, column_name text NOT NULL, row_key text NOT NULL, corrected_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS mark_person ON houvast.mark (kind, key);
COMMENT ON TABLE houvast.mark IS 'Documents that keep a value which was corrected elsewhere (promise C34).';

-- name: table_hook
-- Signed messages of services that wait for the worker, and the numbers of those that came, so that none counts twice. A
-- message is emptied once it was looked at (promise G05).
CREATE TABLE IF NOT EXISTS houvast.hook (
    system text NOT NULL, number text NOT NULL CHECK (number ~ '^[A-Za-z0-9_.-]{1,80}$'), sent_at bigint NOT NULL, signature text NOT NULL CHECK (length(signature) <= 1000),
    body text NOT NULL CHECK (length(body) <= 65536), came_at timestamptz NOT NULL DEFAULT clock_timestamp(), taken_at timestamptz,
    PRIMARY KEY (system, number));
COMMENT ON TABLE houvast.hook IS 'Signed messages of services, each counted once (promise G05).';

-- name: table_erased
-- Who was erased, as a keyed digest of their number alone, so that somebody whom a backup brings back is known (promise G05).
-- `mirrored_at`: when it was written down outside of this database, where a backup of it cannot take it away.
CREATE TABLE IF NOT EXISTS houvast.erased (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'), erased_at timestamptz NOT NULL DEFAULT clock_timestamp(), mirrored_at timestamptz);
COMMENT ON TABLE houvast.erased IS 'Who was erased, as keyed digests (promise G05).';

-- name: table_handover
-- Where a person wants their data sent, who wrote that down, who else approved it, and what was sent when (promise G07).
CREATE TABLE IF NOT EXISTS houvast.handover (
    request bigint PRIMARY KEY REFERENCES houvast.request ON DELETE CASCADE, address text NOT NULL CHECK (address ~ '^https?://[^[:space:]]+$' AND length(address) <= 500),
    asked_by text NOT NULL CHECK (length(btrim(asked_by)) > 0), asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    approved_by text, approved_at timestamptz, sent_at timestamptz, copy_sha256 text CHECK (copy_sha256 ~ '^[0-9a-f]{64}$'));
COMMENT ON TABLE houvast.handover IS 'Where people want their data sent, and that somebody else approved it (promise G07).';

-- name: function_handover_kept
-- Whoever writes where a person's data go: for a request to take them along that was checked, approved by another of the staff
-- than who wrote the address down, and to no other address afterwards (promise G07).
CREATE OR REPLACE FUNCTION houvast.handover_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.handover_kept() IS 'Keeps promise G07'

-- name: function_tell_handover
-- That data were handed over is told, with the digest of the file; where to, only a receipt shows (promise G07).
CREATE OR REPLACE FUNCTION houvast.tell_handover() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('data_handed_over', 'G07', jsonb_build_object('copy_sha256', NEW.copy_sha256), jsonb_build_object('to', NEW.address), q.kind, q.key)
    FROM houvast.request q WHERE q.id = NEW.request;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_handover() IS 'Keeps promise G07'

-- name: function_concerned
-- Which recipients and systems a thing that happens to a person's data concerns (promise G05).
CREATE OR REPLACE FUNCTION houvast.concerned(of_kind text, of_key text, of_what text) RETURNS SETOF houvast.system
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.* FROM houvast.system s WHERE of_what = ANY (s.does) AND (s.kinds = '{}' OR of_kind = ANY (s.kinds))
      AND (s.always OR EXISTS (SELECT FROM houvast.disclosure d WHERE d.kind = of_kind AND d.key = of_key AND d.recipient = s.name))
$$;
COMMENT ON FUNCTION houvast.concerned(text, text, text) IS 'Which systems and recipients hold data of a person (promise G05)';
REVOKE ALL ON FUNCTION houvast.concerned(text, text, text) FROM PUBLIC

-- name: function_know
-- By what other systems find a person: the identifiers on file, but none that is somebody else's too: what is found by such a
-- one may be theirs (promise G05).
CREATE OR REPLACE FUNCTION houvast.know(of_kind text, of_key text) RETURNS TABLE (sort text, value text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.sort, a.value FROM houvast.addresses_of(of_kind, of_key) a
    WHERE btrim(a.value) <> '' AND NOT EXISTS (SELECT FROM houvast.persons_by(a.sort, a.value) p WHERE (p.kind, p.key) <> (of_kind, of_key))
$$;
COMMENT ON FUNCTION houvast.know(text, text) IS 'By what other systems find a person (promise G05)';
REVOKE ALL ON FUNCTION houvast.know(text, text) FROM PUBLIC

-- name: function_know_by
-- The systems of some steps are told by what they find the person (promise G05).
CREATE OR REPLACE FUNCTION houvast.know_by(steps bigint[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO houvast.step_value (step, role, sort, value)
    SELECT s.id, 'identifier', a.sort, a.value FROM houvast.step s CROSS JOIN LATERAL houvast.know(s.kind, s.key) a WHERE s.id = ANY (steps)
$$;
COMMENT ON FUNCTION houvast.know_by(bigint[]) IS 'By what systems find a person (promise G05)';
REVOKE ALL ON FUNCTION houvast.know_by(bigint[]) FROM PUBLIC

-- name: function_step_kept
-- Whoever writes a step: of whom and of which system it is stays, it begins unfinished, and it is done only when somebody looked
-- afterwards, and nothing of what should be gone remains (promise G05).
CREATE OR REPLACE FUNCTION houvast.step_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.step_kept() IS 'Keeps promise G05'

-- name: function_tell_step
-- A step that is done is told, in counts, and what the system had to know for it goes. Of an erasure nobody is named: nothing
-- opens what is about somebody who is erased (promise G05).
CREATE OR REPLACE FUNCTION houvast.tell_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.tell_step() IS 'Keeps promise G05'

-- name: function_plan_steps
-- When it is known whose a request is, each other system gets its step; when nothing comes of the request, those that have not
-- begun go (promise C33).
CREATE OR REPLACE FUNCTION houvast.plan_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.plan_steps() IS 'Keeps promise C33'

-- name: function_steps_end
-- No request is answered while a system still has to do its part, or what it did was not looked at (promise G05).
CREATE OR REPLACE FUNCTION houvast.steps_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.steps_end() IS 'Keeps promise G05'

-- name: function_restriction_tells
-- Who got data of a person is told that their use is restricted, and when that ends (GDPR art. 19; promise G06).
CREATE OR REPLACE FUNCTION houvast.restriction_tells() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION houvast.restriction_tells() IS 'Keeps promise G06'

-- name: function_disclose
-- Writes down that a recipient got data of a person, and tells the log (GDPR art. 15(1)(c); promise G05).
CREATE OR REPLACE FUNCTION houvast.disclose(who text, of_recipient text, categories text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.disclose(text, text, text[]) FROM PUBLIC

-- name: function_take_hook
-- A signed message of a service, kept until the worker has looked at its signature. One that came before is not kept twice, nor
-- one of a service that nobody waits for (promise G05).
CREATE OR REPLACE FUNCTION houvast.take_hook(of_system text, of_number text, sent bigint, of_signature text, of_body text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.take_hook(text, text, bigint, text, text) FROM PUBLIC

-- name: view_public_step
-- For the pages of the staff: what each system does for a request, without whom it is of (promise G05).
CREATE OR REPLACE VIEW houvast.public_step AS
SELECT s.id, s.request, s.system, s.what, s.state, s.found, s.changed, s.kept, s.remains, s.tries, s.next_at, s.error, s.opened_at, s.begun_at, s.done_at,
       coalesce(y.sort, '') AS sort, coalesce(y.label_nl, s.system) AS label_nl, coalesce(y.label_en, s.system) AS label_en
FROM houvast.step s LEFT JOIN houvast.system y ON y.name = s.system WHERE s.request IS NOT NULL;
COMMENT ON VIEW houvast.public_step IS 'What each system does for a request (promise G05)'
