-- attack: Functions of one's own first in the path
-- tries: current_setting and pg_has_role of one's own stand before PostgreSQL's when a policy asks.
-- family: search path
-- promises: C01 C02
-- as: use, role
-- must: show nothing
-- refusals: none
-- control: the same
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE FUNCTION attic.current_setting(text) RETURNS text LANGUAGE sql STABLE AS $q$SELECT @token@$q$;
CREATE FUNCTION attic.pg_has_role(name, text, text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
SET search_path = attic, @schema@, public, pg_catalog;
SELECT @cell@ FROM @table@ WHERE @row@;
-- clean
DROP SCHEMA attic CASCADE;
