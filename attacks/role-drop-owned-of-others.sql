-- attack: The policies and views of a purpose are dropped
-- tries: The policies and views of a purpose are dropped.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
BEGIN;
DROP OWNED BY @views@;
