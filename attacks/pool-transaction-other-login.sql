-- attack: Another login in a transaction pool
-- tries: A client of another login finds the use of somebody else's.
-- family: pooling
-- promises: C01 C02
-- as: use
-- must: show nothing
-- refusals: 42P01
-- control: the same
-- pooled: transaction
-- session a
SELECT @cell@ FROM @table@ WHERE @row@;
-- from here
-- session other
SET search_path = @schema@, public;
SELECT @cell@ FROM @table@ WHERE @row@;
SET ROLE @reader@;
SELECT @cell@ FROM @table@ WHERE @row@;
