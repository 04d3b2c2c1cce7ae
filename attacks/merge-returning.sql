-- attack: MERGE with RETURNING
-- tries: MERGE returns a hidden row.
-- family: merge
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42809 0A000 55000 23505 23502 23503 23514 21000 428C9
-- control: a read
-- from: 17
-- session a
BEGIN;
MERGE INTO @table@ v USING (SELECT 1) s ON @row_v@ WHEN MATCHED THEN UPDATE SET @cell@ = v.@cell@ RETURNING v.@cell@;
