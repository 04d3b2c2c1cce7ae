-- name: table_incident
-- Security incidents: what is looked into, who said so, and until when at most. Whole addresses are seen in one alone (promise C23).
CREATE TABLE IF NOT EXISTS houvast.incident (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL CHECK (length(what) <= 500), days int NOT NULL, who text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL, ended_at timestamptz);
COMMENT ON TABLE houvast.incident IS 'Security incidents, in which alone whole addresses of visitors are seen (promise C23).'

-- name: table_visit_address
-- Whole addresses of visitors, apart from what is counted: a part for each day, which goes as one file (promises C23, A12).
CREATE TABLE IF NOT EXISTS houvast.visit_address (
    at timestamptz NOT NULL, site text NOT NULL CHECK (length(site) <= 100), address inet NOT NULL CHECK (masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END)
) PARTITION BY RANGE (at);
COMMENT ON TABLE houvast.visit_address IS 'Whole addresses of visitors, for security alone, while an incident is open, until their term (promise C23).'

-- name: table_visit_batch
-- Which batches are in, so that none is there twice; of what is gone nothing is left here either (promise C23).
CREATE TABLE IF NOT EXISTS houvast.visit_batch (batch text PRIMARY KEY CHECK (batch ~ '^[a-z0-9][a-z0-9.-]{0,99}$'), at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.visit_batch IS 'Batches of addresses that were taken in, each once (promise C23).'

-- name: function_addresses_since
-- From when on addresses are kept: what came before is read no more, whether or not anything has taken it away (promise C23).
CREATE OR REPLACE FUNCTION houvast.addresses_since() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (((statement_timestamp() AT TIME ZONE {zone})::date - {term})::date + 1)::timestamp AT TIME ZONE {zone}
$$;
COMMENT ON FUNCTION houvast.addresses_since() IS 'From when on whole addresses are kept (promise C23)';
REVOKE ALL ON FUNCTION houvast.addresses_since() FROM PUBLIC

-- name: function_incident_is_open
-- Whether this is the number of an incident that is open (promise C23).
CREATE OR REPLACE FUNCTION houvast.incident_is_open(number text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM houvast.incident i WHERE i.id::text = incident_is_open.number AND i.ended_at IS NULL AND i.until > statement_timestamp())
$$;
COMMENT ON FUNCTION houvast.incident_is_open(text) IS 'Whether an incident is open (promise C23)';
REVOKE ALL ON FUNCTION houvast.incident_is_open(text) FROM PUBLIC

-- name: function_incident_kept
-- An incident is opened by an officer with a code, for at most thirty days, with words that name nobody; it ends, and nothing else of
-- it changes (promise C23).
CREATE OR REPLACE FUNCTION houvast.incident_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    officer text;
BEGIN
    IF TG_OP NOT IN ('INSERT', 'UPDATE') THEN
        PERFORM houvast.says_no('an incident stays written down', 'C23', 'End it: houvast incident end NUMBER.');
    ELSIF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.what, NEW.days, NEW.who, NEW.opened_at, NEW.until) IS DISTINCT FROM (OLD.id, OLD.what, OLD.days, OLD.who, OLD.opened_at, OLD.until)
           OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN
            PERFORM houvast.says_no('what was written down of an incident stays as it was', 'C23', 'End it, and open another one.');
        END IF;
        IF NEW.ended_at IS NOT NULL THEN NEW.ended_at := coalesce(OLD.ended_at, clock_timestamp()); END IF;
        RETURN NEW;
    END IF;
    SELECT s.role || ' ' || s.id INTO officer FROM houvast.confirmed k JOIN houvast.staff s ON s.name = k.who AND s.ended_at IS NULL AND s.role = 'officer'
    WHERE k.xid = pg_current_xact_id_if_assigned() AND k.what = 'incident';
    IF officer IS NULL THEN
        PERFORM houvast.says_no('an incident is opened by an officer, with a code', 'C23', 'houvast incident open --what WHAT --by WHO --code CODE');
    ELSIF NEW.days NOT BETWEEN 1 AND 30 THEN
        PERFORM houvast.says_no('an incident is open for thirty days at most', 'C23', 'Say --days, from 1 to 30; when it takes longer, open another one.');
    ELSIF length(btrim(NEW.what)) < 10 OR houvast.personal_in(NEW.what) IS NOT NULL THEN
        PERFORM houvast.says_no('an incident is written down in words that name nobody', 'C23', 'Say in a few words what happens, without names and addresses.');
    END IF;
    NEW.who := officer;
    NEW.opened_at := clock_timestamp();
    NEW.until := NEW.opened_at + make_interval(days => NEW.days);
    NEW.ended_at := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.incident_kept() IS 'Keeps promise C23';
REVOKE ALL ON FUNCTION houvast.incident_kept() FROM PUBLIC

-- name: function_tell_incident
-- That one was opened, and that it ended, goes into the log, in the same transaction (promise C23).
CREATE OR REPLACE FUNCTION houvast.tell_incident() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number CONSTANT jsonb := jsonb_build_object('incident', NEW.id);
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM houvast.tell('incident_opened', 'C23', jsonb_build_object('days', NEW.days, 'role', split_part(NEW.who, ' ', 1)),
                             number || jsonb_build_object('reason', NEW.what), NULL, NULL);
    ELSIF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN
        PERFORM houvast.tell('incident_ended', 'C23', '{}', number, NULL, NULL);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_incident() IS 'Keeps promise C23';
REVOKE ALL ON FUNCTION houvast.tell_incident() FROM PUBLIC

-- name: function_incident_bounds
-- A use of whole addresses names an incident that is open, and lasts no longer than that (promise C23).
CREATE OR REPLACE FUNCTION houvast.incident_bounds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.purpose <> {number} THEN RETURN NEW; END IF;
    IF NOT houvast.incident_is_open(coalesce(NEW."case", '')) THEN
        RAISE EXCEPTION 'Houvast refuses: no such security incident is open (promise C23).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'An officer opens one: houvast incident open. Then name it: houvast.open_use(PURPOSE, REASON, "case" => NUMBER).';
    END IF;
    NEW.until := least(NEW.until, (SELECT i.until FROM houvast.incident i WHERE i.id::text = NEW."case"));
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.incident_bounds() IS 'Keeps promise C23';
REVOKE ALL ON FUNCTION houvast.incident_bounds() FROM PUBLIC

-- name: function_open_incident
-- An officer opens a security incident with a code; its number (promise C23).
CREATE OR REPLACE FUNCTION houvast.open_incident(what text, by text, code text, days int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF length(open_incident.what) > 500 THEN  -- the constraint of the table would say in its error what was written
        PERFORM houvast.says_no('a reason has at most 500 characters', 'C23', 'Write it shorter.');
    END IF;
    PERFORM houvast.confirm(by, code, 'incident');
    INSERT INTO houvast.incident (what, days, who, until) VALUES ($1, $4, '', clock_timestamp()) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.open_incident(text, text, text, int) IS 'An officer opens a security incident (promise C23)';
REVOKE ALL ON FUNCTION houvast.open_incident(text, text, text, int) FROM PUBLIC

-- name: function_end_incident
-- One of the staff ends an incident: from then on no address is seen in it (promise C23).
CREATE OR REPLACE FUNCTION houvast.end_incident(number bigint, by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.staff_now(by);
    UPDATE houvast.incident i SET ended_at = clock_timestamp() WHERE i.id = number;
    IF NOT FOUND THEN
        PERFORM houvast.says_no('there is no such incident', 'C23', 'houvast incident list names them.');
    END IF;
END $$;
COMMENT ON FUNCTION houvast.end_incident(bigint, text) IS 'A security incident ends (promise C23)';
REVOKE ALL ON FUNCTION houvast.end_incident(bigint, text) FROM PUBLIC

-- name: function_keep_addresses
-- For the login that writes: a batch begins, once. Of each of its days (of the regime's zone) the part to copy rows into, made when it is
-- not there; none of a day that is past its term, or to come; none at all when the batch is in already (promise C23).
CREATE OR REPLACE FUNCTION houvast.keep_addresses(batch text, days date[]) RETURNS TABLE (day date, place name)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO houvast.visit_batch (batch) VALUES (keep_addresses.batch) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('houvast.visit_address', 0));
    FOR day IN SELECT DISTINCT d FROM unnest(days) d
        WHERE d BETWEEN (houvast.addresses_since() AT TIME ZONE {zone})::date AND (statement_timestamp() AT TIME ZONE {zone})::date + 1 ORDER BY 1
    LOOP
        place := 'visit_address_' || to_char(day, 'YYYYMMDD');
        IF to_regclass('houvast.' || place) IS NULL THEN
            EXECUTE format('CREATE TABLE houvast.%I (LIKE houvast.visit_address INCLUDING CONSTRAINTS)', place);
            EXECUTE format('ALTER TABLE houvast.visit_address ATTACH PARTITION houvast.%I FOR VALUES FROM (%L) TO (%L)', place,
                           day::timestamp AT TIME ZONE {zone}, (day + 1)::timestamp AT TIME ZONE {zone});
            EXECUTE format('GRANT INSERT ON houvast.%I TO houvast_visits', place);
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION houvast.keep_addresses(text, date[]) IS 'A batch of whole addresses begins, once (promise C23)';
REVOKE ALL ON FUNCTION houvast.keep_addresses(text, date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.keep_addresses(text, date[]) TO houvast_visits

-- name: function_sweep_addresses
-- Take away the days that are past their term, each as one file; how many (promises C23, A12).
CREATE OR REPLACE FUNCTION houvast.sweep_addresses() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first CONSTANT text := 'visit_address_' || to_char(houvast.addresses_since() AT TIME ZONE {zone}, 'YYYYMMDD');
    place name;
    gone int := 0;
BEGIN
    FOR place IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                 WHERE i.inhparent = 'houvast.visit_address'::regclass AND c.relname < first ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE houvast.%I', place);
        gone := gone + 1;
    END LOOP;
    DELETE FROM houvast.visit_batch b WHERE b.at < houvast.addresses_since() - interval '2 days';
    IF gone > 0 THEN PERFORM houvast.tell('addresses_dropped', 'C23', jsonb_build_object('count', gone), '{}', NULL, NULL); END IF;
    RETURN gone;
END $$;
COMMENT ON FUNCTION houvast.sweep_addresses() IS 'Whole addresses past their term go (promise C23)';
REVOKE ALL ON FUNCTION houvast.sweep_addresses() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION houvast.sweep_addresses() TO houvast_visits
