-- attack: EXPLAIN ANALYZE of a read
-- tries: A plan prints values of the rows that it met.
-- family: explain
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
EXPLAIN (ANALYZE, VERBOSE, BUFFERS) SELECT @cell@ FROM @table@ WHERE @row@;
