-- attack: A temporary table of the same name
-- tries: A temporary table comes before every schema in the path.
-- family: shadowing
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE TEMPORARY TABLE @table@ (said text);
