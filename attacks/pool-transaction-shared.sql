-- attack: A use for a session in a transaction pool
-- tries: open_use sets a session that a transaction pool gives to the next client of the same login.
-- family: pooling
-- promises: C01 C02
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: a login in a pool
-- pooled: transaction
-- session a
SELECT @cell@ FROM @table@ WHERE @row@;
-- from here
-- session fresh
SELECT @cell@ FROM @table@ WHERE @row@;
