-- attack: A large object as a file of the server
-- tries: lo_export writes a file for another program.
-- family: large objects
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
SELECT lo_export(1, '/tmp/hv-attack');
