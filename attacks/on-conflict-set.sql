-- attack: The SET of ON CONFLICT DO UPDATE
-- tries: What is set is worked out from a hidden row.
-- family: on conflict
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42P10 0A000 55000 23502 23503 23505 23514 42703 428C9 P0001 22P02
-- control: a read
-- session a
BEGIN;
INSERT INTO @table@ AS v (@columns@) VALUES (@values@) ON CONFLICT (@key@) DO UPDATE SET @cell@ = ((v.@cell@::text)::int)::text;
