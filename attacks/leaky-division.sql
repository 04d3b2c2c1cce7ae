-- attack: A division by a comparison with the hidden value
-- tries: A division by zero says whether a guess is right.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: tell nothing
-- refusals: 22012
-- control: a read
-- session a
SELECT 1 / (1 - (@cell@::text = @secret@)::int) FROM @table@ WHERE @row@;
