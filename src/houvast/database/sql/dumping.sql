-- name: roles
-- The roles of the server, but for those that PostgreSQL makes itself: what each is, of whom it is a member, its settings for the
-- whole server, and the parameters that it may set. Only superusers may ask.
WITH ours AS (
    SELECT a.*, shobj_description(a.oid, 'pg_authid') AS words FROM pg_authid a WHERE a.rolname !~ '^pg_' AND a.oid <> 10
), made AS (
    SELECT 1 AS step, o.rolname::text AS role, format('CREATE ROLE %I WITH %s', o.rolname, concat_ws(' ',
        CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END, CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
        CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
        CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
        CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END, 'CONNECTION LIMIT ' || rolconnlimit,
        'PASSWORD ' || quote_literal(rolpassword), 'VALID UNTIL ' || quote_literal(rolvaliduntil))) AS statement FROM ours o
    UNION ALL SELECT 2, o.rolname, format('COMMENT ON ROLE %I IS %L', o.rolname, o.words) FROM ours o WHERE o.words IS NOT NULL
    UNION ALL SELECT 3, o.rolname, format('GRANT %I TO %I%s', g.rolname, o.rolname, CASE
        WHEN to_jsonb(m) ? 'inherit_option' THEN format(' WITH ADMIN %s, INHERIT %s, SET %s', to_jsonb(m) ->> 'admin_option', to_jsonb(m) ->> 'inherit_option', to_jsonb(m) ->> 'set_option')
        WHEN m.admin_option THEN ' WITH ADMIN OPTION' ELSE '' END)
    FROM pg_auth_members m JOIN ours o ON o.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
    UNION ALL SELECT 4, o.rolname, format('ALTER ROLE %I SET %I TO %s', o.rolname, split_part(c.one, '=', 1),
        CASE WHEN split_part(c.one, '=', 1) IN ('search_path', 'session_preload_libraries', 'local_preload_libraries', 'temp_tablespaces')
             THEN substr(c.one, strpos(c.one, '=') + 1) ELSE quote_literal(substr(c.one, strpos(c.one, '=') + 1)) END)
    FROM pg_db_role_setting s JOIN ours o ON o.oid = s.setrole CROSS JOIN LATERAL unnest(s.setconfig) c (one) WHERE s.setdatabase = 0
    UNION ALL SELECT 5, o.rolname, format('GRANT %s ON PARAMETER %I TO %I%s', x.privilege_type, p.parname, o.rolname, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' END)
    FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) x JOIN ours o ON o.oid = x.grantee
)
SELECT role, statement FROM made ORDER BY step, role, statement;

-- name: known
-- The roles that the server has.
SELECT rolname FROM pg_roles;

-- name: exists
-- Whether there is a database of this name.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s);

-- name: who_connects
-- Who may connect to this database; '' is everybody.
SELECT CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee) END
FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
WHERE d.datname = current_database() AND x.privilege_type = 'CONNECT' AND x.grantee <> d.datdba ORDER BY 1;

-- name: size
-- How many bytes this database takes on disk.
SELECT pg_database_size(current_database());

-- name: materialised
-- Materialised views, as a pattern of pg_dump names each.
SELECT format('"%s"."%s"', replace(schemaname, '"', '""'), replace(matviewname, '"', '""')) FROM pg_matviews ORDER BY 1;

-- name: owner
-- Whose this database is.
SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database();

-- name: alone
-- One restore into a database of this name at a time; until the connection ends.
SELECT pg_try_advisory_lock(hashtextextended('houvast restore ' || %s, 0));
