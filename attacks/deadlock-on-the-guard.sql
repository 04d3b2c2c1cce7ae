-- attack: A deadlock with somebody who objects
-- tries: Two sessions lock rows of one person while that person objects: the objection must not be lost.
-- family: deadlocks
-- promises: C13
-- as: use
-- must: show nothing
-- refusals: 55000 0A000 428C9
-- control: a read
-- session a
BEGIN;
UPDATE @table@ SET @cell@ = @cell@ WHERE @row@;
-- from here
-- session administrator
SET lock_timeout = '100ms';
INSERT INTO houvast.stand (kind, key, stand) VALUES (@kind@, @person@, 'restricted');
-- session a
ROLLBACK;
-- session administrator
SET lock_timeout = 0;
INSERT INTO houvast.stand (kind, key, stand) VALUES (@kind@, @person@, 'restricted') ON CONFLICT DO NOTHING;
-- the person objects
-- session a
SELECT @cell@ FROM @table@ WHERE @row@;
-- clean
SET lock_timeout = 0;
DELETE FROM houvast.stand WHERE kind = @kind@ AND key = @person@ AND stand = 'restricted' AND source = 'houvast';
