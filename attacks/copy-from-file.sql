-- attack: COPY from a file of the server
-- tries: COPY FROM reads files of PostgreSQL, such as the tables themselves.
-- family: copy
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501 42809
-- control: a read
-- session a
COPY @table@ FROM '/etc/passwd';
