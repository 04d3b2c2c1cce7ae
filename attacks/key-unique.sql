-- attack: An INSERT with a key that is taken
-- tries: A unique violation tells that a hidden row has this key.
-- family: key oracles
-- promises: C01
-- as: use
-- must: tell it
-- refusals: 42P10 0A000 55000 23502 23503 23505 23514 42703 428C9 P0001
-- control: a read
-- residual: existence through keys
-- session a
BEGIN;
INSERT INTO @table@ (@columns@) VALUES (@values@);
