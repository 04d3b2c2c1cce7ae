-- name: setting
-- A setting of the server.
SELECT current_setting(%s, true);

-- name: rules
-- Who may come in from where, and how they show who they are. Only superusers may ask.
SELECT type, coalesce(address, ''), auth_method FROM pg_hba_file_rules WHERE error IS NULL ORDER BY line_number;

-- name: passwords
-- Logins with a password: whether it is kept well, and whether it ends within 400 days. Only superusers may ask.
SELECT rolname, rolpassword ^@ 'SCRAM-SHA-256$', coalesce(rolvaliduntil < clock_timestamp() + interval '400 days', false)
FROM pg_authid WHERE rolcanlogin AND rolpassword IS NOT NULL ORDER BY rolname;

-- name: now
-- What time it is in the database, in seconds.
SELECT extract(epoch FROM clock_timestamp());

-- name: has_accounts
-- Whether accounts of staff are kept in this database.
SELECT to_regclass('houvast_desk.auth_user') IS NOT NULL AND to_regclass('houvast_desk.mfa_authenticator') IS NOT NULL
   AND to_regclass('houvast_desk.usersessions_usersession') IS NOT NULL;

-- name: leavers
-- What whoever left could still use: a token, or a login of the database called after them.
SELECT 'token', s.role || ' ' || s.id FROM houvast.staff s JOIN houvast.api_token t ON t.staff = s.name
WHERE s.ended_at IS NOT NULL AND t.revoked_at IS NULL AND t.until > clock_timestamp()
UNION ALL SELECT 'login', s.role || ' ' || s.id FROM houvast.staff s
JOIN pg_roles r ON r.rolcanlogin AND lower(regexp_replace(normalize(r.rolname::text, NFKD), '[\u0300-\u036f\s._''-]', '', 'g')) = s.name
WHERE s.ended_at IS NOT NULL;

-- name: leavers_at_desk
-- Accounts, passkeys and sessions of whoever left.
WITH left_us AS (
    SELECT s.role || ' ' || s.id AS who, u.id, u.is_active FROM houvast.staff s JOIN houvast_desk.auth_user u
    ON lower(regexp_replace(normalize(u.username, NFKD), '[\u0300-\u036f\s._''-]', '', 'g')) = s.name WHERE s.ended_at IS NOT NULL
)
SELECT 'account', who FROM left_us WHERE is_active
UNION ALL SELECT 'key', who FROM left_us l WHERE EXISTS (SELECT FROM houvast_desk.mfa_authenticator a WHERE a.user_id = l.id)
UNION ALL SELECT 'session', who FROM left_us l WHERE EXISTS (SELECT FROM houvast_desk.usersessions_usersession a WHERE a.user_id = l.id);

-- name: backup
-- When a backup was last made, or tried.
SELECT max(at) FROM houvast.backup WHERE what = %s;

-- name: review
-- When access was last reviewed, and whether it is still so.
SELECT at, same FROM houvast.public_access_review ORDER BY id DESC LIMIT 1;
