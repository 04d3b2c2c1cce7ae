-- attack: LIKE with a pattern that fails on a match
-- tries: A pattern that ends in a backslash fails, or not, by the hidden value.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: tell nothing
-- refusals: 22025
-- control: a read
-- session a
SELECT 1 FROM @table@ WHERE @row@ AND @cell@::text LIKE left(@secret@, 5) || chr(92);
