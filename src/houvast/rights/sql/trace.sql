-- name: tables
-- Every table, materialised view and foreign table with rows of its own, in every schema but PostgreSQL's, with its columns, and
-- their types ("" for one that is not PostgreSQL's own).
SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum),
    array_agg(CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname::text ELSE '' END ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'm', 'f') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND (c.relkind <> 'm' OR c.relispopulated)
GROUP BY n.nspname, c.relname ORDER BY 1, 2;

-- name: large_objects
-- The number of every large object.
SELECT oid FROM pg_largeobject_metadata ORDER BY oid;

-- name: bytes_of_object
-- Some of the bytes of a large object; no row when it is gone.
SELECT lo_get(m.oid, %(at)s, %(length)s) FROM pg_largeobject_metadata m WHERE m.oid = %(number)s;

-- name: size_of_object
-- How many bytes a large object has.
SELECT coalesce(max(o.pageno::bigint * (current_setting('block_size')::int / 4) + length(o.data)), 0)
FROM pg_largeobject o WHERE o.loid = %(number)s;
