-- attack: The error of a cast to json
-- tries: An error of json prints the hidden value, its detail or context.
-- family: errors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: a read
-- session a
SELECT (@cell@::text)::json FROM @table@ WHERE @row@;
