-- attack: The error of a cast to regclass
-- tries: An error of regclass prints the hidden value, its detail or context.
-- family: errors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42P01 42602
-- control: the same
-- session a
SELECT (@cell@::text)::regclass FROM @table@ WHERE @row@;
