-- attack: dblink installed by oneself
-- tries: An extension opens a way back into the server.
-- family: to oneself
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE EXTENSION dblink;
