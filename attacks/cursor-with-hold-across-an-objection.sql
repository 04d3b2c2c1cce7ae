-- attack: A cursor WITH HOLD across an objection
-- tries: Rows that a cursor WITH HOLD kept are read after the person has objected.
-- family: cursors
-- promises: C01 C13
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: a copy
-- session a
DECLARE c CURSOR WITH HOLD FOR SELECT @cell@ FROM @table@ WHERE @row@;
-- the person objects
-- session a
FETCH ALL FROM c;
CLOSE c;
