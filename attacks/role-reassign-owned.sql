-- attack: The purpose's views become somebody's own
-- tries: The purpose's views become somebody's own.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
BEGIN;
REASSIGN OWNED BY @views@ TO CURRENT_USER;
