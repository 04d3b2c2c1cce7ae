-- attack: Operators of one's own first in the path
-- tries: An equals sign that always says yes stands before PostgreSQL's when a use is opened.
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
CREATE FUNCTION attic.yes(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR attic.= (FUNCTION = attic.yes, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR attic.<> (FUNCTION = attic.yes, LEFTARG = text, RIGHTARG = text);
SET search_path = attic, pg_catalog;
SELECT houvast.open_use('hv-no-such-purpose', 'houvast prove');
-- clean
DROP SCHEMA attic CASCADE;
