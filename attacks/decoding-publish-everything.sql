-- attack: A publication of everything
-- tries: A publication offers every table to other servers.
-- family: logical decoding
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE PUBLICATION hv_attack FOR ALL TABLES;
