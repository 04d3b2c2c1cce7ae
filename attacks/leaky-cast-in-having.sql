-- attack: The same in HAVING
-- tries: A condition on a group is evaluated before the policy.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: the same
-- session a
SELECT max(@cell@::text) FROM @table@ WHERE @row@ GROUP BY @cell@ HAVING (max(@cell@::text))::int = 1;
