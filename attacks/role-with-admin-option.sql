-- attack: A purpose is given to somebody else
-- tries: A purpose is given to somebody else.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
BEGIN;
GRANT @reader@ TO houvast_people;
