-- attack: A sequence of Houvast's altered
-- tries: The numbers of uses begin again.
-- family: sequences
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
ALTER SEQUENCE houvast.use_id_seq RESTART;
