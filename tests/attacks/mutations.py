"""Ways in which a careless or clever administrator opens a database: what they do, and by what drift must name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """A statement (several, with semicolons), and the line of drift that it must give: its kind, and words of it."""

    statement: str
    kind: str
    words: str
    since: int = 15


_BUILT_IN = "SET LOCAL allow_system_table_mods = on; "
_LEAK = "CREATE FUNCTION public.leak{n}(said text) RETURNS {gives} LANGUAGE sql IMMUTABLE AS 'SELECT {value}'; "
_WRAPPER = "CREATE FOREIGN DATA WRAPPER w{n}; CREATE SERVER s{n} FOREIGN DATA WRAPPER w{n}; "


def _leak(n: int, gives: str = "boolean", value: str = "true") -> str:
    return _LEAK.format(n=n, gives=gives, value=value)


MUTATIONS = (
    # Privileges, on every kind of object that has some.
    Mutation("GRANT SELECT ON contact TO analytics", "grant", "public.contact: SELECT to analytics"),
    Mutation("GRANT SELECT (phone) ON contact TO analytics", "grant", "public.contact.phone: SELECT to analytics"),
    Mutation("GRANT TRUNCATE ON ticket TO analytics", "grant", "public.ticket: TRUNCATE to analytics"),
    Mutation("GRANT REFERENCES ON ticket TO analytics", "grant", "public.ticket: REFERENCES to analytics"),
    Mutation("GRANT TRIGGER ON ticket TO analytics", "grant", "public.ticket: TRIGGER to analytics"),
    Mutation("GRANT MAINTAIN ON ticket TO analytics", "grant", "public.ticket: MAINTAIN to analytics", since=17),
    Mutation("GRANT UPDATE ON answer.ticket TO shop WITH GRANT OPTION", "grant", "UPDATE to shop with grant option"),
    Mutation("GRANT USAGE ON SEQUENCE houvast.use_id_seq TO analytics", "grant", "houvast.use_id_seq: USAGE to analytics"),
    Mutation("GRANT USAGE ON SCHEMA answer TO analytics", "grant", "schema answer: USAGE to analytics"),
    Mutation("GRANT CREATE ON SCHEMA pg_catalog TO analytics", "grant", "schema pg_catalog: CREATE to analytics"),
    Mutation("GRANT CREATE ON DATABASE lakana TO analytics", "grant", "database lakana: CREATE to analytics"),
    Mutation("GRANT EXECUTE ON FUNCTION houvast.note_use(int, text, text, text, interval) TO analytics", "grant", "houvast.note_use"),
    Mutation("GRANT EXECUTE ON FUNCTION pg_read_file(text) TO analytics", "grant", "pg_read_file(text): EXECUTE to analytics"),
    Mutation("GRANT EXECUTE ON FUNCTION lo_import(text) TO analytics", "grant", "lo_import(text): EXECUTE to analytics"),
    Mutation("GRANT SELECT ON pg_authid TO analytics", "grant", "pg_authid: SELECT to analytics"),
    Mutation("GRANT SELECT (subconninfo) ON pg_subscription TO analytics", "grant", "subconninfo: SELECT to analytics"),
    Mutation("GRANT SELECT ON pg_statistic TO analytics", "grant", "pg_statistic: SELECT to analytics"),
    Mutation("REVOKE SELECT ON pg_stats FROM PUBLIC", "taken", "pg_stats: SELECT from public"),
    Mutation("CREATE TYPE public.mood AS ENUM ('good'); REVOKE ALL ON TYPE public.mood FROM PUBLIC; GRANT USAGE ON TYPE public.mood TO analytics", "grant", "type mood: USAGE to analytics"),
    Mutation("GRANT USAGE ON LANGUAGE sql TO analytics", "grant", "language sql: USAGE to analytics"),
    Mutation(_WRAPPER.format(n=1) + "GRANT USAGE ON FOREIGN DATA WRAPPER w1 TO analytics", "grant", "foreign data wrapper w1: USAGE to analytics"),
    Mutation(_WRAPPER.format(n=2) + "GRANT USAGE ON FOREIGN SERVER s2 TO analytics", "grant", "foreign server s2: USAGE to analytics"),
    Mutation("GRANT CREATE ON TABLESPACE pg_default TO analytics", "grant", "tablespace pg_default: CREATE to analytics"),
    Mutation("SELECT lo_create(987654); GRANT SELECT ON LARGE OBJECT 987654 TO analytics", "grant", "large objects of postgres: SELECT to analytics"),
    Mutation("SELECT lo_create(987655)", "large object", "large objects of postgres"),
    Mutation("SELECT lo_create(987656); ALTER LARGE OBJECT 987656 OWNER TO office", "owner", "large objects of office"),
    Mutation("GRANT SET ON PARAMETER log_statement TO analytics", "parameter", "log_statement: SET to analytics"),
    Mutation("GRANT ALTER SYSTEM ON PARAMETER archive_command TO analytics WITH GRANT OPTION", "parameter", "with grant option: ALTER SYSTEM"),
    Mutation("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO analytics", "default privileges", "EXECUTE to analytics"),
    Mutation("ALTER DEFAULT PRIVILEGES FOR ROLE lakana_owner IN SCHEMA public GRANT UPDATE ON TABLES TO shop WITH GRANT OPTION", "default privileges", "UPDATE to shop with grant option"),
    # Roles and memberships.
    Mutation("ALTER ROLE analytics SUPERUSER", "role", "analytics: superuser"),
    Mutation("ALTER ROLE shop BYPASSRLS", "role", "shop: bypassrls"),
    Mutation("ALTER ROLE portal REPLICATION", "role", "portal: replication"),
    Mutation("ALTER ROLE newsletter CREATEROLE", "role", "newsletter: createrole"),
    Mutation("ALTER ROLE tax_export CREATEDB", "role", "createdb"),
    Mutation("ALTER ROLE houvast_people INHERIT", "role", "houvast_people: login"),
    Mutation("ALTER ROLE hv_answer LOGIN", "role", "hv_answer: login"),
    Mutation("CREATE ROLE somebody LOGIN", "role", "somebody: login"),
    Mutation("ALTER ROLE support VALID UNTIL '2099-01-01'", "role", "until 2099"),
    Mutation("ALTER ROLE office CONNECTION LIMIT 1000", "role", "at once 1000"),
    Mutation("GRANT pg_read_all_data TO analytics", "member", "pg_read_all_data: of it: analytics"),
    Mutation("GRANT hv_v_answer TO analytics", "member", "hv_v_answer: of it: analytics"),
    Mutation("GRANT hv_answer TO support WITH INHERIT TRUE", "member", "hv_answer: of it: support inherits", since=16),
    Mutation("GRANT hv_billing TO office WITH ADMIN OPTION", "member", "of it: office with admin option"),
    Mutation("ALTER ROLE support SET row_security = off", "role setting", "row_security=off"),
    Mutation("ALTER DATABASE lakana SET session_preload_libraries = 'auto_explain'", "role setting", "auto_explain"),
    # Owners.
    Mutation("ALTER TABLE licence OWNER TO analytics", "relation", "public.licence: owner analytics"),
    Mutation("ALTER VIEW answer.ticket OWNER TO analytics", "relation", "answer.ticket: owner analytics"),
    Mutation("ALTER SCHEMA billing OWNER TO analytics", "schema", "billing: owner analytics"),
    Mutation("ALTER DATABASE lakana OWNER TO analytics", "database", "lakana: owner analytics"),
    Mutation("ALTER FUNCTION houvast.end_use(bigint) OWNER TO analytics", "function", "owner analytics"),
    Mutation("ALTER FUNCTION pg_catalog.lower(text) OWNER TO analytics", "owner", "lower(text): analytics"),
    # Row policies, views, triggers and rules.
    Mutation("ALTER TABLE orders NO FORCE ROW LEVEL SECURITY", "row security", "public.orders: enabled t forced f"),
    Mutation("ALTER TABLE post DISABLE ROW LEVEL SECURITY", "row security", "public.post: enabled f"),
    Mutation("CREATE POLICY extra ON post USING (true)", "policy", "public.post extra"),
    Mutation("ALTER POLICY hv_billing_read ON invoice TO PUBLIC", "policy", "hv_billing_read: r permissive public"),
    Mutation("ALTER VIEW customer_overview RESET (security_invoker)", "options", "customer_overview"),
    Mutation("ALTER VIEW answer.contact SET (security_barrier)", "options", "security_barrier"),
    Mutation("CREATE OR REPLACE VIEW licence.household AS SELECT id, NULL::text AS name, street, postcode, city, country, created_at FROM household", "view", "licence.household"),
    Mutation("CREATE MATERIALIZED VIEW peek AS SELECT * FROM contact", "view", "public.peek"),
    Mutation("CREATE RULE extra AS ON INSERT TO post DO ALSO SELECT 1", "rule", "public.post extra"),
    Mutation("CREATE TRIGGER extra BEFORE UPDATE ON post FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", "trigger", "public.post extra"),
    Mutation("ALTER TABLE subscription ENABLE REPLICA TRIGGER zzz_hv_keep", "trigger", "public.subscription zzz_hv_keep: R"),
    Mutation("ALTER TABLE engagement DISABLE TRIGGER ALL", "trigger", "does not fire: D"),
    Mutation("ALTER TABLE invoice_line DROP CONSTRAINT invoice_line_invoice_id_fkey", "foreign key", "invoice_line_invoice_id_fkey"),
    Mutation("CREATE TABLE public.child () INHERITS (licence)", "inherits", "public.child: from licence"),
    Mutation("ALTER TABLE sign_in REPLICA IDENTITY FULL", "relation", "public.sign_in: kept p copied as f"),
    Mutation("ALTER TABLE profile_value SET UNLOGGED", "relation", "public.profile_value: kept u"),
    # Functions and what calls them.
    Mutation("ALTER FUNCTION monthly_total(date) SECURITY DEFINER", "function", "monthly_total"),
    Mutation("ALTER FUNCTION address_lines(bigint) PARALLEL SAFE", "function", "parallel s"),
    Mutation("ALTER FUNCTION houvast.is_bsn(text) VOLATILE", "function", "houvast.is_bsn"),
    Mutation("ALTER FUNCTION houvast.close_use(bigint) SET search_path = public", "function", "houvast.close_use"),
    Mutation("ALTER FUNCTION pg_catalog.texticlike(text, text) LEAKPROOF", "leakproof", "texticlike(text,text)"),
    Mutation(_leak(1) + "ALTER FUNCTION public.leak1(text) LEAKPROOF", "leakproof", "leak1(text)"),
    Mutation("ALTER FUNCTION pg_catalog.upper(text) SECURITY DEFINER", "system function", "upper(text): definer"),
    Mutation("ALTER FUNCTION pg_catalog.pg_has_role(name, name, text) IMMUTABLE", "system function", "all of PostgreSQL's own"),
    Mutation("CREATE FUNCTION pg_catalog.extra() RETURNS int LANGUAGE sql AS 'SELECT 1'", "system function", "made after the database"),
    Mutation(_leak(2, "int", "1") + "CREATE AGGREGATE public.spy(text) (SFUNC = textcat, STYPE = text)", "aggregate", "public.spy"),
    Mutation(_leak(3, "text", "$q$x$q$") + "ALTER TABLE contact ALTER city SET DEFAULT public.leak3('x')", "calls", "leak3"),
    Mutation(_leak(4) + "ALTER TABLE contact ADD CONSTRAINT told CHECK (public.leak4(email)) NOT VALID", "calls", "leak4"),
    Mutation(_leak(5, "text", "$q$x$q$") + "CREATE INDEX told ON contact (public.leak5(email))", "calls", "leak5"),
    Mutation("CREATE INDEX lowered ON contact (lower(email))", "index", "lowered"),
    Mutation("CREATE LANGUAGE another HANDLER plpgsql_call_handler", "language", "another"),
    # Houvast's own tables.
    Mutation("ALTER TABLE houvast.canary DROP CONSTRAINT canary_pkey", "constraint", "canary_pkey"),
    Mutation("ALTER TABLE houvast.use ALTER until SET DEFAULT 'infinity'", "column", "houvast.use.until"),
    Mutation("ALTER SEQUENCE houvast.use_id_seq CYCLE", "sequence", "houvast.use_id_seq"),
    Mutation("UPDATE houvast.setting SET value = value || 'x' WHERE name = 'profile'", "known", "setting profile"),
    # What PostgreSQL takes in place of something else.
    Mutation(_leak(6) + "CREATE CAST (text AS boolean) WITH FUNCTION public.leak6(text)", "cast", "text as boolean"),
    Mutation("CREATE OPERATOR public.=== (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)", "operator", "==="),
    Mutation("ALTER OPERATOR pg_catalog.^@ (text, text) SET (RESTRICT = NONE)", "operator", "of PostgreSQL's own"),
    Mutation("CREATE OPERATOR CLASS public.told FOR TYPE text USING hash AS OPERATOR 1 =, FUNCTION 1 hashtext(text)", "operator class", "public.told"),
    Mutation('CREATE COLLATION public.other FROM "C"', "collation", "public.other"),
    Mutation("CREATE CONVERSION public.other FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "conversion", "public.other"),
    Mutation("CREATE TEXT SEARCH DICTIONARY public.told (TEMPLATE = simple)", "text search", "public.told"),
    Mutation("CREATE TEXT SEARCH CONFIGURATION public.words (COPY = simple)", "text search", "public.words"),
    Mutation("CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler", "access method", "other"),
    Mutation("CREATE STATISTICS public.told ON city, country FROM contact", "statistics", "public.told"),
    Mutation("CREATE DOMAIN public.kept AS text CHECK (VALUE <> 'x')", "domain", "kept"),
    # What calls, listens and copies.
    Mutation("CREATE FUNCTION public.seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION public.seen()", "event trigger", "seen"),
    Mutation("CREATE PUBLICATION everything FOR ALL TABLES", "publication", "everything: postgres all tables"),
    Mutation("CREATE PUBLICATION of_contact FOR TABLE contact", "publication", "of_contact contact"),
    Mutation("CREATE PUBLICATION schemas FOR TABLES IN SCHEMA public", "publication", "schemas schema public"),
    Mutation("CREATE SUBSCRIPTION other CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE, create_slot = false, enabled = false)", "subscription", "other"),
    Mutation(_WRAPPER.format(n=3), "foreign server", "s3"),
    Mutation("CREATE FOREIGN DATA WRAPPER w4", "foreign data wrapper", "w4"),
    Mutation(_WRAPPER.format(n=5) + "CREATE USER MAPPING FOR analytics SERVER s5", "user mapping", "s5: of analytics"),
    Mutation(_WRAPPER.format(n=6) + "CREATE FOREIGN TABLE public.far (said text) SERVER s6", "relation", "lies at s6"),
    Mutation("CREATE EXTENSION dblink", "extension", "dblink"),
    Mutation("ALTER EXTENSION plpgsql UPDATE; CREATE SCHEMA elsewhere", "schema", "elsewhere"),
    # The database.
    Mutation("ALTER DATABASE lakana CONNECTION LIMIT 3", "database", "at once 3"),
    # What this reader does not know.
    Mutation(_BUILT_IN + "CREATE TABLE pg_catalog.pg_more (a int)", "unknown", "class pg_more"),
    Mutation(_BUILT_IN + "CREATE TABLE pg_catalog.pg_rights (more aclitem[])", "unknown", "column pg_rights.more"),
    Mutation(_BUILT_IN + "CREATE TABLE pg_catalog.pg_another (a int)", "system relation", "pg_another"),
    Mutation(_BUILT_IN + "CREATE OR REPLACE VIEW pg_catalog.pg_group AS SELECT rolname AS groname, oid AS grosysid, ARRAY[]::oid[] AS grolist FROM pg_authid", "system view", "pg_group"),
)  # fmt: skip
