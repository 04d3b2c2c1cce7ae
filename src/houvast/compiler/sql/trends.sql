-- name: function_ask_trends
-- Records which questions about visits one of the staff asks, for which purpose and with which smallest group, each as a use; before
-- any visit is looked at. An administrator asks in nobody's name (promises C02, C21).
CREATE OR REPLACE FUNCTION houvast.ask_trends(purpose text, questions text[], smallest int, by text) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s houvast.staff;
    made bigint[];
BEGIN
    IF by IS NOT NULL OR session_user = 'houvast_web' THEN
        s := houvast.staff_as(by, 'officer', 'support', 'finance', 'auditor');
    END IF;
    IF (ask_trends.purpose = ANY ({purposes})) IS NOT TRUE THEN
        PERFORM houvast.says_no('trends of visits are for what the policy counts visits for, and for nothing else', 'C21', 'Name a purpose that the policy gives totals of visits.');
    ELSIF smallest IS NULL OR smallest < {group} THEN
        PERFORM houvast.says_no('no group of visitors as small as that is shown', 'C21', 'Ask for groups of as many as the policy says, or more.');
    ELSIF coalesce(cardinality(questions), 0) NOT BETWEEN 1 AND 20
       OR EXISTS (SELECT FROM unnest(questions) q WHERE (length(q) <= 300 AND q ~ '^[A-Za-z0-9 .,_-]+$') IS NOT TRUE) THEN
        PERFORM houvast.says_no('a question about visits is written down in plain words', 'C02', 'Ask with columns and values of the closed lists.');
    END IF;
    WITH told AS (
        INSERT INTO houvast.use (staff, login, purpose, reason, until, ended_at)
        SELECT coalesce(s.role || ' ' || s.id, ''), session_user, p.number, q || '; groups of ' || smallest || ' or more', clock_timestamp(), clock_timestamp()
        FROM unnest(questions) WITH ORDINALITY AS asked(q, place) JOIN houvast.purpose p ON p.name = ask_trends.purpose AND p.live ORDER BY place
        RETURNING id)
    SELECT array_agg(id ORDER BY id) INTO made FROM told;
    IF made IS NULL THEN
        PERFORM houvast.says_no('trends of visits are for what the policy counts visits for, and for nothing else', 'C21', 'Name a purpose that the policy gives totals of visits.');
    END IF;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.ask_trends IS 'Records each question about visits as a use (promise C02)';
REVOKE ALL ON FUNCTION houvast.ask_trends(text, text[], int, text) FROM PUBLIC
