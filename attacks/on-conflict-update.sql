-- attack: ON CONFLICT DO UPDATE on a hidden row
-- tries: An upsert returns the row that it met.
-- family: on conflict
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42P10 0A000 55000 23502 23503 23505 23514 42703 428C9 P0001
-- control: a read
-- session a
BEGIN;
INSERT INTO @table@ AS v (@columns@) VALUES (@values@) ON CONFLICT (@key@) DO UPDATE SET @cell@ = v.@cell@ RETURNING v.@cell@;
