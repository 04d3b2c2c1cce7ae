-- attack: The lock by which the log is published
-- tries: A login takes the advisory lock by which the sequencer works alone.
-- family: advisory locks
-- promises: C02
-- as: every
-- must: be allowed
-- refusals: none
-- control: a read
-- residual: a lock by number
-- session a
BEGIN;
SELECT pg_try_advisory_xact_lock(7236541, 4);
ROLLBACK;
