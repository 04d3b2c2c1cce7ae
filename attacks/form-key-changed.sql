-- attack: The key is replaced by one that is known
-- tries: Whoever chose the key makes every pseudonym.
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
EXECUTE 'UPDATE ' || place || $q$ SET inner_half = '\x00', outer_half = '\x00'$q$;
END $$;
