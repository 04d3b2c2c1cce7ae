-- attack: The same in the ON of an outer join
-- tries: A condition of an outer join is pushed below the policy.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: the same
-- session a
SELECT v.@cell@ FROM (VALUES (1)) x(n) LEFT JOIN @table@ v ON (v.@cell@::text)::int = 1 AND @row_v@;
