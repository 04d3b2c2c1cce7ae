-- attack: A row by its place on disk
-- tries: A TID scan finds a row by page and line.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT @cell@ FROM @base@ WHERE ctid = '(0,1)';
