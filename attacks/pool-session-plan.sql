-- attack: A plan in a pooled session that somebody left
-- tries: The next client of a session pool executes a plan of the one before.
-- family: pooling
-- promises: C01 C02
-- as: use
-- must: be refused
-- refusals: 26000
-- control: a read
-- pooled: session
-- session a
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXECUTE p;
-- session a leaves
-- from here
-- session fresh
EXECUTE p;
