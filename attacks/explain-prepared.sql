-- attack: EXPLAIN ANALYZE of a prepared statement
-- tries: EXPLAIN EXECUTE runs a kept plan and prints what it met.
-- family: explain
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 26000
-- control: a read
-- session a
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXPLAIN (ANALYZE, VERBOSE) EXECUTE p;
DEALLOCATE p;
