-- attack: A trigger of Houvast's on a table of one's own
-- tries: What keeps the open cases is fired by a table that the attacker made, with a case in it for whoever they like.
-- family: ownership
-- promises: C05 C10
-- as: every
-- must: be refused
-- refusals: 42501 P0002 42P01 3F000
-- control: a read
-- session a
DO $$
DECLARE
    place text;
BEGIN
    SELECT p.oid::regprocedure::text INTO STRICT place FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'houvast'::regnamespace AND p.proname ^@ 'c_' LIMIT 1;
    EXECUTE 'CREATE TEMPORARY TABLE hv_cases (id bigint, account_id bigint, closed_at timestamptz)';
    EXECUTE 'CREATE TRIGGER hv_open AFTER INSERT ON hv_cases FOR EACH ROW EXECUTE FUNCTION ' || place;
    EXECUTE 'INSERT INTO hv_cases VALUES (-7, -7, NULL)';
END $$;
