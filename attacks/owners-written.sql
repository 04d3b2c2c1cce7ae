-- attack: Somebody is written down as an owner
-- tries: Who owns rows of several is told to Houvast's own tables, and the rows become theirs.
-- family: ownership
-- promises: C01 C33
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
DO $$
DECLARE
    book regclass;
BEGIN
    FOR book IN SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = 'houvast'::regnamespace AND relkind = 'r' AND relname ~ '^[ox]_' LOOP
        EXECUTE pg_catalog.format('INSERT INTO %s SELECT * FROM %s', book, book);
    END LOOP;
    IF NOT FOUND THEN
        RAISE insufficient_privilege;
    END IF;
END $$;
