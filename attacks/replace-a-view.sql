-- attack: The purpose's view is replaced by one without CASE and WHERE
-- tries: The purpose's view is replaced by one without CASE and WHERE.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
CREATE OR REPLACE VIEW @schema@.@table@ AS SELECT * FROM @base@;
