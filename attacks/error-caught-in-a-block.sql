-- attack: The detail of an error that is caught
-- tries: A block catches a broken constraint and reads its detail, which prints a row.
-- family: errors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
BEGIN;
DO $$ DECLARE detail text; words text; BEGIN
INSERT INTO @table@ (@columns@) VALUES (@values@);
EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, words = MESSAGE_TEXT; RAISE NOTICE '% %', words, detail;
END $$;
ROLLBACK;
