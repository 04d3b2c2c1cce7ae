-- attack: The token of a use is set by a function
-- tries: The token of a use is set by a function.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
SELECT set_config('backtrace_functions', @token@, false);
