-- attack: The same in an UPDATE, with no use open
-- tries: An UPDATE compares before it asks.
-- family: differencing
-- promises: C01 C02
-- as: role, no use, nobody, people
-- must: tell nothing
-- refusals: 55000 0A000 25P02
-- control: a read
-- session a
BEGIN;
SELECT set_config('hv_attack.hit', 'no', false);
UPDATE @table@ v SET @cell@ = v.@cell@ WHERE @row_v@ AND v.@cell@ >= left(@secret@, 8) AND set_config('hv_attack.hit', 'yes', false) IS NOT NULL;
SELECT current_setting('hv_attack.hit');
