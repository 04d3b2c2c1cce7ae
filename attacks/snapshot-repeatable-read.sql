-- attack: REPEATABLE READ across an objection
-- tries: A transaction that keeps its snapshot reads somebody who has objected.
-- family: snapshots
-- promises: C01 C13
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: an older snapshot
-- session a
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT @cell@ FROM @table@ WHERE @row@;
-- the person objects
-- session a
SELECT @cell@ FROM @table@ WHERE @row@;
COMMIT;
