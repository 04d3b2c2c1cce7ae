-- attack: A use behind a savepoint
-- tries: A use is opened, rolled back to a savepoint, and its token stays.
-- family: settings
-- promises: C02
-- as: role, no use
-- must: show nothing
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
SAVEPOINT s;
@open@;
ROLLBACK TO s;
COMMIT;
SET ROLE @reader@;
SET search_path = @schema@, public;
SELECT @cell@ FROM @table@ WHERE @row@;
