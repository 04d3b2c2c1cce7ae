-- attack: UPDATE at a cursor
-- tries: WHERE CURRENT OF changes a row that only the cursor sees.
-- family: cursors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 34000 24000 0A000
-- control: a read
-- session a
BEGIN;
DECLARE c CURSOR FOR SELECT @cell@ FROM @table@ WHERE @row@ FOR UPDATE;
FETCH ALL FROM c;
UPDATE @base@ SET @cell@ = @cell@ WHERE CURRENT OF c;
ROLLBACK;
