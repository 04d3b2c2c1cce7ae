-- attack: The token of a use is set for the whole database
-- tries: The token of a use is set for the whole database.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
BEGIN;
ALTER DATABASE @database@ SET backtrace_functions = @token@;
