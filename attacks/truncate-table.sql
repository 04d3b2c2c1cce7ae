-- attack: TRUNCATE of the base table
-- tries: TRUNCATE asks no row policy.
-- family: truncate
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
TRUNCATE @base@ CASCADE;
