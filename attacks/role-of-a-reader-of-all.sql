-- attack: A role of PostgreSQL's that reads everything is taken
-- tries: A role of PostgreSQL's that reads everything is taken.
-- family: roles
-- promises: C02 C38
-- as: every
-- must: be refused
-- refusals: 42501 42939 2BP01 0LP01 22023
-- control: a read
-- session a
SET ROLE pg_read_all_data;
