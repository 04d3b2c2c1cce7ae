-- attack: A prepared statement in a transaction that goes on
-- tries: A transaction that began before an objection executes a kept plan.
-- family: prepared statements
-- promises: C01 C13
-- as: use
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
BEGIN;
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXECUTE p;
-- the person objects
-- session a
EXECUTE p;
COMMIT;
