-- name: quietly
-- What follows in this transaction fires no trigger and waits for no lock for long.
SELECT set_config('session_replication_role', 'replica', true), set_config('lock_timeout', '2s', true);

-- name: canaries
-- The rows of made-up people that `prove` has put in, one of each table.
SELECT DISTINCT ON (relation) relation, key FROM houvast.canary ORDER BY relation, seq DESC;
