-- attack: A cursor in a pooled session that somebody left
-- tries: The next client of a session pool fetches from a cursor WITH HOLD of the one before.
-- family: pooling
-- promises: C01 C02
-- as: use
-- must: be refused
-- refusals: 34000
-- control: a read
-- pooled: session
-- session a
DECLARE c CURSOR WITH HOLD FOR SELECT @cell@ FROM @table@ WHERE @row@;
-- session a leaves
-- from here
-- session fresh
FETCH ALL FROM c;
