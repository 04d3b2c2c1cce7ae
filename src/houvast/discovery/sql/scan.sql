-- name: size
-- About how many rows a table has, as PostgreSQL last counted.
SELECT coalesce(sum(greatest(c.reltuples, 0)), 0) FROM pg_class p JOIN pg_namespace n ON n.oid = p.relnamespace
JOIN pg_class c ON c.oid = p.oid OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = p.oid)
WHERE n.nspname = %s AND p.relname = %s;
