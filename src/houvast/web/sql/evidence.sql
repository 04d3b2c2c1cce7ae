-- name: there
-- Whether there is a log that the pages may read: a policy was applied.
SELECT to_regclass('houvast.public_log') IS NOT NULL;

-- name: standing
-- How the log stands.
SELECT waiting, oldest, entries, coalesce(size, 0), made_at FROM houvast.public_log;

-- name: bounds
-- The first and last entry within a time. OFFSET 0: by the index of minutes, not along all entries until one fits.
SELECT min(e.index), max(e.index)
FROM (SELECT index FROM houvast.public_entry WHERE minute >= %(since)s AND minute < %(until)s OFFSET 0) e;

-- name: search
-- The newest entries, by number; conditions follow.
SELECT index, minute, kind, promise, body FROM houvast.public_entry WHERE index >= %(first)s AND index <= %(last)s

-- name: one
-- One entry, with its canonical bytes.
SELECT index, minute, kind, promise, body, leaf FROM houvast.public_entry WHERE index = %s;

-- name: certificate
-- The entry about a certificate that diagnostic data are gone, by its SHA-256.
SELECT index, leaf FROM houvast.public_entry WHERE kind = 'exchange_certified' AND body ->> 'certificate_sha256' = %s ORDER BY index LIMIT 1;

-- name: tell_export
-- Tell the log that a part of it was taken along: the role, and which entries.
SELECT houvast.tell_export(%s, %s, %s);
