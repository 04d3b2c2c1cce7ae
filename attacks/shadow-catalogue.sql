-- attack: A function in PostgreSQL's own schema
-- tries: A function in pg_catalog comes before everything.
-- family: shadowing
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE FUNCTION pg_catalog.hv_attack() RETURNS int LANGUAGE sql AS 'SELECT 1';
