-- attack: MERGE with a condition that tells
-- tries: The condition of WHEN MATCHED is evaluated with a hidden row.
-- family: merge
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42809 0A000 55000 23505 23502 23503 23514 21000 428C9 22P02
-- control: a read
-- session a
BEGIN;
MERGE INTO @table@ v USING (SELECT 1) s ON @row_v@ WHEN MATCHED AND (v.@cell@::text)::int = 1 THEN DO NOTHING;
