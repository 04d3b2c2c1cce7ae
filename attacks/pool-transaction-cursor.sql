-- attack: A cursor in a transaction pool
-- tries: The next client of the same login fetches from a cursor WITH HOLD.
-- family: pooling
-- promises: C01 C02
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: a login in a pool
-- pooled: transaction
-- session a
DECLARE c CURSOR WITH HOLD FOR SELECT @cell@ FROM @table@ WHERE @row@;
-- from here
-- session fresh
FETCH ALL FROM c;
CLOSE c;
