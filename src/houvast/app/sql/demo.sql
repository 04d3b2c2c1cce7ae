-- name: databases
-- Which databases the demo's server has.
SELECT datname FROM pg_database WHERE NOT datistemplate

-- name: is_filled
-- Whether the sample company is in this database: it comes in one transaction, whole or not at all.
SELECT to_regclass('public.account') IS NOT NULL

-- name: people
-- How many people the sample company has.
SELECT count(*) FROM public.account
