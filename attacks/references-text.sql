-- attack: A table that refers to the base table
-- tries: A foreign key of one's own tells which keys there are.
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
CREATE TABLE attic.child (k text REFERENCES @base@);
-- clean
DROP SCHEMA attic CASCADE;
