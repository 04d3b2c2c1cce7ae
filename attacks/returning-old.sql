-- attack: RETURNING of the old row
-- tries: RETURNING old gives the row as it was.
-- family: returning
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 55000 0A000 428C9
-- control: a read
-- from: 18
-- session a
BEGIN;
UPDATE @table@ SET @cell@ = @cell@ WHERE @row@ RETURNING old.@cell@;
