-- attack: The triggers that keep guards are switched off
-- tries: The triggers that keep guards are switched off.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
ALTER TABLE @base@ DISABLE TRIGGER ALL;
