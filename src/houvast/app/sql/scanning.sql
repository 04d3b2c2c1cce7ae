-- name: open_use
-- A use of the tables' owner, which is recorded like any other.
SELECT houvast.open_use(%s, %s);

-- name: end_use
-- The scan has ended; the record of it stays.
SELECT houvast.end_use(%s);
