-- attack: Statistics of expressions
-- tries: pg_stats_ext_exprs holds common values of hidden rows.
-- family: statistics
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
SELECT e.most_common_vals::text, x.most_common_vals::text FROM pg_stats_ext_exprs e FULL JOIN pg_stats_ext x USING (tablename) WHERE tablename = @table_name@;
