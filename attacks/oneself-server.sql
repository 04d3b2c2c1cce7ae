-- attack: A foreign server of one's own
-- tries: A foreign server is a way out.
-- family: to oneself
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE FOREIGN DATA WRAPPER hv_attack;
