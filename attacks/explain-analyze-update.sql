-- attack: EXPLAIN ANALYZE of an UPDATE
-- tries: EXPLAIN ANALYZE changes a hidden row and prints it.
-- family: explain
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 55000 0A000
-- control: a read
-- session a
BEGIN;
EXPLAIN (ANALYZE, VERBOSE) UPDATE @table@ SET @cell@ = @cell@ WHERE @row@ RETURNING @cell@;
ROLLBACK;
