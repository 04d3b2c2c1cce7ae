-- attack: A temporary view of the same name
-- tries: A temporary view comes before the purpose's.
-- family: shadowing
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE TEMPORARY VIEW @table@ AS SELECT 1;
