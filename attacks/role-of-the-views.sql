-- attack: The role that owns the purpose's views is taken
-- tries: The role that owns the purpose's views is taken.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
SET ROLE @views@;
