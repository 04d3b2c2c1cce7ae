-- name: table_shown
-- A copy as it will go out, and beside it what was taken out: the worker makes it for one of the staff who asked with a reason. It
-- lies here for fifteen minutes, and never in the write-ahead log or on a standby (promise C33).
CREATE UNLOGGED TABLE IF NOT EXISTS houvast.shown (
    use bigint PRIMARY KEY REFERENCES houvast.use ON DELETE CASCADE, request bigint NOT NULL REFERENCES houvast.request ON DELETE CASCADE,
    language text NOT NULL CHECK (language IN ('nl', 'en')), asked_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL,
    tries int NOT NULL DEFAULT 0, failed boolean NOT NULL DEFAULT false, made_at timestamptz);
COMMENT ON TABLE houvast.shown IS 'Copies that one of the staff asked to see before they go out; nobody but its keeper reads it (promise C33).';

-- name: table_shown_row
-- The rows of such a copy. `cells`: of each column its text in pieces, with the places that go (promise C33).
CREATE UNLOGGED TABLE IF NOT EXISTS houvast.shown_row (
    use bigint REFERENCES houvast.shown ON DELETE CASCADE, place int, "table" text NOT NULL, key text NOT NULL, marked boolean NOT NULL,
    cells jsonb NOT NULL, PRIMARY KEY (use, place));
COMMENT ON TABLE houvast.shown_row IS 'The rows of copies that are shown, for fifteen minutes; nobody but its keeper reads it (promise C33).';

-- name: table_judged
-- What the staff judged of a copy: a passage that goes too, or one that the rules took and that stays. The place, and a keyed digest
-- of the text it is in, so that a text that has changed is noticed; never the text (promise C33). `part` -1: the whole value.
CREATE TABLE IF NOT EXISTS houvast.judged (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request bigint NOT NULL REFERENCES houvast.request ON DELETE CASCADE,
    use bigint REFERENCES houvast.use ON DELETE SET NULL, "table" text NOT NULL, "column" text NOT NULL, key text NOT NULL, part int NOT NULL,
    "begin" int NOT NULL, "end" int NOT NULL, digest bytea NOT NULL, takes boolean NOT NULL, rule text NOT NULL, reason text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(), CONSTRAINT judged_place UNIQUE (request, "table", "column", key, part, "begin", "end", takes));
COMMENT ON TABLE houvast.judged IS 'What the staff judged of copies, by place; nobody but its keeper reads it (promise C33).';

-- name: function_passage_hash
-- HMAC-SHA-256 of a text, with the key that never leaves this database (promise C33).
CREATE OR REPLACE FUNCTION houvast.passage_hash(said text) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(o.secret || decode(repeat('5c', 32), 'hex') || sha256(i.secret || decode(repeat('36', 32), 'hex') || convert_to('passage:' || said, 'UTF8')))
    FROM houvast.secret i, houvast.secret o
    WHERE i.kind = 'houvast' AND i.key = 'suppression inside' AND o.kind = 'houvast' AND o.key = 'suppression outside'
$$;
COMMENT ON FUNCTION houvast.passage_hash IS 'The keyed digest of a text (promise C33)';
REVOKE ALL ON FUNCTION houvast.passage_hash(text) FROM PUBLIC

-- name: function_ask_shown
-- Has the copy of a request shown to one of the staff, with a reason: a use for that person, whose number is given back. It serves
-- for fifteen minutes, for whoever asked (promises C02, C33).
CREATE OR REPLACE FUNCTION houvast.ask_shown(number bigint, reason text, by text, language text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.ask_shown(bigint, text, text, text) FROM PUBLIC

-- name: function_shown_to
-- The copy that is shown under a use, to the login and the one of the staff who asked, once that use has committed, for as long as it
-- lasts and the request is open (promise C02).
CREATE OR REPLACE FUNCTION houvast.shown_to(use_id bigint, by text) RETURNS houvast.shown
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.shown_to(bigint, text) FROM PUBLIC

-- name: function_shown_stands
-- How a copy that is shown stands: of which request, whether it was made, how many rows it has, in how many something goes (promise C33).
CREATE OR REPLACE FUNCTION houvast.shown_stands(use_id bigint, by text) RETURNS TABLE (request bigint, until timestamptz, made boolean, failed boolean,
    "rows" bigint, marked bigint) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.request, s.until, s.made_at IS NOT NULL, s.failed, (SELECT count(*) FROM houvast.shown_row r WHERE r.use = s.use),
        (SELECT count(*) FROM houvast.shown_row r WHERE r.use = s.use AND r.marked) FROM houvast.shown_to(use_id, by) s
$$;
COMMENT ON FUNCTION houvast.shown_stands IS 'How a copy that is shown stands (promise C33)';
REVOKE ALL ON FUNCTION houvast.shown_stands(bigint, text) FROM PUBLIC

-- name: function_read_shown
-- The next twenty-five rows of a copy that is shown, or of those in which something goes (promise C33).
CREATE OR REPLACE FUNCTION houvast.read_shown(use_id bigint, by text, past int, only_marked boolean) RETURNS TABLE (place int, "table" text, has_key boolean,
    cells jsonb) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.place, r."table", r.key <> '[]', r.cells FROM houvast.shown_to(use_id, by) s JOIN houvast.shown_row r ON r.use = s.use
    WHERE s.made_at IS NOT NULL AND r.place > past AND (r.marked OR NOT only_marked) ORDER BY r.place LIMIT 25
$$;
COMMENT ON FUNCTION houvast.read_shown IS 'Rows of a copy that is shown (promise C33)';
REVOKE ALL ON FUNCTION houvast.read_shown(bigint, text, int, boolean) FROM PUBLIC

-- name: function_read_judged
-- What was judged of copies of the person whose copy is shown (promise C33).
CREATE OR REPLACE FUNCTION houvast.read_judged(use_id bigint, by text) RETURNS TABLE (id bigint, request bigint, "table" text, "column" text, takes boolean,
    rule text, reason text, since timestamptz) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.id, j.request, j."table", j."column", j.takes, j.rule, j.reason, j.since FROM houvast.shown_to(use_id, by) s
    JOIN houvast.request o ON o.id = s.request JOIN houvast.request q ON q.kind = o.kind AND q.key = o.key JOIN houvast.judged j ON j.request = q.id
    WHERE j.takes OR q.closed_at IS NULL ORDER BY j.id
$$;
COMMENT ON FUNCTION houvast.read_judged IS 'What was judged of copies of a person (promise C33)';
REVOKE ALL ON FUNCTION houvast.read_judged(bigint, text) FROM PUBLIC

-- name: function_shown_again
-- After something was judged: it is told, and what is shown is made again (promise C33).
CREATE OR REPLACE FUNCTION houvast.shown_again(s houvast.shown, change text, rule text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('copy_judged', 'C33', jsonb_build_object('right', q."right", 'change', shown_again.change, 'rule', shown_again.rule),
        jsonb_build_object('request', q.id), q.kind, q.key) FROM houvast.request q WHERE q.id = s.request;
    DELETE FROM houvast.shown_row r WHERE r.use = s.use;
    UPDATE houvast.shown h SET made_at = NULL, tries = 0, failed = false, asked_at = clock_timestamp() WHERE h.use = s.use;
END $$;
COMMENT ON FUNCTION houvast.shown_again IS 'Tells what was judged of a copy, and has it made again (promise C33)';
REVOKE ALL ON FUNCTION houvast.shown_again(houvast.shown, text, text) FROM PUBLIC

-- name: function_take_out
-- One of the staff takes words out of one value of a copy, wherever they stand in it, for they concern somebody else (GDPR art.
-- 15(4)); in how many places. A value that is no text goes as a whole (promise C33).
CREATE OR REPLACE FUNCTION houvast.take_out(use_id bigint, by text, place int, "column" text, words text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.take_out(bigint, text, int, text, text) FROM PUBLIC

-- name: function_let_stand
-- One of the staff lets stand what the rules took out of one value of a copy, with a reason (promise C33). `part`, `begin`: the place
-- as it is shown; -1 and 0 for the whole value.
CREATE OR REPLACE FUNCTION houvast.let_stand(use_id bigint, by text, place int, "column" text, part int, "begin" int, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.let_stand(bigint, text, int, text, int, int, text) FROM PUBLIC

-- name: function_take_back
-- One of the staff takes back what was judged of a copy of the person whose copy is shown (promise C33).
CREATE OR REPLACE FUNCTION houvast.take_back(use_id bigint, by text, number bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.take_back(bigint, text, bigint) FROM PUBLIC

-- name: function_sweep_shown
-- For the worker: copies that were shown and have had their time go, and so do those of requests that have ended; whether the disk is to
-- be cleaned of them (promise C33).
CREATE OR REPLACE FUNCTION houvast.sweep_shown() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM houvast.shown s USING houvast.request q WHERE q.id = s.request AND (s.until <= clock_timestamp() OR q.closed_at IS NOT NULL);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone > 0 OR pg_relation_size('houvast.shown_row') > 0 AND NOT EXISTS (SELECT FROM houvast.shown_row);
END $$;
COMMENT ON FUNCTION houvast.sweep_shown IS 'Takes away copies that were shown (promise C33)';
REVOKE ALL ON FUNCTION houvast.sweep_shown() FROM PUBLIC
