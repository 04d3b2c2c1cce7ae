-- name: there
-- Whether this database keeps a budget for reports.
SELECT to_regprocedure('houvast.report_read(bigint)') IS NOT NULL;

-- name: budget
-- What may be released, what is spent, and what is left for these days.
SELECT cap, cap_delta, spent, "left", left_delta, days FROM houvast.report_budget(%(since)s, %(until)s);

-- name: pay
-- Pay for a report, by a code.
SELECT number, pass FROM houvast.report_pay(%(question)s, %(rho)s, %(delta)s, %(by)s, %(code)s);

-- name: publish
-- Publish what was paid for.
SELECT houvast.report_publish(%(number)s, %(pass)s, %(content)s);

-- name: answering
-- The report that answers a question.
SELECT number, content FROM houvast.report_list(%(question)s);

-- name: all
-- Every report, newest first.
SELECT number, content FROM houvast.report_list(NULL);

-- name: read
-- One report.
SELECT houvast.report_read(%(number)s);

-- name: entry
-- Where the log tells that it was published.
SELECT index, leaf FROM houvast.public_entry WHERE kind = 'report_released' AND body ->> 'report' = %(number)s ORDER BY index LIMIT 1;
