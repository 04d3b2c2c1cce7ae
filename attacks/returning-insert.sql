-- attack: INSERT with RETURNING of a key that is taken
-- tries: An INSERT with the key of a hidden row returns that row.
-- family: returning
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42P10 0A000 55000 23502 23503 23505 23514 42703 428C9 P0001
-- control: a read
-- session a
BEGIN;
INSERT INTO @table@ (@columns@) VALUES (@values@) RETURNING @cell@;
