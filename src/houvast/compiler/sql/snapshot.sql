-- name: snapshot
-- Everything in this database and cluster that decides who may see or do what, as (kind, identity, detail); but for
-- Houvast's desk (schema houvast_desk, login houvast_web), whose tables come and go: `desk` looks at that. The
-- functions and views that its login may use are no difference either: they are there with the desk.
WITH app AS (
    SELECT n.oid, n.nspname FROM pg_namespace n
    WHERE n.nspname NOT IN ('information_schema', 'houvast_desk') AND n.nspname !~ '^pg_'
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
), who AS (
    SELECT oid, rolname FROM pg_roles UNION ALL SELECT 0, 'public'
)
SELECT 'relation' AS kind, identity, 'owner ' || pg_get_userbyid(relowner) AS detail FROM rel
UNION ALL SELECT 'row security', identity, concat('enabled ', relrowsecurity, ' forced ', relforcerowsecurity) FROM rel WHERE relkind IN ('r', 'p')
UNION ALL SELECT 'options', identity, array_to_string(reloptions, ',') FROM rel WHERE reloptions IS NOT NULL
UNION ALL SELECT 'grant', r.identity, concat(x.privilege_type, ' to ', w.rolname, CASE WHEN x.is_grantable THEN ' with grant option' END)
    FROM rel r CROSS JOIN LATERAL aclexplode(r.relacl) x JOIN who w ON w.oid = x.grantee WHERE x.grantee <> r.relowner
      AND NOT (w.rolname = 'houvast_web' AND r.identity ~ '^houvast[.]public_(entry|log|case|breach|step|incoming|flagged|control|access|access_review)$'
               AND x.privilege_type = 'SELECT' AND NOT x.is_grantable)
UNION ALL SELECT 'grant', r.identity || '.' || quote_ident(a.attname), concat(x.privilege_type, ' to ', w.rolname, CASE WHEN x.is_grantable THEN ' with grant option' END)
    FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    CROSS JOIN LATERAL aclexplode(a.attacl) x JOIN who w ON w.oid = x.grantee WHERE x.grantee <> r.relowner
UNION ALL SELECT 'column', r.identity || '.' || quote_ident(a.attname), concat(format_type(a.atttypid, a.atttypmod), ' not null ', a.attnotnull, ' default ', pg_get_expr(d.adbin, d.adrelid))
    FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname ~ '^hv_'
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum WHERE r.relkind IN ('r', 'p')
UNION ALL SELECT 'constraint', r.identity || ' ' || quote_ident(k.conname), md5(pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN rel r ON r.oid = k.conrelid WHERE k.contype = 'c' AND r.identity ^@ 'houvast.'
UNION ALL SELECT 'policy', r.identity || ' ' || quote_ident(p.polname), concat_ws(' ', p.polcmd, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
        (SELECT string_agg(w.rolname::text, ',' ORDER BY w.rolname) FROM unnest(p.polroles) u JOIN who w ON w.oid = u),
        'using', md5(pg_get_expr(p.polqual, p.polrelid)), 'check', md5(pg_get_expr(p.polwithcheck, p.polrelid)))
    FROM pg_policy p JOIN rel r ON r.oid = p.polrelid
UNION ALL SELECT 'trigger', r.identity || ' ' || quote_ident(t.tgname), concat(t.tgenabled, ' ', md5(pg_get_triggerdef(t.oid)))
    FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL SELECT 'rule', r.identity || ' ' || quote_ident(w.rulename), concat(w.ev_enabled, ' ', md5(pg_get_ruledef(w.oid)))
    FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
UNION ALL SELECT 'view', identity, md5(pg_get_viewdef(oid)) FROM rel WHERE relkind IN ('v', 'm')
UNION ALL SELECT 'function', identity, concat('owner ', pg_get_userbyid(proowner), CASE WHEN prosecdef THEN ' definer' END, CASE WHEN proleakproof THEN ' leakproof' END,
        ' ', provolatile, ' ', md5(concat(prosrc, pg_get_function_sqlbody(oid), array_to_string(proconfig, ','), prolang))) FROM fn
UNION ALL SELECT 'grant', f.identity, concat(x.privilege_type, ' to ', w.rolname, CASE WHEN x.is_grantable THEN ' with grant option' END)
    FROM fn f CROSS JOIN LATERAL aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x JOIN who w ON w.oid = x.grantee WHERE x.grantee <> f.proowner
      AND NOT (w.rolname = 'houvast_web' AND f.identity ~ '^houvast[.](tell_(sign_in|export)|ask_code|answer_code|session_now|not_me|(answer|settle)_case_code|(asked|answer)_mandate|(begin|answer)_passkey|(begin|take|answer)_oidc|oidc_place|end_session|stop_check|opt_out|complain|follow_request|answers_to|(take|move)_request|(open|read)_case|(draft|approve|send)_letter|(record|change)_breach|attest_control|access_now|sign_access|take_hook|(open|read|accept|dismiss)_mail|(open|read|decide)_flagged|(ask|read)_shown|shown_stands|read_judged|take_(out|back)|let_stand|ask_trends|(api|exchange|looking|report)_\w+)[(]' AND NOT x.is_grantable)
UNION ALL SELECT 'schema', quote_ident(n.nspname), 'owner ' || pg_get_userbyid(n.nspowner) FROM pg_namespace n JOIN app a ON a.oid = n.oid
UNION ALL SELECT 'grant', 'schema ' || quote_ident(n.nspname), concat(x.privilege_type, ' to ', w.rolname, CASE WHEN x.is_grantable THEN ' with grant option' END)
    FROM pg_namespace n JOIN app a ON a.oid = n.oid CROSS JOIN LATERAL aclexplode(n.nspacl) x JOIN who w ON w.oid = x.grantee WHERE x.grantee <> n.nspowner
UNION ALL SELECT 'database', quote_ident(d.datname), concat('owner ', pg_get_userbyid(d.datdba)) FROM pg_database d WHERE d.datname = current_database()
UNION ALL SELECT 'grant', 'database ' || quote_ident(d.datname), concat(x.privilege_type, ' to ', w.rolname, CASE WHEN x.is_grantable THEN ' with grant option' END)
    FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x JOIN who w ON w.oid = x.grantee
    WHERE d.datname = current_database() AND x.grantee <> d.datdba
      AND NOT (w.rolname = 'houvast_web' AND x.privilege_type = 'CONNECT' AND NOT x.is_grantable)
UNION ALL SELECT 'role', quote_ident(r.rolname), concat_ws(' ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolbypassrls THEN 'bypassrls' END,
        CASE WHEN r.rolcreaterole THEN 'createrole' END, CASE WHEN r.rolreplication THEN 'replication' END, CASE WHEN r.rolcanlogin THEN 'login' END,
        CASE WHEN r.rolcreatedb THEN 'createdb' END, CASE WHEN NOT r.rolinherit THEN 'inherits nothing' END)
    FROM pg_roles r WHERE r.rolname !~ '^pg_' AND r.rolname <> 'houvast_web'
UNION ALL SELECT 'member', quote_ident(g.rolname), concat('of it: ', m.rolname, CASE WHEN a.admin_option THEN ' with admin option' END,
        CASE WHEN to_jsonb(a) ->> 'inherit_option' = 'true' THEN ' inherits' END, CASE WHEN to_jsonb(a) ->> 'set_option' = 'false' THEN ' cannot set' END)
    FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
    WHERE 'houvast_web' NOT IN (g.rolname, m.rolname)
UNION ALL SELECT 'role setting', coalesce(quote_ident(r.rolname), 'every role'), concat(coalesce(d.datname, 'every database'), ': ', array_to_string(s.setconfig, ', '))
    FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
    WHERE s.setdatabase = 0 OR d.datname = current_database()
UNION ALL SELECT 'parameter', p.parname, concat(x.privilege_type, ' to ', w.rolname)
    FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) x JOIN who w ON w.oid = x.grantee WHERE x.grantee <> 10
UNION ALL SELECT 'default privileges', concat(pg_get_userbyid(d.defaclrole), ' in ', coalesce(n.nspname, 'any schema'), ' on ', d.defaclobjtype), concat(x.privilege_type, ' to ', w.rolname)
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace CROSS JOIN LATERAL aclexplode(d.defaclacl) x JOIN who w ON w.oid = x.grantee
UNION ALL SELECT 'event trigger', quote_ident(evtname), concat(evtevent, ' ', evtenabled, ' ', evtfoid::regproc) FROM pg_event_trigger
UNION ALL SELECT 'publication', quote_ident(pubname), concat(pubowner::regrole, CASE WHEN puballtables THEN ' all tables' END) FROM pg_publication
UNION ALL SELECT 'publication', p.pubname || ' ' || t.prrelid::regclass::text, 'published' FROM pg_publication_rel t JOIN pg_publication p ON p.oid = t.prpubid
UNION ALL SELECT 'foreign server', quote_ident(srvname), pg_get_userbyid(srvowner) FROM pg_foreign_server
UNION ALL SELECT 'language', quote_ident(lanname), concat('trusted ', lanpltrusted) FROM pg_language WHERE lanname NOT IN ('internal', 'c', 'sql')
UNION ALL SELECT 'extension', quote_ident(extname), extversion FROM pg_extension
UNION ALL SELECT 'leakproof', p.oid::regprocedure::text, 'marked leakproof' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'pg_catalog' AND p.proleakproof AND p.proname IN ('textlike', 'texticlike', 'textregexeq', 'like', 'int4in', 'int8in', 'text_to_array')
ORDER BY 1, 2, 3;

-- name: desk
-- Whatever opens Houvast's desk to another login than the pages', or lets that login go beyond the desk; and that the database
-- was restored, and is closed. Nothing of it is ever remembered, so that it is named each time.
WITH desk AS (
    SELECT oid, nspowner, nspacl FROM pg_namespace WHERE nspname = 'houvast_desk'
), item AS (
    SELECT 'houvast_desk.' || quote_ident(c.relname) AS identity, c.relowner AS owner, c.relacl AS acl
    FROM pg_class c JOIN desk d ON d.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT 'houvast_desk.' || quote_ident(c.relname) || '.' || quote_ident(a.attname), c.relowner, a.attacl
    FROM pg_class c JOIN desk d ON d.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
    UNION ALL SELECT 'schema houvast_desk', nspowner, nspacl FROM desk
), who AS (
    SELECT oid, rolname FROM pg_roles UNION ALL SELECT 0, 'public'
)
SELECT 'grant' AS kind, i.identity, concat(x.privilege_type, ' to ', w.rolname, CASE WHEN x.is_grantable THEN ' with grant option' END) AS detail
    FROM item i CROSS JOIN LATERAL aclexplode(i.acl) x JOIN who w ON w.oid = x.grantee
    WHERE x.grantee <> i.owner AND NOT (w.rolname = 'houvast_web' AND NOT x.is_grantable
          AND x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE'))
UNION ALL SELECT 'relation', i.identity, 'owner ' || r.rolname FROM item i JOIN pg_roles r ON r.oid = i.owner WHERE NOT r.rolsuper
UNION ALL SELECT 'relation', 'houvast_desk.' || quote_ident(c.relname), CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'view' END || ' among the tables'
    FROM pg_class c JOIN desk d ON d.oid = c.relnamespace WHERE c.relkind IN ('v', 'm', 'f')
UNION ALL SELECT 'function', p.oid::regprocedure::text, concat('definer, owner ', pg_get_userbyid(p.proowner))
    FROM pg_proc p JOIN desk d ON d.oid = p.pronamespace WHERE p.prosecdef
UNION ALL SELECT 'rule', 'houvast_desk.' || quote_ident(c.relname) || ' ' || quote_ident(w.rulename), w.ev_enabled::text
    FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class JOIN desk d ON d.oid = c.relnamespace WHERE w.rulename <> '_RETURN'
UNION ALL SELECT 'role', r.rolname, concat_ws(' ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolbypassrls THEN 'bypassrls' END,
        CASE WHEN r.rolcreaterole THEN 'createrole' END, CASE WHEN r.rolreplication THEN 'replication' END, CASE WHEN r.rolcreatedb THEN 'createdb' END)
    FROM pg_roles r WHERE r.rolname = 'houvast_web' AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication OR r.rolcreatedb)
UNION ALL SELECT 'member', quote_ident(g.rolname), 'of it: ' || m.rolname
    FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member WHERE 'houvast_web' IN (g.rolname, m.rolname)
UNION ALL SELECT 'known', 'setting restored', 'this database was restored from a backup, and is closed' FROM houvast.setting WHERE name = 'restored'
ORDER BY 1, 2, 3;

-- name: known
-- What Houvast's own tables say: purposes, versions, bits, settings.
SELECT 'known' AS kind, 'purpose ' || name AS identity, p::text AS detail FROM houvast.purpose p
UNION ALL SELECT 'known', 'version ' || version, v::text FROM houvast.version v
UNION ALL SELECT 'known', 'bit ' || name, b::text FROM houvast.bit b
UNION ALL SELECT 'known', 'setting ' || name, s::text FROM houvast.setting s WHERE name <> 'restored';

-- name: has_volumes
-- Whether limits of use are kept here: not by a release of before them, which `apply` comes to.
SELECT to_regclass('houvast.volume') IS NOT NULL;

-- name: volumes
-- The limits of use, by purpose.
SELECT 'known' AS kind, 'volume ' || p.name AS identity, string_agg(v::text, ' ' ORDER BY v.version) AS detail
FROM houvast.volume v JOIN houvast.purpose p ON p.number = v.purpose GROUP BY p.name;

-- name: checks
-- How many rows are not as the triggers would keep them: one query a fill.
SELECT name, needs, promise FROM houvast.object WHERE kind = 'fill' AND needs <> '' ORDER BY seq;

-- name: changed
-- What was remembered and is not there, and what is there and was not remembered, as (kind, identity, detail, remembered);
-- what readers give stands in the braces.
SELECT kind, identity, detail, bool_or(remembered) FROM (
    SELECT kind, identity, detail, true AS remembered FROM houvast.snapshot
    UNION ALL SELECT DISTINCT kind, identity, coalesce(detail, ''), false FROM (
{}
) now ) line GROUP BY kind, identity, detail HAVING count(*) = 1;

-- name: ended
-- The apply that was under way has ended.
DELETE FROM houvast.setting WHERE name = 'unfinished';

-- name: forget
-- Forget it, before it is written anew.
DELETE FROM houvast.snapshot;

-- name: remember
-- What a reader gives, which stands in the braces.
INSERT INTO houvast.snapshot (kind, identity, detail) SELECT kind, identity, coalesce(detail, '') FROM (
{}
) line ON CONFLICT DO NOTHING;
