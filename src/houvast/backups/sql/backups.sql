-- name: there
-- Whether backups are written down here.
SELECT to_regclass('houvast.backup') IS NOT NULL;

-- name: record
-- A backup was made, tried or restored.
INSERT INTO houvast.backup (what, sha256, bytes) VALUES (%(what)s, %(sha256)s, %(bytes)s);

-- name: made
-- Whether a backup of this hash was made here.
SELECT EXISTS (SELECT FROM houvast.backup WHERE what = 'made' AND sha256 = %s);

-- name: last
-- When that was last done.
SELECT at FROM houvast.backup WHERE what = %s ORDER BY id DESC LIMIT 1;

-- name: entries
-- How many entries the log has.
SELECT coalesce(max(index) + 1, 0) FROM houvast.entry;

-- name: server
-- The version of the server.
SELECT current_setting('server_version');

-- name: close
-- This database was restored, and nobody uses it until whoever was erased since is erased again.
INSERT INTO houvast.setting VALUES ('restored', %(who)s) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: keeps_settings
-- Whether Houvast keeps settings here.
SELECT to_regclass('houvast.setting') IS NOT NULL;

-- name: closed
-- Whether this database was restored and is closed: who will be let in again.
SELECT value FROM houvast.setting WHERE name = 'restored';

-- name: reopen
-- It is open again.
DELETE FROM houvast.setting WHERE name = 'restored';

-- name: tables
-- How many tables there are.
SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace);
