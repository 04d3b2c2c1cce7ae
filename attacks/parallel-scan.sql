-- attack: A parallel scan
-- tries: A worker does not know the token of its leader, or takes everything for permitted.
-- family: parallel plans
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT @cell@ FROM @table@ WHERE @row@;
