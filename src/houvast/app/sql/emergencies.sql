-- name: there
-- Whether emergencies are kept in this database.
SELECT to_regclass('houvast.emergency') IS NOT NULL;

-- name: open
-- An officer opens one; its number.
SELECT houvast.open_emergency(%(purpose)s, %(login)s, %(by)s, %(code)s, %(reason)s, %(minutes)s);

-- name: role
-- The role of a purpose; no row when it or the login is gone, and a membership with it.
SELECT p.role FROM houvast.purpose p JOIN pg_roles r ON r.rolname = p.role JOIN pg_roles l ON l.rolname = %(login)s WHERE p.name = %(purpose)s;

-- name: list
-- Every emergency, those that wait for somebody first.
SELECT id, purpose, login, reason, minutes, who, opened_at, until, ended_at, reviewed_at, reviewer, lifts FROM houvast.emergency
ORDER BY reviewed_at IS NOT NULL, id DESC;

-- name: one
-- One of them, held until the end of the transaction.
SELECT id, purpose, login, reason, minutes, who, opened_at, until, ended_at, reviewed_at, reviewer, lifts FROM houvast.emergency WHERE id = %s FOR UPDATE;

-- name: due
-- Those whose time is over and that nobody ended.
SELECT id FROM houvast.emergency WHERE ended_at IS NULL AND until <= clock_timestamp();

-- name: open_ones
-- Those that nobody ended.
SELECT id FROM houvast.emergency WHERE ended_at IS NULL;

-- name: end
-- It has ended.
UPDATE houvast.emergency SET ended_at = clock_timestamp() WHERE id = %s AND ended_at IS NULL;

-- name: close_uses
-- Uses that it opened end with it.
UPDATE houvast.use SET ended_at = clock_timestamp() WHERE login = %(login)s AND ended_at IS NULL
    AND purpose = (SELECT number FROM houvast.purpose WHERE name = %(purpose)s);

-- name: review
-- Another officer looked at it.
SELECT houvast.review_emergency(%(number)s, %(by)s, %(code)s);
