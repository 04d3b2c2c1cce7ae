-- attack: The table below extended statistics
-- tries: pg_statistic_ext_data asks no row policy.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT stxdmcv::text FROM pg_statistic_ext_data LIMIT 1;
