-- name: there
-- Whether whole addresses are kept here.
SELECT to_regclass('houvast.visit_address') IS NOT NULL;

-- name: keep
-- Begin a batch: the place of each day that may be kept.
SELECT day, place FROM houvast.keep_addresses(%(batch)s, %(days)s::date[]);

-- name: sweep
-- The days that are past their term go.
SELECT houvast.sweep_addresses();
