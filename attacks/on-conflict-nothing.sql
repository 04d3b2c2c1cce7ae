-- attack: ON CONFLICT DO NOTHING on a hidden key
-- tries: An insert that does nothing tells that the key is taken.
-- family: on conflict
-- promises: C01
-- as: use
-- must: tell it
-- refusals: 42P10 0A000 55000 23502 23503 23505 23514 42703 428C9 P0001
-- control: a read
-- residual: existence through keys
-- session a
BEGIN;
INSERT INTO @table@ AS v (@columns@) VALUES (@values@) ON CONFLICT DO NOTHING;
