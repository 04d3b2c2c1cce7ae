-- attack: A view is made in the purpose's own schema
-- tries: A view is made in the purpose's own schema.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
CREATE VIEW @schema@.hv_attack AS SELECT * FROM @base@;
