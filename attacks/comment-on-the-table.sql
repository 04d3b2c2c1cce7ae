-- attack: What only the owner may say of a table is changed
-- tries: What only the owner may say of a table is changed.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
COMMENT ON TABLE @base@ IS 'attacked';
