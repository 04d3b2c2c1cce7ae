-- attack: The WHERE of ON CONFLICT DO UPDATE
-- tries: PostgreSQL evaluates that WHERE on a hidden row before it asks a row policy.
-- family: on conflict
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42P10 0A000 55000 23502 23503 23505 23514 42703 428C9 P0001 22P02
-- control: a read
-- session a
BEGIN;
INSERT INTO @table@ AS v (@columns@) VALUES (@values@) ON CONFLICT (@key@) DO UPDATE SET @cell@ = v.@cell@ WHERE (v.@cell@::text)::int = 1;
