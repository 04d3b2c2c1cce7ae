-- name: claim
-- Whether a key is new (or a day old), whether it was used for the same call, and what was answered to that.
WITH made AS (
    INSERT INTO houvast_desk.once AS o (key, asked) VALUES (%(key)s, %(asked)s)
    ON CONFLICT (key) DO UPDATE SET asked = excluded.asked, at = now(), answer = NULL WHERE o.at < now() - interval '1 day'
    RETURNING key)
SELECT EXISTS (SELECT FROM made), coalesce(o.asked = %(asked)s, true), o.answer
FROM (VALUES (%(key)s::bytea)) k (key) LEFT JOIN houvast_desk.once o ON o.key = k.key;

-- name: keep
-- What was answered.
UPDATE houvast_desk.once SET answer = %(answer)s WHERE key = %(key)s;

-- name: release
-- It was not done: the key may serve again.
DELETE FROM houvast_desk.once WHERE key = %(key)s AND answer IS NULL;
