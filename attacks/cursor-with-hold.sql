-- attack: A cursor WITH HOLD
-- tries: A cursor that outlives its transaction keeps hidden rows.
-- family: cursors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 34000
-- control: the same
-- session a
DECLARE c CURSOR WITH HOLD FOR SELECT @cell@ FROM @table@ WHERE @row@;
FETCH ALL FROM c;
CLOSE c;
