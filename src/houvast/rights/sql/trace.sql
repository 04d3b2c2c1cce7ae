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
-- How many large objects hold one of these byte strings.
SELECT count(*) FROM pg_largeobject_metadata m
WHERE EXISTS (SELECT FROM unnest(%s::bytea[]) v WHERE position(v IN lo_get(m.oid)) > 0);
