-- attack: PostgreSQL's own count of rows
-- tries: A session asks how many rows an index gave it in this transaction, whatever the policy took away.
-- family: explain
-- promises: C01
-- as: use
-- must: tell it
-- refusals: none
-- control: a read
-- residual: what a plan counts
-- session a
SET enable_seqscan = off;
BEGIN;
SELECT set_config('hv_attack.before', coalesce(idx_tup_fetch, 0)::text, true) FROM pg_stat_xact_user_tables WHERE schemaname = @schema_name@ AND relname = @table_name@;
SELECT count(*) FROM @table@ WHERE @row@;
SELECT coalesce(idx_tup_fetch, 0) - current_setting('hv_attack.before')::bigint FROM pg_stat_xact_user_tables WHERE schemaname = @schema_name@ AND relname = @table_name@;
