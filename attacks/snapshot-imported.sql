-- attack: An imported snapshot
-- tries: A session takes the snapshot of an older one and reads somebody who has objected.
-- family: snapshots
-- promises: C01 C13
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: an older snapshot
-- session b
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT pg_export_snapshot();
-- the person objects
-- session a
BEGIN ISOLATION LEVEL REPEATABLE READ;
SET TRANSACTION SNAPSHOT '@answer@';
SELECT @cell@ FROM @table@ WHERE @row@;
COMMIT;
