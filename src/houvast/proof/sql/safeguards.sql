-- name: untold
-- How many results of controls the log does not know.
SELECT count(*) FROM houvast.control_result r WHERE NOT EXISTS (
    SELECT FROM (SELECT sealed, body FROM houvast.event WHERE kind = 'control_tested'
                 UNION ALL SELECT sealed, body FROM houvast.entry WHERE kind = 'control_tested') t
    WHERE (t.sealed ->> 'result')::bigint = r.id AND t.body ->> 'control' = r.control
      AND t.body ->> 'outcome' = CASE WHEN r.passed THEN 'passed' ELSE 'failed' END);

-- name: emergencies
-- Whether emergencies are kept in this database.
SELECT to_regclass('houvast.emergency') IS NOT NULL;

-- name: late
-- How many emergencies are open more than five minutes after their time.
SELECT count(*) FROM houvast.emergency WHERE ended_at IS NULL AND until < clock_timestamp() - interval '5 minutes';
