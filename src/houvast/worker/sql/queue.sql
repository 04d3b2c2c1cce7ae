-- name: there
-- Whether the queue has its tables.
SELECT to_regclass('houvast_desk.procrastinate_jobs') IS NOT NULL;

-- name: path
-- The queue's tables and functions lie among the desk's.
SET LOCAL search_path = houvast_desk;

-- name: alone
-- Whether no other worker lives here: each living one holds this lock, shared, and it goes when the worker dies.
SELECT pg_try_advisory_lock(7236541, 5);

-- name: among_others
-- Be seen to live.
SELECT pg_advisory_lock_shared(7236541, 5);

-- name: let_others
-- Give back the first of the two locks.
SELECT pg_advisory_unlock(7236541, 5);

-- name: orphans
-- Jobs that nobody is doing any more: all that are being done when no other worker lives.
SELECT id FROM houvast_desk.procrastinate_jobs WHERE status = 'doing';

-- name: last_begun
-- When a kind of run last began.
SELECT kind, max(started) FROM houvast_desk.run WHERE NOT partial GROUP BY kind;

-- name: left
-- How many jobs are to be tried again later, and how many have failed for good.
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed')
FROM houvast_desk.procrastinate_jobs;
