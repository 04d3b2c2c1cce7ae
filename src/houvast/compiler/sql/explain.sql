-- name: person
-- Since when a person is known, and when their account was closed.
SELECT collected_at, closed_at FROM houvast.person WHERE kind = %s AND key = %s;

-- name: stands
-- Where a person stands.
SELECT stand, about FROM houvast.stand WHERE kind = %s AND key = %s;

-- name: request
-- Whether a request of this person is open.
SELECT true FROM houvast.request WHERE kind = %s AND key = %s AND closed_at IS NULL LIMIT 1;

-- name: holds
-- The cases that hold a row.
SELECT case_key FROM houvast.hold WHERE relation = %s AND row_key = %s;
