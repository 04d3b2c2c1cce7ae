-- attack: READ COMMITTED across an objection
-- tries: A transaction that is open reads somebody who has objected.
-- family: snapshots
-- promises: C01 C13
-- as: use
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
BEGIN;
SELECT @cell@ FROM @table@ WHERE @row@;
-- the person objects
-- session a
SELECT @cell@ FROM @table@ WHERE @row@;
COMMIT;
