-- attack: A table of the same name first in the path
-- tries: A table of one's own with the name of the guarded one takes its place in Houvast's functions.
-- family: search path
-- promises: C02
-- as: use, role
-- must: be refused
-- refusals: 42501
-- control: a read
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE TABLE attic.purpose (number int, name text, role name, path text, kind text, one text, subject text, promise text, instead text, live boolean, own name);
SET search_path = attic, pg_catalog;
SELECT houvast.record_use('hv-no-such-purpose', 'houvast prove', NULL, NULL);
-- clean
DROP SCHEMA attic CASCADE;
