-- name: installed
-- Whether Houvast has tables here.
SELECT to_regclass('houvast.object') IS NOT NULL;

-- name: completed
-- Whether an apply has ever ended here.
SELECT EXISTS (SELECT FROM houvast.snapshot);

-- name: registered
-- What an earlier apply made.
SELECT name, kind, seq, definition, undo, promise, opens, needs FROM houvast.object ORDER BY seq;

-- name: purposes
-- The numbers of purposes.
SELECT name, number FROM houvast.purpose;

-- name: bits
-- The bits of the guard.
SELECT name, bit FROM houvast.bit;

-- name: asked
-- Which answers the rows of each table hold.
SELECT substr(name, length('asked of ') + 1), value::bigint FROM houvast.setting WHERE name ^@ 'asked of ';

-- name: marked
-- Whether functions of PostgreSQL's were marked leakproof here.
SELECT EXISTS (SELECT FROM houvast.object WHERE kind = 'leakproof');

-- name: setting
-- One setting.
SELECT value FROM houvast.setting WHERE name = %s;

-- name: register
-- Remember pieces, in the order in which they were made; the undo of what is made anew stays that of its first making.
INSERT INTO houvast.object (seq, name, kind, definition, undo, promise, opens, needs)
SELECT coalesce((SELECT max(seq) FROM houvast.object), 0) + n, name, kind, definition, undo, promise, opens, needs
FROM (VALUES %s) piece (n, name, kind, definition, undo, promise, opens, needs)
ON CONFLICT (name) DO UPDATE SET definition = excluded.definition,
    seq = CASE WHEN object.definition = '' THEN excluded.seq ELSE object.seq END, promise = excluded.promise, opens = excluded.opens,
    needs = excluded.needs, applied_at = clock_timestamp(),
    undo = CASE WHEN excluded.kind IN ('revoke', 'role option', 'row security', 'view option', 'function option') THEN object.undo ELSE excluded.undo END;

-- name: forget
-- Forget a piece that was taken away.
DELETE FROM houvast.object WHERE name = %s;

-- name: expect
-- A piece was taken away and is about to be made anew.
UPDATE houvast.object SET definition = '' WHERE name = %s;

-- name: begin
-- An apply is under way.
INSERT INTO houvast.setting VALUES ('unfinished', 'yes') ON CONFLICT DO NOTHING;

-- name: pages
-- Each partition of a table that holds rows, with how many pages it has; '' = the table itself.
SELECT CASE WHEN c.oid <> %(table)s::regclass THEN quote_ident(n.nspname) || '.' || quote_ident(c.relname) ELSE '' END, ceil(pg_relation_size(c.oid) / current_setting('block_size')::numeric)::bigint
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind <> 'p' AND c.oid = ANY (ARRAY(SELECT %(table)s::regclass::oid UNION SELECT relid FROM pg_partition_tree(%(table)s::regclass)))
ORDER BY c.oid;

-- name: roles
-- The roles that Houvast made.
SELECT substr(name, length('role ') + 1) FROM houvast.object WHERE kind = 'role';

-- name: application
-- What the application's developers could make or open while a policy is applied, a line each.
WITH ours AS (
    SELECT oid FROM pg_roles WHERE rolname = ANY (%(ours)s)
), live AS (
    SELECT c.oid, c.relowner, c.relacl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('houvast', 'houvast_desk', 'information_schema') AND n.nspname !~ '^pg_'
      AND c.relowner NOT IN (SELECT oid FROM ours)
)
SELECT concat(l.oid, ' holds ', (SELECT string_agg(a.attname, ' ' ORDER BY a.attnum) FROM pg_attribute a
    WHERE a.attrelid = l.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname !~ '^hv_')) FROM live l
UNION ALL SELECT concat(l.oid, ' opens ', x.grantee, x.privilege_type) FROM live l CROSS JOIN LATERAL aclexplode(l.relacl) x
    WHERE x.grantee <> l.relowner AND x.grantee NOT IN (SELECT oid FROM ours)
UNION ALL SELECT concat(l.oid, ' ', a.attnum, ' opens ', x.grantee, x.privilege_type) FROM live l
    JOIN pg_attribute a ON a.attrelid = l.oid AND a.attacl IS NOT NULL CROSS JOIN LATERAL aclexplode(a.attacl) x
    WHERE x.grantee <> l.relowner AND x.grantee NOT IN (SELECT oid FROM ours)
UNION ALL SELECT concat(p.oid, ' runs ', p.proowner) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND n.nspname NOT IN ('houvast', 'houvast_desk', 'information_schema') AND n.nspname !~ '^pg_'
      AND p.proowner NOT IN (SELECT oid FROM ours);

-- name: lock
-- One apply at a time in a database.
SELECT pg_try_advisory_lock(7236541, 1);

-- name: unlock
-- Let others apply.
SELECT pg_advisory_unlock(7236541, 1);

-- name: rights
-- May the one who applies do so?
SELECT r.rolsuper, r.rolcreaterole FROM pg_roles r WHERE r.rolname = current_user;
