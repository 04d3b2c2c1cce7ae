-- attack: A side effect behind a comparison
-- tries: PostgreSQL compares a hidden row with a guess before it asks the row policy, and goes on to what the next condition does.
-- family: differencing
-- promises: C01
-- as: use
-- must: tell it
-- refusals: none
-- control: a read
-- residual: what a plan counts
-- session a
SELECT set_config('hv_attack.hit', 'no', false);
SELECT 1 FROM @table@ v WHERE @row_v@ AND v.@cell@ >= left(@secret@, 8) AND set_config('hv_attack.hit', 'yes', false) IS NOT NULL;
SELECT current_setting('hv_attack.hit');
