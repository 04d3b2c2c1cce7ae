-- attack: The planner's statistics
-- tries: pg_stats holds the most common values of hidden rows.
-- family: statistics
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname = @schema_name@ AND tablename = @table_name@;
