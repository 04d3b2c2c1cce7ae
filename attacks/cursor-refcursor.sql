-- attack: A cursor that a function returns
-- tries: A block opens a cursor on a hidden row and gives its name away.
-- family: cursors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 34000
-- control: the same
-- session a
BEGIN;
DO $$ DECLARE c refcursor := 'kept'; BEGIN OPEN c FOR SELECT @cell@ FROM @table@ WHERE @row@; END $$;
FETCH ALL FROM kept;
COMMIT;
