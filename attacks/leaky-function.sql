-- attack: A cheap function that tells what it is given
-- tries: Where somebody may make functions, one that costs nothing is called before the row policy.
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
CREATE FUNCTION attic.leak(said text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'saw %', said; RETURN true; END $$;
SELECT count(*) FROM @table@ WHERE attic.leak(@cell@::text);
-- clean
DROP SCHEMA attic CASCADE;
