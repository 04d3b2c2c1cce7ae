-- attack: Row security is switched off
-- tries: Row security is switched off.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
ALTER TABLE @base@ DISABLE ROW LEVEL SECURITY;
