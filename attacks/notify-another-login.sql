-- attack: A value passed on by NOTIFY
-- tries: What one login may see is told to another.
-- family: notifications
-- promises: C01 C02
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: a copy
-- session other
LISTEN hv_attack;
-- session a
SELECT pg_notify('hv_attack', (SELECT @cell@::text FROM @table@ WHERE @row@));
-- from here
-- session other
SELECT 1;
UNLISTEN *;
