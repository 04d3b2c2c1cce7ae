-- attack: A table that inherits from the base table
-- tries: A child of one's own is scanned with its parent.
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
CREATE TABLE attic.child () INHERITS (@base@);
-- clean
DROP SCHEMA attic CASCADE;
