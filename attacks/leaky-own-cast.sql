-- attack: A cast that tells what it is given
-- tries: A cast of one's own is called before the row policy.
-- family: leaky functions
-- promises: C01 C05
-- as: use, role
-- must: show nothing
-- refusals: 42P01 42883
-- control: the same
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE TYPE attic.box AS (said text);
CREATE FUNCTION attic.boxed(said text) RETURNS attic.box LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'saw %', said; RETURN ROW(said); END $$;
CREATE CAST (text AS attic.box) WITH FUNCTION attic.boxed(text);
SELECT count(*) FROM @table@ WHERE CAST(@cell@::text AS attic.box) IS NOT NULL;
-- clean
DROP SCHEMA attic CASCADE;
