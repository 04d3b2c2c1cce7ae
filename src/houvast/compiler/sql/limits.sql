-- name: table_volume
-- How much one login may open for a purpose, version by version; what the one in force says counts. A use that a proof opens
-- is marked, and counts for nobody (promise C08).
CREATE TABLE IF NOT EXISTS houvast.volume (
    purpose int NOT NULL REFERENCES houvast.purpose, version int NOT NULL, counts text NOT NULL CHECK (counts IN ('people', 'uses')),
    most int NOT NULL CHECK (most > 0), per text NOT NULL CHECK (per IN ('hour', 'day', 'week')), warns int NOT NULL,
    span interval NOT NULL GENERATED ALWAYS AS (make_interval(hours => CASE per WHEN 'hour' THEN 1 WHEN 'day' THEN 24 ELSE 168 END)) STORED,
    PRIMARY KEY (purpose, version));
COMMENT ON TABLE houvast.volume IS 'How much one login may open for a purpose, and from how much on an officer is told (promise C08).';
ALTER TABLE houvast.use ADD COLUMN IF NOT EXISTS tried boolean NOT NULL DEFAULT false

-- name: table_turn
-- Whose turn it is to open a use that is counted: of one login and purpose, one at a time (promise C08).
CREATE TABLE IF NOT EXISTS houvast.turn (purpose int NOT NULL, login name NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (purpose, login));
COMMENT ON TABLE houvast.turn IS 'Who opened a use last that is counted; whoever opens the next one waits for it (promise C08).'

-- name: function_volume_of
-- What the version in force says of a purpose; NULL when it sets no limit (promise C08).
CREATE OR REPLACE FUNCTION houvast.volume_of(number int) RETURNS houvast.volume
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT v FROM houvast.volume v WHERE v.purpose = number
      AND v.version = (SELECT max(w.version) FROM houvast.version w WHERE w.effective <= clock_timestamp())
$$;
COMMENT ON FUNCTION houvast.volume_of IS 'What limits the uses of a purpose now (promise C08)';
REVOKE ALL ON FUNCTION houvast.volume_of(int) FROM PUBLIC

-- name: function_opened_lately
-- How many people, or how often, a login opened within the time of a limit. A person who was erased since counts once for each
-- use: nobody knows any more that they were one (promise C08).
CREATE OR REPLACE FUNCTION houvast.opened_lately(rule houvast.volume, login name) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.opened_lately(houvast.volume, name) FROM PUBLIC

-- name: function_use_limited
-- Counts a use against the limit of its purpose while it is written, by whatever statement; one more than the policy allows is
-- refused, unless an officer opened an emergency. Two at the same time wait for each other, so that neither is missed (promise C08).
CREATE OR REPLACE FUNCTION houvast.use_limited() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.use_limited() FROM PUBLIC
