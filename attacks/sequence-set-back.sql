-- attack: A sequence of Houvast's set back
-- tries: The ring that remembers refused calls is overwritten.
-- family: sequences
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
SELECT setval('houvast.refused_what_3', 1);
