-- attack: The answers in the guard
-- tries: hv_guard tells where people stand for other purposes.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT hv_guard FROM @base@;
