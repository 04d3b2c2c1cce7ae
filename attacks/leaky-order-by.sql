-- attack: A function in ORDER BY
-- tries: Sorting calls a function with hidden rows.
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
SELECT 1 FROM @table@ ORDER BY attic.leak(@cell@::text);
-- clean
DROP SCHEMA attic CASCADE;
