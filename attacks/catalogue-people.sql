-- attack: Houvast's own table of people
-- tries: Houvast keeps where everybody stands.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT key, guard FROM houvast.person LIMIT 1;
