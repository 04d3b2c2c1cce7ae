-- attack: The error of a cast to pg_snapshot
-- tries: An error of pg_snapshot prints the hidden value, its detail or context.
-- family: errors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: the same
-- session a
SELECT (@cell@::text)::pg_snapshot FROM @table@ WHERE @row@;
