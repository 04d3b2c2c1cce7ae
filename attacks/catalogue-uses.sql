-- attack: The register of uses
-- tries: Who was looked at by whom is personal too.
-- family: statistics
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT person, reason FROM houvast.use LIMIT 1;
