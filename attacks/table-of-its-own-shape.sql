-- attack: What is seen is kept in a table that no objection reaches
-- tries: What is seen is kept in a table that no objection reaches.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
CREATE TABLE public.hv_attack AS SELECT * FROM @table@;
