-- attack: dblink to this server
-- tries: A connection of the server to itself is trusted, and comes in as a superuser.
-- family: to oneself
-- promises: C01 C02
-- as: every
-- must: be refused
-- refusals: 2F003 42501
-- control: a read
-- prepare
CREATE EXTENSION dblink SCHEMA public;
-- session a
SELECT * FROM public.dblink('dbname=' || current_database() || ' user=postgres host=' || split_part(current_setting('unix_socket_directories'), ',', 1) || ' port=' || current_setting('port'), $q$SELECT @cell@::text FROM @base@$q$) AS t(said text);
-- clean
DROP EXTENSION dblink CASCADE;
