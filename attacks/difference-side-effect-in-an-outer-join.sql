-- attack: The same in an outer join, with no use open
-- tries: What a view asks first is asked later in an outer join.
-- family: differencing
-- promises: C01 C02
-- as: role, no use, nobody, people
-- must: tell nothing
-- refusals: none
-- control: a read
-- session a
SELECT set_config('hv_attack.hit', 'no', false);
SELECT 1 FROM (VALUES (1)) x(n) LEFT JOIN @table@ v ON @row_v@ AND v.@cell@ >= left(@secret@, 8) AND set_config('hv_attack.hit', 'yes', false) IS NOT NULL;
SELECT current_setting('hv_attack.hit');
