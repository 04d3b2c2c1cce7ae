-- attack: EXPLAIN of the base table
-- tries: EXPLAIN shows the policy and the size of a table that may not be read.
-- family: explain
-- promises: C01
-- as: role, no use, nobody, people
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
EXPLAIN SELECT 1 FROM @base@;
