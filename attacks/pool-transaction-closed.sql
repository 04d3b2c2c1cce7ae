-- attack: A use that was closed in a transaction pool
-- tries: The next client executes a plan of a use that was closed.
-- family: pooling
-- promises: C01 C02
-- as: use
-- must: show nothing
-- refusals: 26000 42P01
-- control: a read
-- pooled: transaction
-- session a
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXECUTE p;
SELECT houvast.close_use(split_part(current_setting('backtrace_functions', true), '_', 3)::bigint);
-- from here
-- session fresh
EXECUTE p;
DEALLOCATE p;
