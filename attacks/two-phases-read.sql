-- attack: A read in a transaction that is prepared
-- tries: A prepared transaction reads a hidden row.
-- family: two phases
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: 55000 42704 0A000
-- control: the same
-- session a
BEGIN;
SELECT @cell@ FROM @table@ WHERE @row@;
PREPARE TRANSACTION 'hv_attack';
ROLLBACK PREPARED 'hv_attack';
