-- attack: Row security is no longer forced on the owner
-- tries: Row security is no longer forced on the owner.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
ALTER TABLE @base@ NO FORCE ROW LEVEL SECURITY;
