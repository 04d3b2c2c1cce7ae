-- name: tables
-- Tables of the application's schemas with owner, row security and what they are.
SELECT n.nspname, c.relname, c.relkind::text, pg_get_userbyid(c.relowner) AS owner,
       c.relrowsecurity, c.relforcerowsecurity, c.oid::bigint AS oid,
       coalesce(obj_description(c.oid, 'pg_class'), '') AS comment, c.relnatts::int AS width
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY 1, 2;

-- name: definitions
-- The queries of some views. To write one out takes PostgreSQL a millisecond, and there may be hundreds that nobody asks for.
SELECT c.oid::bigint, pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind = 'v' AND c.oid = ANY (%s::bigint[]);

-- name: schemas
-- The schemas of the database, also those with nothing in them.
SELECT nspname FROM pg_namespace ORDER BY 1;

-- name: columns
-- Columns in their order, with type, default and whether the database fills them.
SELECT a.attrelid::bigint AS oid, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid) AS "default", a.attidentity::text AS identity,
       a.attgenerated::text AS generated, coalesce(col_description(a.attrelid, a.attnum), '') AS comment
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum;

-- name: keys
-- Primary and foreign keys.
SELECT k.conrelid::bigint AS oid, k.contype::text, k.confrelid::bigint AS target, k.confdeltype::text AS on_delete,
       (SELECT array_agg(a.attname::text ORDER BY o.n) FROM unnest(k.conkey) WITH ORDINALITY o (attnum, n)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = o.attnum) AS columns,
       (SELECT array_agg(a.attname::text ORDER BY o.n) FROM unnest(k.confkey) WITH ORDINALITY o (attnum, n)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = o.attnum) AS target_columns
FROM pg_constraint k
WHERE k.contype IN ('p', 'f') AND k.conparentid = 0
ORDER BY k.conrelid, k.conname;

-- name: uniques
-- What may not occur twice: the columns of each unique index; an expression has no name.
SELECT i.indrelid::bigint AS oid,
       (SELECT array_agg(coalesce(a.attname::text, '') ORDER BY o.n)
          FROM unnest(i.indkey::int2[]) WITH ORDINALITY o (attnum, n)
          LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = o.attnum AND o.attnum > 0
          WHERE o.n <= i.indnkeyatts) AS columns
FROM pg_index i WHERE i.indisunique ORDER BY i.indrelid, i.indexrelid;

-- name: parents
-- Which tables show the rows of another as their own: those that it inherits from, or is a partition of.
SELECT i.inhrelid::bigint AS oid, i.inhparent::bigint AS parent, c.relispartition FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p', 'f')
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY i.inhrelid, i.inhseqno;

-- name: policies
-- Row policies that let rows through.
SELECT polrelid::bigint AS oid, polname FROM pg_policy WHERE polpermissive ORDER BY 1, 2;

-- name: relation_grants
-- Every privilege on relations that somebody but the owner holds; column '' = the whole relation; in PostgreSQL's order.
SELECT c.oid::bigint AS oid, '' AS "column", coalesce(r.rolname, 'public') AS grantee, x.privilege_type, x.is_grantable, 0 AS attnum, x.n
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT e.*, row_number() OVER () AS n FROM aclexplode(c.relacl) e) x LEFT JOIN pg_roles r ON r.oid = x.grantee
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND x.grantee <> c.relowner
UNION ALL
SELECT c.oid::bigint, a.attname, coalesce(r.rolname, 'public'), x.privilege_type, x.is_grantable, a.attnum, x.n
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL (SELECT e.*, row_number() OVER () AS n FROM aclexplode(a.attacl) e) x LEFT JOIN pg_roles r ON r.oid = x.grantee
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND x.grantee <> c.relowner
ORDER BY 1, attnum, n;

-- name: functions
-- Functions of the application's schemas, and whether they run with their owner's rights.
SELECT n.nspname, p.proname, oidvectortypes(p.proargtypes) AS arguments, p.prosecdef,
       pg_get_userbyid(p.proowner) AS owner,
       EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee = 0) AS public
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1, 2, 3;

-- name: view_uses
-- Which relations a view or materialised view reads.
SELECT DISTINCT r.ev_class::bigint AS oid, d.refobjid::bigint AS source
FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class;

-- name: roles
-- Roles with what lets them pass everything.
SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolinherit, rolcreaterole, rolreplication
FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1;

-- name: memberships
-- Who is a member of whom.
SELECT g.rolname AS role, m.rolname AS member FROM pg_auth_members a
JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member ORDER BY 1, 2;

-- name: schema_creators
-- Who but its owner may create objects in a schema: functions and operators there could mislead others.
SELECT n.nspname, coalesce(r.rolname, 'public') AS grantee
FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
WHERE x.privilege_type = 'CREATE' AND x.grantee <> n.nspowner AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY 1, 2;

-- name: default_grants
-- What a role's future objects will grant to others.
SELECT pg_get_userbyid(d.defaclrole) AS role, coalesce(n.nspname, '') AS schema, d.defaclobjtype::text AS type,
       coalesce(r.rolname, 'public') AS grantee, string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type) AS privileges
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL aclexplode(d.defaclacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
WHERE x.grantee <> d.defaclrole AND d.defaclobjtype IN ('r', 'S')
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

-- name: database
-- This database, the version of its server, who asks, whose it is, and whether everybody may make temporary tables in it.
SELECT current_database()::text, current_setting('server_version_num')::int, session_user::text,
       pg_get_userbyid(d.datdba)::text,
       EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
               WHERE x.grantee = 0 AND x.privilege_type = 'TEMPORARY')
FROM pg_database d WHERE d.datname = current_database();
