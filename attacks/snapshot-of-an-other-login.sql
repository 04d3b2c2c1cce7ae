-- attack: A snapshot of another login
-- tries: A login without a use takes the snapshot of one that has.
-- family: snapshots
-- promises: C01 C02
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session other
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT pg_export_snapshot();
-- session a
BEGIN ISOLATION LEVEL REPEATABLE READ;
SET TRANSACTION SNAPSHOT '@answer@';
SELECT @cell@ FROM @table@ WHERE @row@;
COMMIT;
