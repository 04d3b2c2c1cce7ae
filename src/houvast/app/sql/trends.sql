-- name: there
-- Whether the database that keeps the policy records questions about visits.
SELECT to_regproc('houvast.ask_trends') IS NOT NULL;

-- name: ask
SELECT houvast.ask_trends(%(purpose)s, %(questions)s, %(smallest)s, %(by)s);
