-- attack: A table made like the base table
-- tries: LIKE copies columns, defaults and statistics.
-- family: references
-- promises: C01
-- as: use, role
-- must: be refused
-- refusals: 42501
-- control: a read
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE TABLE attic.child (LIKE @base@ INCLUDING ALL);
-- clean
DROP SCHEMA attic CASCADE;
