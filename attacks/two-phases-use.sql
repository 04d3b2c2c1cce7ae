-- attack: A use in a transaction that is prepared
-- tries: A use is recorded in a transaction that is left prepared, and its token counts.
-- family: two phases
-- promises: C02
-- as: role, no use
-- must: be refused
-- refusals: 0A000 55000 42501
-- control: a read
-- session a
BEGIN;
@open@;
PREPARE TRANSACTION 'hv_attack';
