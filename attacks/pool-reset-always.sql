-- attack: A transaction pool that forgets after each transaction
-- tries: server_reset_query_always: the next client finds nothing of the one before.
-- family: pooling
-- promises: C01 C02
-- as: use
-- must: show nothing
-- refusals: none
-- control: below
-- pooled: transaction, reset always
-- session a
SELECT @cell@ FROM @table@ WHERE @row@;
-- from here
-- session fresh
SET ROLE @reader@;
SELECT @cell@ FROM @table@ WHERE @row@;
SELECT @cell@ FROM @schema@.@table@ WHERE @row@;
-- control
@open@;
BEGIN;
SELECT houvast.enter_use(@answer@);
SELECT @cell@ FROM @table@ WHERE @row@;
COMMIT;
