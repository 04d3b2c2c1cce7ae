-- attack: A cursor that was declared before the use
-- tries: A cursor is planned without a use and fetched with one that is not committed.
-- family: cursors
-- promises: C01 C02
-- as: role
-- must: show nothing
-- refusals: 34000 25P02
-- control: the same
-- session a
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT @cell@ FROM @table@ WHERE @row@;
@open@;
FETCH ALL FROM c;
COMMIT;
FETCH ALL FROM c;
