-- attack: A prepared transaction of somebody else
-- tries: A login ends what another one has prepared.
-- family: two phases
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501 42704 55000
-- control: a read
-- session other
BEGIN;
SELECT pg_current_xact_id();
PREPARE TRANSACTION 'hv_attack';
-- session a
COMMIT PREPARED 'hv_attack';
-- clean
ROLLBACK PREPARED 'hv_attack';
