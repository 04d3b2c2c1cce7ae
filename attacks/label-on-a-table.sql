-- attack: A security label on a table
-- tries: A label changes what an extension shows of a table.
-- family: security labels
-- promises: C38
-- as: every
-- must: be refused
-- refusals: 42501 22023
-- control: a read
-- session a
BEGIN;
SECURITY LABEL FOR anon ON TABLE @base@ IS 'MASKED';
