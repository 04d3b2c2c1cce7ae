-- attack: MERGE that deletes
-- tries: MERGE joins to a hidden row and deletes it.
-- family: merge
-- promises: C01 C05
-- as: every
-- must: change nothing
-- refusals: 42809 0A000 55000 23505 23502 23503 23514 21000 428C9
-- control: a read
-- session a
BEGIN;
MERGE INTO @table@ v USING (SELECT 1) s ON @row_v@ WHEN MATCHED THEN DELETE;
