-- attack: The error of a cast to inet
-- tries: An error of inet prints the hidden value, its detail or context.
-- family: errors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: the same
-- session a
SELECT (@cell@::text)::inet FROM @table@ WHERE @row@;
