-- name: open
-- An officer opens one; its number.
SELECT houvast.open_incident(%(what)s, %(by)s, %(code)s, %(days)s);

-- name: end
-- One of the staff ends one.
SELECT houvast.end_incident(%(number)s, %(by)s);

-- name: list
-- Every incident with how many uses named it, those that are open first.
SELECT i.id, i.what, i.who, i.opened_at, i.until, i.ended_at, (SELECT count(*) FROM houvast.use u WHERE u."case" = i.id::text AND u.purpose = (
    SELECT p.number FROM houvast.purpose p JOIN pg_policies l ON p.role = ANY (l.roles) WHERE l.schemaname = 'houvast' AND l.tablename = 'visit_address' LIMIT 1))
FROM houvast.incident i ORDER BY i.ended_at IS NOT NULL OR i.until <= clock_timestamp(), i.id DESC;
