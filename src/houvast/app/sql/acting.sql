-- name: known
-- Whether somebody is known by this number.
SELECT EXISTS (SELECT FROM houvast.person WHERE kind = %s AND key = %s);

-- name: opened
-- The oldest request of a person that is open, and of which somebody checked who asks. To change or erase something it must
-- ask for that; to read, any will do, the one for this before others.
SELECT id FROM houvast.request WHERE kind = %(kind)s AND key = %(key)s AND closed_at IS NULL AND verified_at IS NOT NULL
  AND NOT session AND ("right" = %(right)s OR %(right)s IN ('access', 'portability')) ORDER BY "right" <> %(right)s, id LIMIT 1;

-- name: register
-- A request that is made by whoever types the command.
SELECT id FROM houvast.take_request(%(who)s, %(right)s, 'desk', %(language)s);

-- name: verify
-- How sure it is who asks, and since when; the work begins.
UPDATE houvast.request SET verified_at = clock_timestamp(), level = %(level)s, state = 'searching' WHERE id = %(id)s;

-- name: move
-- Where the request is now: in review, until somebody sends the answer; or withdrawn, for nothing was done.
SELECT houvast.move_request(%(id)s, %(state)s);
