-- attack: A rule takes the place of the trigger that decides
-- tries: A rule takes the place of the trigger that decides.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
CREATE RULE hv_attack AS ON UPDATE TO @schema@.@table@ DO INSTEAD NOTHING;
