-- attack: A language that reaches the system
-- tries: A language that is not trusted reads files.
-- family: objects of others
-- promises: C38
-- as: every
-- must: be refused
-- refusals: 42501 0A000
-- control: a read
-- session a
BEGIN;
CREATE EXTENSION plperlu;
