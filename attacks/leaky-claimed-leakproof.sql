-- attack: A function that claims to be leakproof
-- tries: A function marked LEAKPROOF may be called before the row policy.
-- family: leaky functions
-- promises: C01
-- as: use, role
-- must: be refused
-- refusals: 42501
-- control: a read
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE FUNCTION attic.leak(said text) RETURNS boolean LANGUAGE plpgsql LEAKPROOF COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'saw %', said; RETURN true; END $$;
-- clean
DROP SCHEMA attic CASCADE;
