-- attack: ANALYZE of the base table
-- tries: ANALYZE reads every row, and calls the functions of its indexes.
-- family: statistics
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
ANALYZE @base@;
