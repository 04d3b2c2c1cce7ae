-- attack: UPDATE with RETURNING
-- tries: An UPDATE returns a hidden row.
-- family: returning
-- promises: C01 C05
-- as: every
-- must: change nothing
-- refusals: 55000 0A000 428C9
-- control: a read
-- session a
BEGIN;
UPDATE @table@ SET @cell@ = @cell@ WHERE @row@ RETURNING @cell@;
