-- attack: A plan that a function keeps across an objection
-- tries: A function of one's own keeps its plan after somebody objects.
-- family: prepared statements
-- promises: C01 C13
-- as: use
-- must: show nothing
-- refusals: none
-- control: the same
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE FUNCTION attic.kept() RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT @cell@::text FROM @table@ WHERE @row@; END $$;
SELECT attic.kept();
SELECT attic.kept();
-- the person objects
-- session a
SELECT attic.kept();
-- clean
DROP SCHEMA attic CASCADE;
