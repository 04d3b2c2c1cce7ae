-- name: there
-- Whether whole addresses are kept here.
SELECT to_regclass('houvast.visit_address') IS NOT NULL;

-- name: roles
-- Which role each purpose has.
SELECT p.name, p.role::text FROM houvast.purpose p JOIN pg_roles r ON r.rolname = p.role WHERE p.live AND p.kind <> 'migration' ORDER BY p.number;

-- name: logins
-- Which of these logins there are.
SELECT rolname::text FROM pg_roles WHERE rolname = ANY (%s);
