-- name: untold
-- How many results of controls the log does not know.
SELECT count(*) FROM houvast.control_result r WHERE NOT EXISTS (
    SELECT FROM (SELECT sealed, body FROM houvast.event WHERE kind = 'control_tested'
                 UNION ALL SELECT sealed, body FROM houvast.entry WHERE kind = 'control_tested') t
    WHERE (t.sealed ->> 'result')::bigint = r.id AND t.body ->> 'control' = r.control
      AND t.body ->> 'outcome' = CASE WHEN r.passed THEN 'passed' ELSE 'failed' END);
