-- attack: file_fdw installed by oneself
-- tries: An extension reads files of the server.
-- family: to oneself
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE EXTENSION file_fdw;
