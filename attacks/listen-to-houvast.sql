-- attack: LISTEN to Houvast
-- tries: The channel of Houvast tells who looks at whom.
-- family: notifications
-- promises: C01 C02
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
LISTEN houvast;
-- session b
SELECT 1;
-- session a
SELECT 1;
UNLISTEN *;
