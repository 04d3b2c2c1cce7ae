-- attack: The same with the order of joins fixed
-- tries: The planner is told to join as written, with the leaky condition first.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: the same
-- session a
SET join_collapse_limit = 1;
SET from_collapse_limit = 1;
SET enable_hashjoin = off;
SELECT v.@cell@ FROM @table@ v CROSS JOIN (VALUES (1)) x(n) WHERE (v.@cell@::text)::int = x.n AND @row_v@;
