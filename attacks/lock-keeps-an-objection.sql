-- attack: A row that is kept locked while somebody objects
-- tries: A transaction that holds a row lets an objection to it wait.
-- family: advisory locks
-- promises: C13
-- as: use
-- must: be refused
-- refusals: 55P03
-- control: a read
-- residual: a lock that is held
-- session a
BEGIN;
SELECT 1 FROM @table@ WHERE @row@ FOR UPDATE;
-- from here
-- session administrator
BEGIN;
SET LOCAL lock_timeout = '50ms';
INSERT INTO houvast.stand (kind, key, stand) VALUES (@kind@, @person@, 'restricted');
