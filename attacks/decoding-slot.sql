-- attack: A slot for logical decoding
-- tries: Logical decoding reads every change, whatever a policy says.
-- family: logical decoding
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
SELECT pg_create_logical_replication_slot('hv_attack', 'test_decoding');
