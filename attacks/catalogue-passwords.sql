-- attack: The passwords of logins
-- tries: pg_authid holds the hash of each password.
-- family: statistics
-- promises: C38
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT rolpassword FROM pg_authid LIMIT 1;
