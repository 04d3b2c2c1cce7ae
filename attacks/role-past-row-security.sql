-- attack: A role is let past row security
-- tries: A role is let past row security.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
BEGIN;
ALTER ROLE CURRENT_USER BYPASSRLS;
