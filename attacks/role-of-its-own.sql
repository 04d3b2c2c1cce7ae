-- attack: A role is made that no map knows
-- tries: A role is made that no map knows.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
BEGIN;
CREATE ROLE hv_attack;
