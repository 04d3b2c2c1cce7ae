-- attack: MERGE that says whether it matched
-- tries: MERGE counts rows that are matched though hidden.
-- family: merge
-- promises: C01 C05
-- as: every
-- must: tell nothing
-- refusals: 42809 0A000 55000 23505 23502 23503 23514 21000 428C9
-- control: a read
-- session a
BEGIN;
MERGE INTO @table@ v USING (SELECT 1) s ON @row_v@ WHEN MATCHED THEN DO NOTHING;
