-- attack: An event trigger
-- tries: A function is called at every change by a superuser, with their rights.
-- family: event triggers
-- promises: C38
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE EVENT TRIGGER hv_attack ON ddl_command_end EXECUTE FUNCTION hv_attack();
