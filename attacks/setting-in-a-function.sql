-- attack: A token in a function's SET clause
-- tries: A function of one's own brings the token along.
-- family: settings
-- promises: C02
-- as: use, role
-- must: be refused
-- refusals: 42501
-- control: a read
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE FUNCTION attic.forged() RETURNS int LANGUAGE sql SET backtrace_functions = @token@ AS 'SELECT 1';
-- clean
DROP SCHEMA attic CASCADE;
