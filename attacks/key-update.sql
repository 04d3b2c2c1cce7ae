-- attack: An UPDATE of a visible row to a hidden row's key
-- tries: A unique violation tells that the key is taken.
-- family: key oracles
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42703 42501
-- control: a read
-- session a
BEGIN;
UPDATE @table@ SET hv_guard = 0 WHERE @second@;
