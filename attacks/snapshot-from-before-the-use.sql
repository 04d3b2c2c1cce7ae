-- attack: A snapshot from before the use
-- tries: A transaction whose snapshot is older than its use reads all the same.
-- family: snapshots
-- promises: C02
-- as: role
-- must: show nothing
-- refusals: 42501 25P02 40001
-- control: a read
-- session a
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT 1;
@open@;
SELECT @cell@ FROM @table@ WHERE @row@;
COMMIT;
