-- name: granted
-- What else PostgreSQL grants, beyond the tables, functions and roles of `snapshot`: every other kind of object that can be
-- given to somebody, and everything by which an object does what another one says, as (kind, identity, detail).
WITH app AS (
    SELECT n.oid, n.nspname FROM pg_namespace n
    WHERE n.nspname NOT IN ('information_schema', 'houvast_desk') AND n.nspname !~ '^pg_'
), who AS (
    SELECT oid, rolname FROM pg_roles UNION ALL SELECT 0, 'public'
), rel AS (
    SELECT c.*, quote_ident(a.nspname) || '.' || quote_ident(c.relname) AS identity FROM pg_class c JOIN app a ON a.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      -- A day of whole addresses comes and goes; one that is not as `keep_addresses` makes it stays in sight.
      AND NOT (c.relispartition AND a.nspname = 'houvast' AND c.relname ~ '^visit_address_\d{8}$' AND pg_get_userbyid(c.relowner) = 'houvast_keeper'
        AND NOT c.relhastriggers AND NOT c.relhasrules AND c.reloptions IS NULL AND c.relpersistence = 'p'
        AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) x WHERE x.grantee <> c.relowner AND (pg_get_userbyid(x.grantee) <> 'houvast_visits' OR x.privilege_type <> 'INSERT' OR x.is_grantable))
        AND NOT EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attacl IS NOT NULL)
        AND NOT EXISTS (SELECT FROM pg_publication_rel t WHERE t.prrelid = c.oid)
        AND EXISTS (SELECT FROM pg_inherits t WHERE t.inhrelid = c.oid AND t.inhparent = to_regclass('houvast.visit_address')))
), fn AS (
    SELECT p.*, quote_ident(a.nspname) || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS identity
    FROM pg_proc p JOIN app a ON a.oid = p.pronamespace
), item (identity, owner, acl, born) AS (
    SELECT 'type ' || t.oid::regtype::text, t.typowner, t.typacl, NULL::aclitem[] FROM pg_type t JOIN app a ON a.oid = t.typnamespace
        WHERE t.typacl IS NOT NULL OR t.typtype IN ('d', 'e', 'r')
    UNION ALL SELECT 'language ' || quote_ident(l.lanname), l.lanowner, l.lanacl, i.initprivs FROM pg_language l
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_language'::regclass AND i.objoid = l.oid
    UNION ALL SELECT 'foreign data wrapper ' || quote_ident(fdwname), fdwowner, fdwacl, NULL FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'foreign server ' || quote_ident(srvname), srvowner, srvacl, NULL FROM pg_foreign_server
    UNION ALL SELECT 'tablespace ' || quote_ident(spcname), spcowner, spcacl, NULL FROM pg_tablespace
    UNION ALL SELECT DISTINCT 'large objects of ' || pg_get_userbyid(lomowner), lomowner, lomacl, NULL::aclitem[] FROM pg_largeobject_metadata
    UNION ALL SELECT 'schema ' || n.nspname, n.nspowner, n.nspacl, i.initprivs FROM pg_namespace n
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = n.oid
        WHERE n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast')
    UNION ALL SELECT c.oid::regclass::text, c.relowner, c.relacl, i.initprivs FROM pg_class c
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
        WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND (c.relowner <> 10 OR c.relacl IS DISTINCT FROM i.initprivs)
    UNION ALL SELECT a.attrelid::regclass::text || '.' || quote_ident(a.attname), c.relowner, a.attacl, i.initprivs FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = a.attnum
        WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND a.attacl IS NOT NULL
    UNION ALL SELECT p.oid::regprocedure::text, p.proowner, p.proacl, i.initprivs FROM pg_proc p
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid
        WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND (p.proowner <> 10 OR p.proacl IS DISTINCT FROM i.initprivs)
), given AS (
    SELECT i.identity, x.privilege_type, w.rolname, x.is_grantable, i.owner, x.grantee
    FROM item i CROSS JOIN LATERAL aclexplode(i.acl) x JOIN who w ON w.oid = x.grantee WHERE x.grantee <> i.owner AND i.acl IS DISTINCT FROM i.born
    EXCEPT SELECT i.identity, x.privilege_type, w.rolname, x.is_grantable, i.owner, x.grantee
    FROM item i CROSS JOIN LATERAL aclexplode(i.born) x JOIN who w ON w.oid = x.grantee
), taken AS (
    SELECT i.identity, x.privilege_type, w.rolname
    FROM item i CROSS JOIN LATERAL aclexplode(i.born) x JOIN who w ON w.oid = x.grantee WHERE i.acl IS DISTINCT FROM i.born AND x.grantee <> i.owner
    EXCEPT SELECT i.identity, x.privilege_type, w.rolname FROM item i CROSS JOIN LATERAL aclexplode(i.acl) x JOIN who w ON w.oid = x.grantee
)
SELECT 'grant' AS kind, identity, concat(privilege_type, ' to ', rolname, CASE WHEN is_grantable THEN ' with grant option' END) AS detail FROM given
UNION ALL SELECT 'taken', identity, concat(privilege_type, ' from ', rolname) FROM taken
UNION ALL SELECT 'owner', identity, pg_get_userbyid(owner) FROM item WHERE owner <> 10
UNION ALL SELECT 'owner', identity, 'anybody may use it' FROM item WHERE identity ^@ 'type ' AND acl IS NULL
UNION ALL SELECT DISTINCT 'large object', 'large objects of ' || pg_get_userbyid(lomowner), 'there are some' FROM pg_largeobject_metadata
-- PostgreSQL's own functions: what may call whom, and what may be called before a row policy.
UNION ALL SELECT 'leakproof', p.oid::regprocedure::text, 'marked leakproof' FROM pg_proc p WHERE p.proleakproof
UNION ALL SELECT 'system function', p.oid::regprocedure::text, concat('definer, owner ', pg_get_userbyid(p.proowner), ' ', array_to_string(p.proconfig, ',')) FROM pg_proc p
    WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND p.prosecdef
UNION ALL SELECT 'system function', p.oid::regprocedure::text, 'made after the database' FROM pg_proc p
    WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND p.oid >= 16384
UNION ALL SELECT 'system function', 'all of PostgreSQL''s own', md5(string_agg(concat_ws(' ', p.oid, p.proname, p.prokind, p.provolatile, p.proparallel, p.procost, p.proisstrict,
        p.prosupport::oid, p.prolang, p.prosrc, p.probin), '|' ORDER BY p.oid)) FROM pg_proc p WHERE p.oid < 16384
UNION ALL SELECT 'system relation', c.oid::regclass::text, concat('made after the database, kind ', c.relkind) FROM pg_class c
    WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND c.oid >= 16384 AND c.relkind <> 'i'
UNION ALL SELECT 'system view', c.oid::regclass::text, md5(pg_get_viewdef(c.oid)) FROM pg_class c
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'v' AND c.relname IN ('pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs', 'pg_roles', 'pg_shadow',
        'pg_group', 'pg_user_mappings', 'pg_policies', 'pg_stat_activity', 'pg_sequences')
-- The application's and Houvast's own.
UNION ALL SELECT 'function', identity, concat('calls as ', prokind, ' parallel ', proparallel, ' cost ', procost, CASE WHEN proisstrict THEN ' strict' END,
        CASE WHEN prosupport <> 0 THEN ' support ' || prosupport::text END, ' gives ', format_type(prorettype, NULL), ' given ', md5(pg_get_function_arguments(oid))) FROM fn
UNION ALL SELECT 'aggregate', f.identity, concat(g.aggtransfn, ' ', g.aggfinalfn, ' ', g.aggcombinefn, ' ', g.agginitval) FROM pg_aggregate g JOIN fn f ON f.oid = g.aggfnoid
UNION ALL SELECT 'foreign key', r.identity || ' ' || quote_ident(k.conname), concat(md5(pg_get_constraintdef(k.oid)), CASE WHEN NOT k.convalidated THEN ' not checked' END)
    FROM pg_constraint k JOIN rel r ON r.oid = k.conrelid WHERE k.contype = 'f'
UNION ALL SELECT 'constraint', r.identity || ' ' || quote_ident(k.conname), md5(pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN rel r ON r.oid = k.conrelid WHERE k.contype IN ('p', 'u', 'x') AND r.identity ^@ 'houvast.'
UNION ALL SELECT 'column', r.identity || '.' || quote_ident(a.attname), concat(format_type(a.atttypid, a.atttypmod), ' not null ', a.attnotnull, ' default ', md5(pg_get_expr(d.adbin, d.adrelid)))
    FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum WHERE r.relkind IN ('r', 'p') AND r.identity ^@ 'houvast.'
UNION ALL SELECT 'calls', pg_describe_object(d.classid, d.objid, d.objsubid), d.refobjid::regprocedure::text
    FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.deptype = 'n' AND d.classid IN ('pg_attrdef'::regclass, 'pg_class'::regclass, 'pg_constraint'::regclass)
UNION ALL SELECT 'index', i.indexrelid::regclass::text, md5(pg_get_indexdef(i.indexrelid)) FROM pg_index i JOIN rel r ON r.oid = i.indrelid
    WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR r.identity ^@ 'houvast.'
UNION ALL SELECT 'inherits', r.identity, 'from ' || h.inhparent::regclass::text FROM pg_inherits h JOIN rel r ON r.oid = h.inhrelid
UNION ALL SELECT 'relation', identity, concat('kept ', relpersistence, ' copied as ', relreplident) FROM rel WHERE relkind IN ('r', 'p') AND (relpersistence <> 'p' OR relreplident <> 'd')
UNION ALL SELECT 'relation', f.ftrelid::regclass::text, concat('lies at ', s.srvname, ' ', md5(f.ftoptions::text)) FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver
UNION ALL SELECT 'trigger', r.identity || ' ' || quote_ident(t.tgname), concat('does not fire: ', t.tgenabled) FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid WHERE t.tgisinternal AND t.tgenabled <> 'O'
UNION ALL SELECT 'sequence', r.identity, concat_ws(' ', s.seqincrement, s.seqmin, s.seqmax, s.seqcycle) FROM pg_sequence s JOIN rel r ON r.oid = s.seqrelid WHERE r.identity ^@ 'houvast.'
UNION ALL SELECT 'domain', t.oid::regtype::text, md5(string_agg(pg_get_constraintdef(k.oid), '|' ORDER BY k.conname)) FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid
    JOIN app a ON a.oid = t.typnamespace GROUP BY t.oid
-- What PostgreSQL takes in place of something else, made after the database itself.
UNION ALL SELECT 'cast', format_type(castsource, NULL) || ' as ' || format_type(casttarget, NULL), concat(castcontext, castmethod, ' ', castfunc::regprocedure) FROM pg_cast WHERE oid >= 16384
UNION ALL SELECT 'operator', oid::regoperator::text, concat(pg_get_userbyid(oprowner), ' ', oprcode::oid::regprocedure, ' ', oprrest, ' ', oprjoin) FROM pg_operator WHERE oid >= 16384
UNION ALL SELECT 'operator', 'of PostgreSQL''s own', md5(string_agg(concat_ws(' ', oid, oprcode::oid, oprrest::oid, oprjoin::oid, oprowner), '|' ORDER BY oid)) FROM pg_operator WHERE oid < 16384
UNION ALL SELECT 'operator class', n.nspname || '.' || o.opcname, concat(pg_get_userbyid(o.opcowner), ' default ', o.opcdefault, ' ', o.opcintype::regtype,
        (SELECT string_agg(p.amproc::oid::regprocedure::text, ',' ORDER BY p.amprocnum, p.oid) FROM pg_amproc p WHERE p.amprocfamily = o.opcfamily))
    FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE o.oid >= 16384
UNION ALL SELECT 'collation', n.nspname || '.' || c.collname, concat(pg_get_userbyid(c.collowner), ' exact ', c.collisdeterministic) FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid >= 16384
UNION ALL SELECT 'conversion', n.nspname || '.' || c.conname, concat(pg_get_userbyid(c.conowner), ' default ', c.condefault, ' ', c.conproc) FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.oid >= 16384
UNION ALL SELECT 'text search', n.nspname || '.' || d.dictname, concat(pg_get_userbyid(d.dictowner), ' ', md5(d.dictinitoption)) FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace WHERE d.oid >= 16384
UNION ALL SELECT 'text search', n.nspname || '.' || c.cfgname, pg_get_userbyid(c.cfgowner) FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace WHERE c.oid >= 16384
UNION ALL SELECT 'text search', n.nspname || '.' || p.prsname, concat('parser ', p.prsstart::oid::regprocedure) FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace WHERE p.oid >= 16384
UNION ALL SELECT 'text search', n.nspname || '.' || t.tmplname, concat('template ', t.tmpllexize::oid::regprocedure) FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE t.oid >= 16384
UNION ALL SELECT 'access method', quote_ident(amname), amhandler::text FROM pg_am WHERE oid >= 16384
UNION ALL SELECT 'transform', format_type(trftype, NULL), concat(trffromsql, ' ', trftosql) FROM pg_transform
UNION ALL SELECT 'statistics', n.nspname || '.' || quote_ident(s.stxname), concat(pg_get_userbyid(s.stxowner), ' of ', s.stxrelid::regclass, ' ', s.stxkind::text) FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
-- What calls, listens and copies.
UNION ALL SELECT 'event trigger', quote_ident(evtname), concat('owner ', pg_get_userbyid(evtowner), ' for ', array_to_string(evttags, ',')) FROM pg_event_trigger
UNION ALL SELECT 'publication', quote_ident(pubname), concat('copies ', pubinsert, pubupdate, pubdelete, pubtruncate, ' by root ', pubviaroot) FROM pg_publication
UNION ALL SELECT 'publication', p.pubname || ' ' || t.prrelid::regclass::text, concat('columns ', t.prattrs, ' rows ', md5(pg_get_expr(t.prqual, t.prrelid))) FROM pg_publication_rel t JOIN pg_publication p ON p.oid = t.prpubid
UNION ALL SELECT 'publication', p.pubname || ' schema ' || n.pnnspid::regnamespace::text, 'published whole' FROM pg_publication_namespace n JOIN pg_publication p ON p.oid = n.pnpubid
UNION ALL SELECT 'subscription', quote_ident(s.subname), concat('owner ', pg_get_userbyid(s.subowner), ' enabled ', s.subenabled, ' of ', array_to_string(s.subpublications, ','))
    FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()
UNION ALL SELECT 'replication slot', slot_name, concat_ws(' ', slot_type, plugin, database) FROM pg_replication_slots WHERE NOT temporary
UNION ALL SELECT 'foreign data wrapper', quote_ident(fdwname), concat(fdwhandler::oid::regprocedure, ' ', fdwvalidator::oid::regprocedure, ' ', md5(fdwoptions::text)) FROM pg_foreign_data_wrapper
UNION ALL SELECT 'foreign server', quote_ident(srvname), concat('at ', md5(concat(srvtype, srvversion, srvoptions::text))) FROM pg_foreign_server
UNION ALL SELECT 'user mapping', quote_ident(srvname), concat('of ', CASE WHEN umuser = 0 THEN 'public' ELSE usename END, ' ', md5(umoptions::text)) FROM pg_user_mappings
UNION ALL SELECT 'extension', quote_ident(e.extname), concat('owner ', pg_get_userbyid(e.extowner), ' in ', e.extnamespace::regnamespace) FROM pg_extension e
UNION ALL SELECT 'security label', pg_describe_object(l.classoid, l.objoid, l.objsubid), l.provider || ': ' || l.label FROM pg_seclabel l
UNION ALL SELECT 'security label', pg_describe_object(l.classoid, l.objoid, 0), l.provider || ': ' || l.label FROM pg_shseclabel l
-- Roles, the database and the server.
UNION ALL SELECT 'role', quote_ident(rolname), concat('until ', coalesce(rolvaliduntil::text, 'ever'), ' at once ', rolconnlimit) FROM pg_roles
    WHERE rolname !~ '^pg_' AND rolname <> 'houvast_web' AND (rolvaliduntil IS NOT NULL OR rolconnlimit <> -1)
UNION ALL SELECT 'parameter', p.parname, concat('of ', w.rolname, ' with grant option: ', x.privilege_type)
    FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) x JOIN who w ON w.oid = x.grantee WHERE x.is_grantable AND x.grantee <> 10
UNION ALL SELECT 'default privileges', concat(pg_get_userbyid(d.defaclrole), ' in ', coalesce(n.nspname, 'any schema'), ' on ', d.defaclobjtype), concat(x.privilege_type, ' to ', w.rolname, ' with grant option')
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace CROSS JOIN LATERAL aclexplode(d.defaclacl) x JOIN who w ON w.oid = x.grantee WHERE x.is_grantable AND x.grantee <> d.defaclrole
UNION ALL SELECT 'database', quote_ident(datname), concat('to connect ', datallowconn, ' to copy ', datistemplate, ' at once ', datconnlimit) FROM pg_database WHERE datname = current_database()
UNION ALL SELECT 'server setting', name, reset_val FROM pg_settings WHERE name IN ('allow_system_table_mods', 'archive_command', 'archive_library', 'archive_mode', 'createrole_self_grant',
    'dynamic_library_path', 'extension_control_path', 'ignore_system_indexes', 'jit_provider', 'krb_server_keyfile', 'listen_addresses', 'lo_compat_privileges',
    'local_preload_libraries', 'log_min_error_statement', 'log_parameter_max_length_on_error', 'log_statement', 'max_prepared_transactions',
    'password_encryption', 'restrict_nonsystem_relation_kind', 'row_security', 'session_preload_libraries', 'session_replication_role', 'shared_preload_libraries',
    'ssl', 'standard_conforming_strings', 'synchronous_commit', 'unix_socket_permissions', 'wal_level', 'zero_damaged_pages', 'backtrace_functions');

-- name: strange
-- What this reader does not know, of a PostgreSQL that is newer than it or was changed. It is never remembered, so that it is
-- named each time.
WITH acl (given) AS (
    SELECT relacl FROM pg_class UNION SELECT attacl FROM pg_attribute UNION SELECT proacl FROM pg_proc UNION SELECT nspacl FROM pg_namespace
    UNION SELECT datacl FROM pg_database UNION SELECT typacl FROM pg_type UNION SELECT lanacl FROM pg_language UNION SELECT fdwacl FROM pg_foreign_data_wrapper
    UNION SELECT srvacl FROM pg_foreign_server UNION SELECT spcacl FROM pg_tablespace UNION SELECT lomacl FROM pg_largeobject_metadata
    UNION SELECT paracl FROM pg_parameter_acl UNION SELECT defaclacl FROM pg_default_acl
), known (class) AS (
    SELECT unnest(string_to_array('aggregate am amop amproc attrdef attribute auth_members authid cast class collation constraint conversion database db_role_setting '
        'default_acl depend description enum event_trigger extension foreign_data_wrapper foreign_server foreign_table index inherits init_privs language largeobject '
        'largeobject_metadata namespace opclass operator opfamily parameter_acl partitioned_table policy proc publication publication_namespace publication_rel range '
        'replication_origin rewrite seclabel sequence shdepend shdescription shseclabel statistic statistic_ext statistic_ext_data subscription subscription_rel tablespace '
        'transform trigger ts_config ts_config_map ts_dict ts_parser ts_template type user_mapping', ' '))
), field (class, names) AS (VALUES
    ('pg_authid', 'rolname rolsuper rolinherit rolcreaterole rolcreatedb rolcanlogin rolreplication rolbypassrls rolconnlimit rolpassword rolvaliduntil'),
    ('pg_auth_members', 'roleid member grantor admin_option inherit_option set_option'),
    ('pg_policy', 'polname polrelid polcmd polpermissive polroles polqual polwithcheck')
)
SELECT 'leakproof' AS kind, p.oid::regprocedure::text AS identity, 'marked leakproof, and known to leak' AS detail FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proleakproof AND (p.proname ~ '^(text|bpchar|name|bytea)(ic)?n?(like|regexeq|regexne)$'
      OR p.proname ~ '^(jsonb_(contain|path)|ts_match|array(contain|overlap)|range_|to_ts)')
UNION ALL SELECT 'unknown' AS kind, 'class ' || c.relname AS identity, 'a catalogue that this reader does not know' AS detail FROM pg_class c
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN (SELECT 'pg_' || class FROM known)
UNION ALL SELECT 'unknown', 'column ' || c.relname || '.' || a.attname, 'holds privileges that this reader does not know' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND a.atttypid = 'aclitem[]'::regtype AND c.relnamespace = 'pg_catalog'::regnamespace AND NOT a.attisdropped
      AND (c.relname, a.attname) NOT IN (('pg_attribute', 'attacl'), ('pg_class', 'relacl'), ('pg_database', 'datacl'), ('pg_default_acl', 'defaclacl'),
        ('pg_foreign_data_wrapper', 'fdwacl'), ('pg_foreign_server', 'srvacl'), ('pg_init_privs', 'initprivs'), ('pg_language', 'lanacl'),
        ('pg_largeobject_metadata', 'lomacl'), ('pg_namespace', 'nspacl'), ('pg_parameter_acl', 'paracl'), ('pg_proc', 'proacl'), ('pg_tablespace', 'spcacl'), ('pg_type', 'typacl'))
UNION ALL SELECT 'unknown', 'attribute ' || a.attname, 'of ' || f.class FROM field f JOIN pg_attribute a ON a.attrelid = f.class::regclass AND a.attnum > 0 AND NOT a.attisdropped
    WHERE a.attname <> 'oid' AND a.attname <> ALL (string_to_array(f.names, ' '))
UNION ALL SELECT DISTINCT 'unknown', 'privilege ' || x.privilege_type, 'granted to somebody' FROM acl CROSS JOIN LATERAL aclexplode(acl.given) x
    WHERE x.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN', 'EXECUTE', 'USAGE', 'CREATE', 'TEMPORARY',
        'CONNECT', 'SET', 'ALTER SYSTEM')
UNION ALL SELECT DISTINCT 'unknown', 'kind of relation ' || relkind::text, 'in use' FROM pg_class WHERE relkind NOT IN ('r', 'i', 'S', 't', 'v', 'm', 'c', 'f', 'p', 'I')
UNION ALL SELECT DISTINCT 'unknown', 'kind of constraint ' || contype::text, 'in use' FROM pg_constraint WHERE contype NOT IN ('c', 'f', 'n', 'p', 'u', 't', 'x')
UNION ALL SELECT DISTINCT 'unknown', 'kind of routine ' || prokind::text, 'in use' FROM pg_proc WHERE prokind NOT IN ('f', 'p', 'a', 'w')
UNION ALL SELECT 'unknown', 'version ' || current_setting('server_version'), 'newer than 18, the last that this reader was tried with'
    WHERE current_setting('server_version_num')::int >= 190000;

-- name: authentication
-- Who is let in how, line by line of pg_hba.conf; a superuser reads it.
SELECT 'authentication' AS kind, concat('line ', line_number) AS identity,
    concat_ws(' ', type, array_to_string(database, ','), array_to_string(user_name, ','), address, netmask, auth_method, array_to_string(options, ','), error) AS detail
FROM pg_hba_file_rules;

-- name: may_see_authentication
-- Whether this login may read that.
SELECT has_function_privilege('pg_hba_file_rules()', 'EXECUTE');
