-- name: table_visit_release
-- What was spent of the budget for reports of visits, before anything was looked at: what for, how much, of which days. What is spent
-- stays spent, whether a report came of it or not (promise C24).
CREATE TABLE IF NOT EXISTS houvast.visit_release (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, question text NOT NULL CHECK (length(question) BETWEEN 2 AND 2000),
    question_sha256 text NOT NULL, since date NOT NULL, until date NOT NULL CHECK (until BETWEEN since AND since + 366),
    rho bigint NOT NULL CHECK (rho > 0), delta bigint NOT NULL CHECK (delta > 0), pass bytea NOT NULL, paid_by text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS visit_release_at ON houvast.visit_release (at);
CREATE INDEX IF NOT EXISTS visit_release_question ON houvast.visit_release (question_sha256);
COMMENT ON TABLE houvast.visit_release IS 'What was spent of the budget for reports of visits: rho in millionths, delta in trillionths (promise C24).';

-- name: table_visit_report
-- What was published: the bytes, which are served from then on. Written once (promise C24).
CREATE TABLE IF NOT EXISTS houvast.visit_report (
    release bigint PRIMARY KEY REFERENCES houvast.visit_release, question_sha256 text NOT NULL UNIQUE,
    content bytea NOT NULL CHECK (octet_length(content) <= 33554432), sha256 text NOT NULL, rows int NOT NULL CHECK (rows >= 0), at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.visit_report IS 'Reports of visits as they were published (promise C24).';

-- name: function_report_left
-- How much rho (in millionths) and delta (in trillionths) may still be spent: of what may be released within the period, and of what
-- may ever be told of each of these days. The less counts (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_left(since date, until date, OUT rho bigint, OUT delta bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH lately AS (
        SELECT coalesce(sum(v.rho), 0) AS rho, coalesce(sum(v.delta), 0) AS delta FROM houvast.visit_release v WHERE v.at > clock_timestamp() - make_interval(days => {period})
    ), of_day AS (
        SELECT d.day, sum(v.rho) AS rho, sum(v.delta) AS delta FROM generate_series(report_left.since::timestamp, report_left.until::timestamp, interval '1 day') d (day)
        JOIN houvast.visit_release v ON d.day::date BETWEEN v.since AND v.until GROUP BY d.day)
    SELECT ({rho} - greatest(l.rho, coalesce((SELECT max(o.rho) FROM of_day o), 0)))::bigint, ({delta} - greatest(l.delta, coalesce((SELECT max(o.delta) FROM of_day o), 0)))::bigint FROM lately l
$$;
COMMENT ON FUNCTION houvast.report_left IS 'How much may still be released of visits (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_left(date, date) FROM PUBLIC

-- name: function_kept_release
-- Whoever spends: one after the other, of whole days that are over, not beyond what is left, not what is told already or being made
-- now. What was spent stays (promise C24).
CREATE OR REPLACE FUNCTION houvast.kept_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.kept_release() FROM PUBLIC

-- name: function_kept_report
-- A report is of a release of its own, made soon after it was paid for, says which one, and stays as it is (promise C24).
CREATE OR REPLACE FUNCTION houvast.kept_report() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.kept_report() FROM PUBLIC

-- name: function_tell_release
-- What is spent goes into the log in the same transaction, and so does what is published (promise C24).
CREATE OR REPLACE FUNCTION houvast.tell_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.tell_release() FROM PUBLIC

-- name: function_report_budget
-- What may be released within the period in all, what is spent, and what is left for these days (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_budget(since date, until date, OUT cap bigint, OUT cap_delta bigint, OUT spent bigint, OUT "left" bigint, OUT left_delta bigint, OUT days int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT {rho}, {delta}, (SELECT coalesce(sum(v.rho), 0)::bigint FROM houvast.visit_release v WHERE v.at > clock_timestamp() - make_interval(days => {period})),
        greatest(b.rho, 0), greatest(b.delta, 0), {period} FROM houvast.report_left(report_budget.since, report_budget.until) b
$$;
COMMENT ON FUNCTION houvast.report_budget IS 'What may be released of visits (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_budget(date, date) FROM PUBLIC

-- name: function_report_pay
-- An officer pays for a report, with a code that serves once; what comes back is shown once, and publishes it (promises C24, C38).
CREATE OR REPLACE FUNCTION houvast.report_pay(question text, rho bigint, delta bigint, by text, code text, OUT number bigint, OUT pass text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
REVOKE ALL ON FUNCTION houvast.report_pay(text, bigint, bigint, text, text) FROM PUBLIC

-- name: function_report_publish
-- Publishes what was paid for, once, by whoever holds what paying gave (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_publish(number bigint, pass text, content bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.visit_release v WHERE v.id = number AND v.pass = sha256(convert_to(report_publish.pass, 'UTF8')))
       OR EXISTS (SELECT FROM houvast.visit_report r WHERE r.release = number) THEN
        PERFORM houvast.says_no('this is not the report that was paid for', 'C24', 'Publish it with houvast visits release publish.');
    END IF;
    INSERT INTO houvast.visit_report (release, question_sha256, content, sha256, rows) VALUES (number, '', content, '', 0);
END $$;
COMMENT ON FUNCTION houvast.report_publish IS 'Publishes a report of visits, once (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_publish(bigint, text, bytea) FROM PUBLIC

-- name: function_report_list
-- What was published, newest first, or the one that answers a question (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_list(question text) RETURNS TABLE (number bigint, content bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.release, r.content FROM houvast.visit_report r
    WHERE report_list.question IS NULL OR r.question_sha256 = encode(sha256(convert_to(report_list.question, 'UTF8')), 'hex') ORDER BY r.release DESC
$$;
COMMENT ON FUNCTION houvast.report_list IS 'What was published of visits (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_list(text) FROM PUBLIC

-- name: function_report_read
-- A report as it was published (promise C24).
CREATE OR REPLACE FUNCTION houvast.report_read(number bigint) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.content FROM houvast.visit_report r WHERE r.release = report_read.number
$$;
COMMENT ON FUNCTION houvast.report_read IS 'A report of visits as it was published (promise C24)';
REVOKE ALL ON FUNCTION houvast.report_read(bigint) FROM PUBLIC
