-- attack: A value passed on by the name of a session
-- tries: What one login may see is told to another in pg_stat_activity.
-- family: notifications
-- promises: C01 C02
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: a copy
-- session a
SELECT set_config('application_name', (SELECT @cell@::text FROM @table@ WHERE @row@), false);
-- from here
-- session other
SELECT application_name FROM pg_stat_activity;
-- session a
RESET application_name;
