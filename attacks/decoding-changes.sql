-- attack: The changes of a slot
-- tries: What another slot has decoded is read.
-- family: logical decoding
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT * FROM pg_logical_slot_get_changes('hv_attack', NULL, NULL);
