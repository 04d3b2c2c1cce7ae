-- attack: An operator that tells what it is given
-- tries: An operator of one's own is called before the row policy.
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
CREATE FUNCTION attic.leak(said text, other text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'saw %', said; RETURN true; END $$;
CREATE OPERATOR attic.<<<< (FUNCTION = attic.leak, LEFTARG = text, RIGHTARG = text);
SELECT count(*) FROM @table@ WHERE @cell@::text OPERATOR(attic.<<<<) 'x';
-- clean
DROP SCHEMA attic CASCADE;
