-- attack: The key of a purpose's pseudonyms
-- tries: With it every address that somebody knows gives its pseudonym.
-- family: forms
-- promises: C05 C38
-- as: every
-- must: be refused
-- refusals: 42501 P0002
-- control: a read
-- session a
DO $$ DECLARE place text; BEGIN
SELECT 'houvast.' || quote_ident(c.relname) INTO STRICT place FROM pg_class c WHERE c.relname ^@ 'key_' AND c.relnamespace = (
    SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'houvast') LIMIT 1;
EXECUTE 'SELECT * FROM ' || place;
END $$;
