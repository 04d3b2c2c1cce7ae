-- attack: TRUNCATE of the purpose's view
-- tries: TRUNCATE is tried on what the purpose may write.
-- family: truncate
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501 42809
-- control: a read
-- session a
BEGIN;
TRUNCATE @table@;
