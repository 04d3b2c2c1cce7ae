-- attack: A membership is given to oneself
-- tries: A membership is given to oneself.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
BEGIN;
GRANT @views@ TO CURRENT_USER;
