-- attack: The token of a use is set for every session to come
-- tries: The token of a use is set for every session to come.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
BEGIN;
ALTER ROLE @login@ SET backtrace_functions = @token@;
