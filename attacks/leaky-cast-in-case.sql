-- attack: The same in a CASE
-- tries: A CASE is folded into the scan below the policy.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: the same
-- session a
SELECT CASE WHEN (@cell@::text)::int = 1 THEN @cell@ END FROM @table@ WHERE @row@;
