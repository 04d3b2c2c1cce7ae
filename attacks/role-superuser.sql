-- attack: A role makes itself a superuser
-- tries: A role makes itself a superuser.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
BEGIN;
ALTER ROLE CURRENT_USER SUPERUSER;
