-- attack: A case of one's own is said to be somebody else's
-- tries: Who opened a case is forgotten, so that it opens the person to whoever wrote it.
-- family: ownership
-- promises: C05 C10
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
DO $$
DECLARE
    book regclass;
BEGIN
    FOR book IN SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = 'houvast'::regnamespace AND relkind = 'r' AND relname ^@ 'c_' LOOP
        EXECUTE pg_catalog.format('UPDATE %s SET maker = NULL', book);
    END LOOP;
    IF NOT FOUND THEN
        RAISE insufficient_privilege;
    END IF;
END $$;
