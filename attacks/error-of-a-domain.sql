-- attack: The error of a domain of one's own
-- tries: A domain's check is evaluated with hidden values.
-- family: errors
-- promises: C01 C05
-- as: use, role
-- must: show nothing
-- refusals: 42P01 42883 42704
-- control: the same
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE FUNCTION attic.leak(said text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'saw %', said; RETURN true; END $$;
CREATE DOMAIN attic.told AS text CHECK (attic.leak(VALUE));
SELECT (@cell@::text)::attic.told FROM @table@;
-- clean
DROP SCHEMA attic CASCADE;
