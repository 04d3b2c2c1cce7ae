-- attack: A pooled session that somebody left
-- tries: The next client of a session pool finds the use of the one before.
-- family: pooling
-- promises: C01 C02
-- as: use
-- must: show nothing
-- refusals: none
-- control: the same
-- pooled: session
-- session a
SELECT @cell@ FROM @table@ WHERE @row@;
-- session a leaves
-- from here
-- session fresh
SET ROLE @reader@;
SET search_path = @schema@, public;
SELECT @cell@ FROM @table@ WHERE @row@;
