-- attack: A sequence of Houvast's read
-- tries: The ring that remembers refused calls tells what others tried.
-- family: sequences
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT last_value FROM houvast.refused_what_3;
