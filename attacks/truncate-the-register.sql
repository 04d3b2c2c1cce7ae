-- attack: TRUNCATE of the register of uses
-- tries: What was read is forgotten.
-- family: truncate
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
BEGIN;
TRUNCATE houvast.use, houvast.event, houvast.entry CASCADE;
