-- attack: A subscription
-- tries: A subscription writes as its owner what another server sends.
-- family: logical decoding
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE SUBSCRIPTION hv_attack CONNECTION 'dbname=x password=y' PUBLICATION p WITH (connect = false);
