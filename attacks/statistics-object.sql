-- attack: Extended statistics keep common values of hidden rows
-- tries: Extended statistics keep common values of hidden rows.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
CREATE STATISTICS hv_attack ON @cell@, (@cell@ || 'x') FROM @base@;
