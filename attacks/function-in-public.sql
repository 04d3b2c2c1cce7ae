-- attack: A function beside the application's
-- tries: A function in schema public is called by others.
-- family: objects of others
-- promises: C38
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE FUNCTION public.hv_attack() RETURNS int LANGUAGE sql AS 'SELECT 1';
