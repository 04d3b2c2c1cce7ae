-- attack: The place of a hidden row in an order
-- tries: OFFSET counts rows that are hidden.
-- family: differencing
-- promises: C01
-- as: every
-- must: tell nothing
-- refusals: none
-- control: a read
-- session a
SELECT count(*), (SELECT count(*) FROM @table@ v WHERE v.@cell@ < @secret@) - (SELECT count(*) FROM @table@ v WHERE v.@cell@ <= @secret@) FROM (SELECT 1 FROM @table@ WHERE @row@ OFFSET 0) x;
