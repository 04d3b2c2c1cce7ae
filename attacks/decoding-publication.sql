-- attack: A publication of the base table
-- tries: A publication offers a table to other servers.
-- family: logical decoding
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE PUBLICATION hv_attack FOR TABLE @base@;
