-- attack: DELETE with RETURNING
-- tries: A DELETE returns a hidden row.
-- family: returning
-- promises: C01 C05
-- as: every
-- must: change nothing
-- refusals: 55000 0A000 428C9 23503
-- control: a read
-- session a
BEGIN;
DELETE FROM @table@ WHERE @row@ RETURNING @cell@;
