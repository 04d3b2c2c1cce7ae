-- attack: The same with no use open
-- tries: A guess at a row is confirmed without a recorded use.
-- family: differencing
-- promises: C01 C02
-- as: role, no use, nobody, people
-- must: tell nothing
-- refusals: none
-- control: a read
-- session a
SELECT set_config('hv_attack.hit', 'no', false);
SELECT 1 FROM @table@ v WHERE @row_v@ AND v.@cell@ >= left(@secret@, 8) AND set_config('hv_attack.hit', 'yes', false) IS NOT NULL;
SELECT current_setting('hv_attack.hit');
