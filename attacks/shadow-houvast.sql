-- attack: A function in Houvast's own schema
-- tries: A second open_use takes other arguments.
-- family: shadowing
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE FUNCTION houvast.open_use(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
