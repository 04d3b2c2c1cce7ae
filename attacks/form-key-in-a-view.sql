-- attack: The key behind a view of one's own
-- tries: A view of somebody else's reads it with the rights of its owner.
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
EXECUTE 'CREATE VIEW pg_temp.k AS SELECT * FROM ' || place;
END $$;
