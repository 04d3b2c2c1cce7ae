-- attack: The table below the planner's statistics
-- tries: pg_statistic asks no row policy.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT stavalues1::text FROM pg_statistic LIMIT 1;
