-- attack: A function in a parallel scan
-- tries: A function marked safe for workers is called below the policy.
-- family: parallel plans
-- promises: C01 C05
-- as: use, role
-- must: show nothing
-- refusals: 42P01 42883
-- control: the same
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION attic.leak(said text) RETURNS boolean LANGUAGE plpgsql PARALLEL SAFE COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'saw %', said; RETURN true; END $$;
SELECT count(*) FROM @table@ WHERE attic.leak(@cell@::text);
-- clean
DROP SCHEMA attic CASCADE;
