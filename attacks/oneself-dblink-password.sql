-- attack: dblink to this server with a made-up password
-- tries: A password that nobody asks for is enough to be trusted.
-- family: to oneself
-- promises: C01 C02
-- as: every
-- must: be refused
-- refusals: 2F003 42501
-- control: a read
-- prepare
CREATE EXTENSION dblink SCHEMA public;
-- session a
SELECT * FROM public.dblink('dbname=' || current_database() || ' user=postgres password=x host=' || split_part(current_setting('unix_socket_directories'), ',', 1) || ' port=' || current_setting('port'), $q$SELECT @cell@::text FROM @base@$q$) AS t(said text);
-- clean
DROP EXTENSION dblink CASCADE;
