-- attack: A slot for the log of changes
-- tries: A slot keeps the log, and with it what was erased.
-- family: logical decoding
-- promises: C01 C30
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
SELECT pg_create_physical_replication_slot('hv_attack');
