-- attack: A cursor
-- tries: FETCH reads rows that a SELECT would not show.
-- family: cursors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
BEGIN;
DECLARE c CURSOR FOR SELECT @cell@ FROM @table@ WHERE @row@;
FETCH ALL FROM c;
COMMIT;
