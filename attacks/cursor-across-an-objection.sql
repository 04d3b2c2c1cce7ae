-- attack: An open cursor across an objection
-- tries: A cursor that was opened before somebody objects reads that person's row after it.
-- family: cursors
-- promises: C01 C13
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: an older snapshot
-- session a
BEGIN;
DECLARE c CURSOR FOR SELECT @cell@ FROM @table@ WHERE @row@;
-- the person objects
-- session a
FETCH ALL FROM c;
COMMIT;
