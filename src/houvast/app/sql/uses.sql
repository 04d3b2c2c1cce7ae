-- name: person
-- Since when a person's data are here, and since when their account is closed.
SELECT collected_at, closed_at FROM houvast.person WHERE kind = %s AND key = %s;

-- name: begun
-- When the log began.
SELECT value::timestamptz FROM houvast.setting WHERE name = 'log since';

-- name: naming
-- The uses that name this person, with the number of the entry that seals each (none while it waits, or from before the log).
SELECT p.name, u.login::text, u.reason, u.opened_at, coalesce(u.ended_at, CASE WHEN u.until < clock_timestamp() THEN u.until END), e.index
FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose
LEFT JOIN houvast.entry e ON e.kind = 'use_opened' AND e.subject_kind = u.kind AND e.subject_key = u.person AND e.sealed ->> 'use' = u.id::text
WHERE u.kind = %(kind)s AND u.person = %(key)s AND u.opened_at < %(to)s
  AND coalesce(u.ended_at, least(u.until, clock_timestamp())) >= %(from)s ORDER BY u.id;

-- name: others
-- How often each login had a use of a purpose open, at some moment of a span, that was not for one other person.
SELECT u.login::text, count(*), min(u.opened_at), max(coalesce(u.ended_at, least(u.until, clock_timestamp())))
FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose
WHERE p.name = %(purpose)s AND p.one <> 'person' AND u.opened_at < %(to)s
  AND coalesce(u.ended_at, least(u.until, clock_timestamp())) >= %(from)s
  AND (u.kind, u.person) IS DISTINCT FROM (%(kind)s, %(key)s)
GROUP BY u.login ORDER BY 1;

-- name: purposes
-- The purposes under which somebody had a use open.
SELECT DISTINCT p.name FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose WHERE p.one <> 'person' ORDER BY 1;

-- name: refused
-- The calls that named this person and were refused.
SELECT at, body ->> 'purpose', body ->> 'login', body ->> 'why', index FROM (
    SELECT index, at, body FROM houvast.entry WHERE kind = 'use_refused' AND subject_kind = %(kind)s AND subject_key = %(key)s
    UNION ALL SELECT NULL, at, body FROM houvast.event WHERE kind = 'use_refused' AND subject_kind = %(kind)s AND subject_key = %(key)s) r
WHERE at >= %(from)s AND at < %(to)s ORDER BY at;

-- name: gather
-- Refused calls of this moment too.
SELECT houvast.gather_refusals();

-- name: look
-- Looking at who used somebody's data is a use of its own: of the purpose for people's rights, for this person.
INSERT INTO houvast.use (login, purpose, reason, kind, person, until, ended_at)
SELECT session_user, p.number, %(reason)s, %(kind)s, %(key)s, clock_timestamp(), clock_timestamp()
FROM houvast.purpose p WHERE p.kind = 'rights' AND p.live ORDER BY p.number LIMIT 1;
