-- name: ready
-- Whether this database has a place to write canaries down.
SELECT to_regclass('houvast.canary') IS NOT NULL;

-- name: limited
-- Whether the policy limits how much a login may open.
SELECT EXISTS (SELECT FROM houvast.volume);

-- name: lock
-- One proof at a time in a database.
SELECT pg_try_advisory_lock(7236541, 2);

-- name: superuser
-- May the administrator make and remove rows that nobody else sees?
SELECT rolsuper FROM pg_roles WHERE rolname = session_user;

-- name: untold
-- Canaries are nobody: where they stand is not told to the log. What is done with them, uses and refusals, is.
SET houvast.filling = 'yes';

-- name: remember
-- Write a canary down, before it is made.
INSERT INTO houvast.canary (relation, key, run) VALUES (%s, %s::jsonb, %s);

-- name: left
-- Canaries that are there, or may be, newest first.
SELECT seq, relation, key FROM houvast.canary ORDER BY seq DESC;

-- name: forget
-- Forget canaries that are gone.
DELETE FROM houvast.canary WHERE seq = ANY (%s);

-- name: sequence
-- The next number of a column that the database numbers.
SELECT nextval(pg_get_serial_sequence(%s, %s));

-- name: enums
-- The labels of each enumerated type.
SELECT format_type(t.oid, NULL), array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.oid;

-- name: checks
-- Which literals the CHECK constraints of a column name: (schema, table, column, definition).
SELECT n.nspname, c.relname, a.attname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND k.conkey = ARRAY[a.attnum]
WHERE k.contype = 'c';

-- name: stand
-- Where a canary stands.
INSERT INTO houvast.stand (kind, key, stand, about) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING;

-- name: unsaid
-- A canary takes back what it said.
DELETE FROM houvast.stand WHERE kind = %s AND key = %s AND stand = %s;

-- name: request
-- A canary asks for its data.
INSERT INTO houvast.request (id, kind, key, verified_at) OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, clock_timestamp());

-- name: hold
-- A dispute holds a canary row.
INSERT INTO houvast.hold (case_key, relation, row_key) VALUES (%s, %s, %s);

-- name: move_closing
-- Time has passed since a canary closed its account.
UPDATE houvast.person SET closed_at = closed_at - %s::interval WHERE kind = %s AND key = %s;

-- name: quietly
-- What follows in this transaction fires no trigger: time passes by itself.
SET LOCAL session_replication_role = replica;

-- name: numbers
-- The number of each purpose.
SELECT name, number FROM houvast.purpose;

-- name: policies
-- The conditions of Houvast's row policies as they stand now.
SELECT n.nspname, c.relname, p.polname, pg_get_expr(p.polqual, p.polrelid)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE p.polqual IS NOT NULL AND p.polname ~ '^hv_';

-- name: open_use
-- A use of the administrator's, which no other login may take.
SELECT id FROM houvast.record_use(%s, %s, '0', '0');

-- name: end_uses
-- The uses that the proof opened have ended; the record of them stays.
UPDATE houvast.use SET ended_at = clock_timestamp() WHERE reason = %s AND ended_at IS NULL;
