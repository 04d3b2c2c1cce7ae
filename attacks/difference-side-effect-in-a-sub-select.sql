-- attack: The same in a sub-select, with no use open
-- tries: A sub-select runs when the first row gets to it.
-- family: differencing
-- promises: C01 C02
-- as: role, no use, nobody, people
-- must: tell nothing
-- refusals: none
-- control: a read
-- session a
SELECT set_config('hv_attack.hit', 'no', false);
SELECT 1 FROM @table@ v WHERE @row_v@ AND v.@cell@ >= left(@secret@, 8) AND (SELECT set_config('hv_attack.hit', 'yes', false)) IS NOT NULL;
SELECT current_setting('hv_attack.hit');
