-- name: tell_use
-- A use that is recorded, and its end, go into the log in the same transaction; by whatever statement the register is
-- written (promise C02).
CREATE OR REPLACE FUNCTION houvast.instant(at timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
CREATE OR REPLACE FUNCTION houvast.tell_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.instant(timestamptz), houvast.tell_use() FROM PUBLIC;

-- name: telling_uses
-- From here on every use has its entry: the lock of the trigger lets no use slip in between (promise C02).
CREATE OR REPLACE TRIGGER hv_tell_use AFTER INSERT ON houvast.use FOR EACH ROW EXECUTE FUNCTION houvast.tell_use();
CREATE OR REPLACE TRIGGER hv_tell_use_ended AFTER UPDATE ON houvast.use FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION houvast.tell_use();
ALTER TABLE houvast.use ENABLE ALWAYS TRIGGER hv_tell_use;
ALTER TABLE houvast.use ENABLE ALWAYS TRIGGER hv_tell_use_ended;
COMMENT ON TRIGGER hv_tell_use ON houvast.use IS 'Keeps promise C02';
COMMENT ON TRIGGER hv_tell_use_ended ON houvast.use IS 'Keeps promise C02';
INSERT INTO houvast.setting SELECT 'uses before the log', coalesce(max(id), 0)::text FROM houvast.use ON CONFLICT DO NOTHING;
INSERT INTO houvast.setting VALUES ('log since', houvast.instant(clock_timestamp())) ON CONFLICT DO NOTHING;

-- name: is_filling
-- Whether apply fills what was there before: that is told as one event, that a policy was applied. Anybody may set the
-- setting, but only a superuser's session counts, which could as well take the triggers away (promise C13).
CREATE OR REPLACE FUNCTION houvast.is_filling() RETURNS boolean LANGUAGE sql STABLE
RETURN current_setting('houvast.filling', true) = 'yes' AND (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = session_user);
REVOKE ALL ON FUNCTION houvast.is_filling() FROM PUBLIC;
