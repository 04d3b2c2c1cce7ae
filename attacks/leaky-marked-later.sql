-- attack: A function of PostgreSQL's marked leakproof
-- tries: Whoever marks LIKE as leakproof gets hidden values prefix by prefix.
-- family: leaky functions
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF;
