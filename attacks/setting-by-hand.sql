-- attack: The token of a use is set by hand
-- tries: The token of a use is set by hand.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
SET backtrace_functions = @token@;
