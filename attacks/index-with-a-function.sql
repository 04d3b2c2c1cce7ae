-- attack: An index is built over every row
-- tries: An index is built over every row.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
CREATE INDEX hv_attack ON @base@ ((@cell@::text));
