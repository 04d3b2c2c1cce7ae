-- attack: UPDATE FROM the base table
-- tries: An UPDATE joins to the base table and returns its columns.
-- family: returning
-- promises: C01 C05
-- as: every
-- must: be refused
-- refusals: 42501 0A000 55000
-- control: a read
-- session a
BEGIN;
UPDATE @table@ v SET @cell@ = b.@cell@ FROM @base@ b WHERE @row_v@ RETURNING b.@cell@;
