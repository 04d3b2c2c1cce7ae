-- attack: A security label on a database
-- tries: A label changes what an extension shows of a database.
-- family: security labels
-- promises: C38
-- as: every
-- must: be refused
-- refusals: 42501 22023
-- control: a read
-- session a
BEGIN;
SECURITY LABEL FOR anon ON DATABASE @database@ IS 'MASKED';
