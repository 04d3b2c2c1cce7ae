-- attack: A set_config of one's own
-- tries: A function in front of PostgreSQL's catches the token while a use is opened.
-- family: search path
-- promises: C02
-- as: use
-- must: show nothing
-- refusals: none
-- control: a read
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE FUNCTION attic.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'caught %', $2; RETURN $2; END $$;
RESET ROLE;
SET search_path = attic, pg_catalog;
@open@;
SELECT attic.set_config('backtrace_functions', @token@, false);
-- clean
DROP SCHEMA attic CASCADE;
