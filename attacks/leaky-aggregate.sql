-- attack: An aggregate that tells what it is given
-- tries: An aggregate of one's own is fed with hidden rows.
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
CREATE FUNCTION attic.spied(n int, said text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'saw %', said; RETURN n + 1; END $$;
CREATE AGGREGATE attic.spy(text) (SFUNC = attic.spied, STYPE = int, INITCOND = '0');
SELECT attic.spy(@cell@::text) FROM @table@;
-- clean
DROP SCHEMA attic CASCADE;
