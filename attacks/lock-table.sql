-- attack: LOCK TABLE of the base table
-- tries: A lock on the whole table keeps everybody waiting.
-- family: advisory locks
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
LOCK TABLE @base@ IN ACCESS EXCLUSIVE MODE NOWAIT;
