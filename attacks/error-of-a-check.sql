-- attack: The detail of a row that fails a check
-- tries: Taking a value away from every row prints the row that may not be without.
-- family: errors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 23502 23514 55000 0A000
-- control: a read
-- session a
BEGIN;
UPDATE @table@ SET @cell@ = NULL WHERE @row@;
ROLLBACK;
