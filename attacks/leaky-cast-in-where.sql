-- attack: A cast in WHERE whose error tells its argument
-- tries: The cast is evaluated before the row policy.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: the same
-- session a
SELECT @cell@ FROM @table@ WHERE @row@ AND (@cell@::text)::int = 1;
