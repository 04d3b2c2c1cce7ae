-- attack: Triggers no longer fire in this session
-- tries: Triggers no longer fire in this session.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
SET session_replication_role = replica;
