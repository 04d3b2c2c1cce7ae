-- attack: A setting of the server is changed
-- tries: A setting of the server is changed.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
ALTER SYSTEM SET row_security = off;
