-- attack: The folders of the server
-- tries: pg_ls_dir lists files.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT pg_ls_dir('.');
