-- attack: The error of a cast to interval
-- tries: An error of interval prints the hidden value, its detail or context.
-- family: errors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22007
-- control: the same
-- session a
SELECT (@cell@::text)::interval FROM @table@ WHERE @row@;
