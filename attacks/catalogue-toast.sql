-- attack: The table below long values
-- tries: A toast table holds long values of all rows.
-- family: statistics
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
DO $$ DECLARE said text; BEGIN
EXECUTE (SELECT format('SELECT chunk_data::text FROM pg_toast.pg_toast_%s LIMIT 1', oid) FROM pg_class WHERE oid = $q$@base@$q$::regclass) INTO said;
END $$;
