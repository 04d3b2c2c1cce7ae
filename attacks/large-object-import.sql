-- attack: A file of the server as a large object
-- tries: lo_import reads a file of PostgreSQL.
-- family: large objects
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
SELECT lo_import('/etc/passwd');
