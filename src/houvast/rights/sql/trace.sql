-- name: tables
-- Every table, materialised view and foreign table with rows of its own, in every schema but PostgreSQL's, with its columns, and
-- whether one holds bytes.
SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum), bool_or(a.atttypid = 'bytea'::regtype)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'm', 'f') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND (c.relkind <> 'm' OR c.relispopulated)
GROUP BY n.nspname, c.relname ORDER BY 1, 2;

-- name: large_objects
-- How many large objects hold one of these byte strings.
SELECT count(*) FROM pg_largeobject_metadata m
WHERE EXISTS (SELECT FROM unnest(%s::bytea[]) v WHERE position(v IN lo_get(m.oid)) > 0);
