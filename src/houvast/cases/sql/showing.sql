-- name: ask
-- Have the copy of a request shown; the number of the use under which it is.
SELECT houvast.ask_shown(%(number)s, %(reason)s, %(by)s, %(language)s);

-- name: stands
-- How it stands.
SELECT request, until, made, failed, "rows", marked FROM houvast.shown_stands(%(use)s, %(by)s);

-- name: rows
-- The next rows.
SELECT place, "table", has_key, cells FROM houvast.read_shown(%(use)s, %(by)s, %(past)s, %(only_marked)s);

-- name: judged
-- What was judged of copies of this person.
SELECT id, request, "table", "column", takes, rule, reason, since FROM houvast.read_judged(%(use)s, %(by)s);

-- name: take_out
-- Take words out as well; in how many places.
SELECT houvast.take_out(%(use)s, %(by)s, %(place)s, %(column)s, %(words)s);

-- name: let_stand
-- Let stand what a rule took.
SELECT houvast.let_stand(%(use)s, %(by)s, %(place)s, %(column)s, %(part)s, %(begin)s, %(reason)s);

-- name: take_back
-- Take back what was judged.
SELECT houvast.take_back(%(use)s, %(by)s, %(number)s);
