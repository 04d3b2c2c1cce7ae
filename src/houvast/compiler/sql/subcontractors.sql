-- name: table_subcontractor
-- The register of subcontractors: who, where, with which tool for transfers and until when, who approved, since when announced to
-- customers (promises C42, A25; GDPR art. 28, 44 to 46).
CREATE TABLE IF NOT EXISTS houvast.subcontractor (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL CHECK (name ~ '^[[:alnum:]][[:alnum:] .,&()''-]{1,99}$'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'), tool text NOT NULL CHECK (tool IN ('eea', 'adequacy', 'clauses', 'rules')),
    tool_from date NOT NULL, tool_until date NOT NULL, CHECK (tool_until > tool_from), recorded_by text NOT NULL, announced_on date,
    approved_by text, approved_at timestamptz, ended_at timestamptz, CHECK ((approved_by IS NULL) = (approved_at IS NULL)));
COMMENT ON TABLE houvast.subcontractor IS 'Subcontractors: country, transfer tool, approval, announcement (promise C42).';
ALTER TABLE houvast.staff ADD COLUMN IF NOT EXISTS subcontractor bigint REFERENCES houvast.subcontractor;
ALTER TABLE houvast.staff ADD COLUMN IF NOT EXISTS country text NOT NULL DEFAULT 'NL' CHECK (country ~ '^[A-Z]{2}$')

-- name: function_tool_covers
-- Whether a tool covers a transfer to a country: none is needed within the European Economic Area, a decision of adequacy exists for
-- some countries, contract clauses and binding rules can cover any (promise C42; GDPR art. 44 to 47).
CREATE OR REPLACE FUNCTION houvast.tool_covers(tool text, country text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE tool WHEN 'eea' THEN country = ANY ({eea}) WHEN 'adequacy' THEN country = ANY ({adequate}) ELSE tool IN ('clauses', 'rules') END
$$;
COMMENT ON FUNCTION houvast.tool_covers IS 'Whether a transfer tool covers a country (promise C42)';
REVOKE ALL ON FUNCTION houvast.tool_covers(text, text) FROM PUBLIC

-- name: function_kept_subcontractor
-- Approved by another than who recorded it, with a code; what was approved stays as it was approved. Announced on the day on which that
-- is written down: on an earlier day nobody was told here (promise C42).
CREATE OR REPLACE FUNCTION houvast.kept_subcontractor() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.approved_at IS NOT NULL
       AND (to_jsonb(OLD) - 'ended_at' IS DISTINCT FROM to_jsonb(NEW) - 'ended_at' OR OLD.ended_at IS NOT NULL) THEN
        PERFORM houvast.says_no('a subcontractor stays on record as approved', 'C42', 'End it, and record what is new as another.');
    ELSIF NOT houvast.tool_covers(NEW.tool, NEW.country) THEN
        PERFORM houvast.says_no('this tool does not cover transfers to that country', 'C42', 'Agree on contract clauses of the European Commission, or choose another subcontractor.');
    ELSIF NEW.announced_on > (clock_timestamp() AT TIME ZONE {zone})::date THEN
        PERFORM houvast.says_no('what was announced to customers was not announced in the future', 'C42', 'Record it on the day of the announcement.');
    ELSIF (TG_OP = 'INSERT' OR NEW.announced_on IS DISTINCT FROM OLD.announced_on) AND NEW.announced_on < (clock_timestamp() AT TIME ZONE {zone})::date THEN
        PERFORM houvast.says_no('an announcement to customers is not dated back', 'C42', 'Record it on the day of the announcement.');
    ELSIF NEW.approved_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.approved_at IS NULL) AND (TG_OP = 'INSERT' OR NOT houvast.is_confirmed('subcontractor ' || NEW.id, NEW.approved_by)
          OR NEW.announced_on IS NULL OR NEW.approved_by = NEW.recorded_by) THEN
        PERFORM houvast.says_no('a subcontractor is approved after it was announced, by another of the staff, with a code', 'C42', 'Announce it first; then another officer approves it with a code of their own.');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.kept_subcontractor() IS 'Keeps promise C42';
REVOKE ALL ON FUNCTION houvast.kept_subcontractor() FROM PUBLIC

-- name: function_may_help
-- Refuses when somebody may not help with diagnostic data now: of a subcontractor, when that is not approved, not long enough announced,
-- or its tool does not hold today; of our own staff, when they work outside the European Economic Area (promises C42, C47).
CREATE OR REPLACE FUNCTION houvast.may_help(member bigint, of_subcontractor bigint) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s houvast.staff;
    c houvast.subcontractor;
    today CONSTANT date := (clock_timestamp() AT TIME ZONE {zone})::date;
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
    ELSIF c.announced_on IS NULL OR (c.announced_on + interval {announced})::date > today THEN
        PERFORM houvast.says_no('this subcontractor was not announced to customers long enough ago', 'C42', 'Wait until the announced time is over.');
    ELSIF today NOT BETWEEN c.tool_from AND c.tool_until OR NOT houvast.tool_covers(c.tool, c.country) THEN
        PERFORM houvast.says_no('the transfer tool of this subcontractor does not hold today', 'C42', 'Renew it, and record it as another.');
    END IF;
END $$;
COMMENT ON FUNCTION houvast.may_help IS 'Who may help with diagnostic data now (promise C42)';
REVOKE ALL ON FUNCTION houvast.may_help(bigint, bigint) FROM PUBLIC

-- name: function_kept_grant
-- A grant is for one problem that is open, to one person who may help now (promises C42, C47).
CREATE OR REPLACE FUNCTION houvast.kept_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.kept_grant() FROM PUBLIC

-- name: function_tell_subcontractor
-- The register and each grant are told in the same transaction (promise C42).
CREATE OR REPLACE FUNCTION houvast.tell_subcontractor() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.tell_subcontractor() FROM PUBLIC
