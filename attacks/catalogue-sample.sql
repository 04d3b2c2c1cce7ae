-- attack: A sample of the table
-- tries: TABLESAMPLE draws pages of the base table.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT @cell@ FROM @base@ TABLESAMPLE SYSTEM (100);
