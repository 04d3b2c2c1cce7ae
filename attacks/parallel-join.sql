-- attack: A parallel join to itself
-- tries: A hash that workers share holds hidden rows.
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
SELECT v.@cell@ FROM @table@ v JOIN @table@ w ON w.@cell@ = v.@cell@ WHERE @row_v@;
