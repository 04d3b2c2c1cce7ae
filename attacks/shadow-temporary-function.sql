-- attack: A temporary function
-- tries: A temporary function is called by a function without a fixed path.
-- family: shadowing
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 3F000
-- control: a read
-- session a
BEGIN;
CREATE FUNCTION pg_temp.set_token(text, bigint) RETURNS void LANGUAGE sql AS 'SELECT NULL';
