-- attack: The count of how often totals were begun is set back
-- tries: Then they are begun and taken back until the noise averages out.
-- family: forms
-- promises: C05 C38
-- as: every
-- must: be refused
-- refusals: 42501 P0002
-- control: a read
-- session a
DO $$ DECLARE place text; BEGIN
SELECT 'houvast.' || quote_ident(c.relname) INTO STRICT place FROM pg_class c WHERE c.relname ^@ 'tries_' AND c.relnamespace = (
    SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'houvast') LIMIT 1;
EXECUTE 'SELECT setval(' || quote_literal(place) || ', 1)';
END $$;
