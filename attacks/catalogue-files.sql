-- attack: The files of the server
-- tries: pg_read_file reads the pages of a table.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT pg_read_file('PG_VERSION');
