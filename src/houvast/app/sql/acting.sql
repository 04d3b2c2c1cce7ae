-- name: known
-- Whether somebody is known by this number.
SELECT EXISTS (SELECT FROM houvast.person WHERE kind = %s AND key = %s);

-- name: opened
-- The oldest request of a person that is open, and that was found to be theirs.
SELECT id FROM houvast.request WHERE kind = %s AND key = %s AND closed_at IS NULL AND verified_at IS NOT NULL AND NOT session ORDER BY id LIMIT 1;

-- name: register
-- A request that is made by whoever types the command.
INSERT INTO houvast.request (kind, key, level, verified_at) VALUES (%(kind)s, %(key)s, %(level)s, clock_timestamp()) RETURNING id;

-- name: close
-- It was answered.
UPDATE houvast.request SET closed_at = clock_timestamp() WHERE id = %s AND closed_at IS NULL;
