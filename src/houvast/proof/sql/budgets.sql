-- name: there
-- Whether a budget for reports of visits is kept here.
SELECT to_regclass('houvast.visit_release') IS NOT NULL;
