-- attack: A foreign table of this server
-- tries: A foreign table reads the base table over a connection of the server to itself.
-- family: to oneself
-- promises: C01 C02
-- as: use, role
-- must: be refused
-- refusals: 2F003 42501
-- control: a read
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
CREATE EXTENSION postgres_fdw SCHEMA attic;
DO $$ BEGIN
EXECUTE format('CREATE SERVER hv_attack FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)', split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database());
END $$;
GRANT USAGE ON FOREIGN SERVER hv_attack TO PUBLIC;
-- session a
CREATE USER MAPPING FOR CURRENT_USER SERVER hv_attack OPTIONS (user 'postgres', password 'x');
CREATE FOREIGN TABLE attic.seen (said text OPTIONS (column_name 'x')) SERVER hv_attack OPTIONS (schema_name 'public', table_name 'x');
SELECT * FROM attic.seen;
-- clean
DROP SCHEMA attic CASCADE;
DROP SERVER IF EXISTS hv_attack CASCADE;
