-- attack: The right to set the token is given on
-- tries: The right to set the token is given on.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
BEGIN;
GRANT SET ON PARAMETER backtrace_functions TO PUBLIC;
