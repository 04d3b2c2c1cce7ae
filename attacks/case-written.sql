-- attack: A case is written down as open
-- tries: Which cases are open is told to Houvast's own tables, and the person behind one shows.
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
        EXECUTE pg_catalog.format('INSERT INTO %s SELECT * FROM %s', book, book);
    END LOOP;
    IF NOT FOUND THEN
        RAISE insufficient_privilege;
    END IF;
END $$;
