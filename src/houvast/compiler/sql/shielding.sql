-- name: table_flagged
-- Where in free text something stands that must not lie open: which row and column, what kinds, and what one of the staff decided.
-- Never the text itself (promise G16).
CREATE TABLE IF NOT EXISTS houvast.flagged (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, relation text NOT NULL, "column" text NOT NULL, row_key text NOT NULL, kinds text[] NOT NULL,
    found_at timestamptz NOT NULL DEFAULT clock_timestamp(), state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'redacted', 'removed')),
    ground text NOT NULL DEFAULT '' CHECK (ground IN ('', 'consent', 'vital', 'public', 'claims', 'law', 'mistaken')),
    decided_at timestamptz, decided_by text NOT NULL DEFAULT '', UNIQUE (relation, row_key, "column"), CHECK ((state = 'open') = (decided_at IS NULL)));
COMMENT ON TABLE houvast.flagged IS 'Free text that is flagged, and what was decided of it; never the text (promise G16).';

-- name: function_flagged_kept
-- Whoever writes a flag: it begins undecided. Text is let be read on a ground of the law alone, by an officer with a code in the same
-- transaction, who looked at it in the last hour; taking the words out, or all of it, is decided once (promise G16).
CREATE OR REPLACE FUNCTION houvast.flagged_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.flagged_kept() FROM PUBLIC

-- name: function_tell_flagged
-- That a text was flagged, and what was decided of it, is told; never what it says (promise G16).
CREATE OR REPLACE FUNCTION houvast.tell_flagged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    PERFORM houvast.tell('text_flagged', 'G16', jsonb_build_object('table', NEW.relation, 'column', NEW."column", 'state', NEW.state, 'ground', NEW.ground),
        jsonb_build_object('flag', NEW.id, 'row', NEW.row_key), NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_flagged() IS 'Keeps promise G16';
REVOKE ALL ON FUNCTION houvast.tell_flagged() FROM PUBLIC

-- name: view_public_flagged
-- What is flagged, for the desk: where, what kinds, since when, and what was decided; never the text (promise G16).
DROP VIEW IF EXISTS houvast.public_flagged;
CREATE VIEW houvast.public_flagged AS SELECT f.id, f.relation, f."column", f.kinds, f.found_at, f.state, f.ground, f.decided_at, f.decided_by FROM houvast.flagged f;
COMMENT ON VIEW houvast.public_flagged IS 'What is flagged; never the text (promise G16)'

-- name: function_open_flagged
-- Records that one of the staff looks at a flagged text, of whose row; `read_flagged` shows it once this has committed (promises C02, G16).
CREATE OR REPLACE FUNCTION houvast.open_flagged(number bigint, reason text, by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.open_flagged(bigint, text, text) FROM PUBLIC

-- name: function_read_flagged
-- A flagged text, for the login whose look at it `open_flagged` recorded and committed in the last minutes (promises C02, G16).
CREATE OR REPLACE FUNCTION houvast.read_flagged(use_id bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.read_flagged(bigint) FROM PUBLIC

-- name: function_decide_flagged
-- An officer decides, with one code, what becomes of flagged texts: they stay on a ground (`kept`), the words in them are taken out
-- (`redacted`), or all of them (`removed`); all of these numbers or none (promise G16).
CREATE OR REPLACE FUNCTION houvast.decide_flagged(numbers bigint[], decision text, ground text, by text, code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.decide_flagged(bigint[], text, text, text, text) FROM PUBLIC
