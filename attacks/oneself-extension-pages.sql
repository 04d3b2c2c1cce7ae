-- attack: pageinspect installed by oneself
-- tries: An extension reads pages, dead rows too.
-- family: to oneself
-- promises: C01 C30
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
CREATE EXTENSION pageinspect;
