-- attack: The list of locks
-- tries: pg_locks tells which rows others hold.
-- family: advisory locks
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session b
BEGIN;
SELECT 1 FROM @table@ WHERE @row@;
-- session a
SELECT * FROM pg_locks;
