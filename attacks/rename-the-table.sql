-- attack: A table under another name is known to no policy
-- tries: A table under another name is known to no policy.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
ALTER TABLE @base@ RENAME TO hv_attack;
