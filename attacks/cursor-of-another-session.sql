-- attack: A cursor of another session
-- tries: A session fetches from a cursor that another one declared.
-- family: cursors
-- promises: C01 C02
-- as: every
-- must: be refused
-- refusals: 34000
-- control: a read
-- session b
DECLARE c CURSOR WITH HOLD FOR SELECT @cell@ FROM @table@ WHERE @row@;
-- session a
FETCH ALL FROM c;
