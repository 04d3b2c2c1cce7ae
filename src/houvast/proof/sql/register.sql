-- name: snapshot
-- What follows is read as of one moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- name: compare
-- Register against log, both ways, as (what, how many). Of uses from before the log began no entry is asked; an entry from
-- before it was adopted from a store, where nothing opens it; of uses for people whose data were erased since only as many
-- must be there on both sides, for neither says any more for whom they were. `houvast.event` is what waits to be taken.
WITH begun AS (
    SELECT (SELECT value::bigint FROM houvast.setting WHERE name = 'uses before the log') AS last,
           (SELECT value::timestamptz FROM houvast.setting WHERE name = 'log since') AS since
), told AS (
    SELECT kind, at, promise, body, sealed, subject_kind, subject_key FROM houvast.entry
    WHERE kind IN ('use_opened', 'use_closed') AND erased_at IS NULL
    UNION ALL
    SELECT kind, at, promise, body, sealed, subject_kind, subject_key FROM houvast.event WHERE kind IN ('use_opened', 'use_closed')
), opened AS (
    SELECT t.*, (t.sealed ->> 'use')::bigint AS use FROM told t WHERE t.kind = 'use_opened' AND t.sealed IS NOT NULL
), closed AS (
    SELECT t.*, (t.sealed ->> 'use')::bigint AS use FROM told t WHERE t.kind = 'use_closed' AND t.sealed IS NOT NULL
), register AS (
    SELECT u.id, u.ended_at IS NOT NULL AS ended, u.kind, u.person, p.name AS purpose, u.login::text AS login,
           jsonb_build_object('use', u.id, 'reason', u.reason, 'client', u.client, 'case', coalesce(u."case", ''),
               'from', to_char(u.opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'until', to_char(u.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS says,
           jsonb_build_object('use', u.id, 'to', to_char(u.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS end_says
    FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose WHERE u.erased_at IS NULL
)
SELECT 'uses without an entry', count(*) FROM register r, begun b
    WHERE r.id > coalesce(b.last, 0) AND NOT EXISTS (SELECT FROM opened o WHERE o.use = r.id)
UNION ALL SELECT 'entries without a use', count(*) FROM (SELECT use FROM opened UNION ALL SELECT use FROM closed) o
    WHERE NOT EXISTS (SELECT FROM register r WHERE r.id = o.use)
UNION ALL SELECT 'uses with two entries', count(*) FROM (
    SELECT use FROM opened GROUP BY use HAVING count(*) > 1 UNION ALL SELECT use FROM closed GROUP BY use HAVING count(*) > 1) d
UNION ALL SELECT 'entries that nothing opens', count(*) FROM told t, begun b WHERE t.sealed IS NULL AND t.at >= b.since
UNION ALL SELECT 'uses that their entry tells otherwise', count(*) FROM register r JOIN opened o ON o.use = r.id
    WHERE o.sealed <> r.says OR o.body ->> 'purpose' <> r.purpose OR o.body ->> 'login' <> r.login
       OR (o.subject_kind, o.subject_key) IS DISTINCT FROM (r.kind, r.person)
UNION ALL SELECT 'erased uses without an entry, or the reverse', abs(
    (SELECT count(*) FROM houvast.use u, begun b WHERE u.erased_at IS NOT NULL AND u.id > coalesce(b.last, 0))
    - (SELECT count(*) FROM houvast.entry e WHERE e.kind = 'use_opened' AND e.erased_at IS NOT NULL))
UNION ALL SELECT 'ends of uses without an entry', count(*) FROM register r, begun b
    WHERE r.ended AND NOT EXISTS (SELECT FROM closed c WHERE c.use = r.id)
      AND EXISTS (SELECT FROM opened o WHERE o.use = r.id)
UNION ALL SELECT 'ends of uses that their entry tells otherwise', count(*) FROM register r JOIN closed c ON c.use = r.id
    WHERE NOT r.ended OR c.sealed <> r.end_says OR c.body ->> 'purpose' <> r.purpose OR c.body ->> 'login' <> r.login
       OR (c.subject_kind, c.subject_key) IS DISTINCT FROM (r.kind, r.person);

-- name: sealed
-- Each entry about a use with what the register says now and with what seals it; some thousands of bytes a row.
SELECT e.index, e.leaf, e.kind, s.secret, coalesce(u.kind || ':' || u.person, '') AS subject,
       CASE e.kind WHEN 'use_opened' THEN jsonb_build_object('use', u.id, 'reason', u.reason, 'client', u.client,
               'case', coalesce(u."case", ''),
               'from', to_char(u.opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'until', to_char(u.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
           ELSE jsonb_build_object('use', u.id, 'to', to_char(u.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) END
FROM houvast.entry e JOIN houvast.use u ON u.id = (e.sealed ->> 'use')::bigint
LEFT JOIN houvast.secret s ON s.kind = coalesce(u.kind, '') AND s.key = coalesce(u.person, '')
WHERE e.kind IN ('use_opened', 'use_closed') AND e.sealed IS NOT NULL AND e.index >= %s ORDER BY e.index LIMIT 5000;

-- name: before
-- How many uses are from before the log began.
SELECT count(*) FROM houvast.use u WHERE u.id <= (SELECT value::bigint FROM houvast.setting WHERE name = 'uses before the log');

-- name: told
-- How often the log, or what waits for it, tells that this use was opened.
SELECT (SELECT count(*) FROM houvast.entry WHERE kind = 'use_opened' AND sealed ->> 'use' = %(use)s::text)
     + (SELECT count(*) FROM houvast.event WHERE kind = 'use_opened' AND sealed ->> 'use' = %(use)s::text);

-- name: gather
-- Take refused calls into the log.
SELECT houvast.gather_refusals();

-- name: refused
-- How many refused calls of a login the log tells, or will.
SELECT (SELECT count(*) FROM houvast.entry WHERE kind = 'use_refused' AND body ->> 'login' = %(login)s)
     + (SELECT count(*) FROM houvast.event WHERE kind = 'use_refused' AND body ->> 'login' = %(login)s);

-- name: scans
-- How often this session has scanned a table, its indexes and its partitions, by PostgreSQL's own count, in this transaction.
WITH live AS (
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s
), part AS (
    SELECT oid FROM live UNION SELECT t.relid FROM live CROSS JOIN LATERAL pg_partition_tree(live.oid) t
)
SELECT coalesce(sum(pg_stat_get_xact_numscans(o.oid)), 0)::bigint
FROM (SELECT oid FROM part UNION ALL SELECT i.indexrelid FROM pg_index i JOIN part p ON p.oid = i.indrelid) o;
