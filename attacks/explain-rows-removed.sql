-- attack: The rows that a plan removed
-- tries: EXPLAIN ANALYZE counts the rows that an index found and the row policy took away: so a hidden key or address is known to be there.
-- family: explain
-- promises: C01
-- as: use
-- must: tell it
-- refusals: none
-- control: a read
-- residual: what a plan counts
-- session a
SET enable_seqscan = off;
DO $$ DECLARE plan json; BEGIN
EXECUTE $q$EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1 FROM @table@ WHERE @row@$q$ INTO plan;
PERFORM set_config('hv_attack.removed', (SELECT coalesce(sum(n::text::numeric), 0)::text FROM jsonb_path_query(plan::jsonb, '$.**."Rows Removed by Filter"') n), false);
END $$;
SELECT current_setting('hv_attack.removed');
