-- attack: The pages of all large objects
-- tries: pg_largeobject holds everybody's.
-- family: large objects
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT * FROM pg_largeobject LIMIT 1;
