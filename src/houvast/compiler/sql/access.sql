-- name: view_public_access
-- Who can do what, as the catalogue has it now: logins and what they are, the purposes that each may open, what each purpose, each
-- login and everybody may do with which columns, the staff by role and number, and tokens (promise C38). Each column of each part has
-- its name, without which a view that was dumped and restored reads otherwise than before.
CREATE OR REPLACE VIEW houvast.public_access AS
WITH rel AS (
    SELECT c.oid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'houvast', 'houvast_desk') AND n.nspname !~ '^pg_'
), seat AS (
    SELECT 'purpose' AS kind, p.name AS who, r.oid FROM houvast.purpose p JOIN pg_roles r ON r.rolname = p.role WHERE p.live AND p.role <> ''
    UNION ALL SELECT 'login' AS kind, r.rolname AS who, r.oid FROM pg_roles r WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname !~ '^pg_'
    UNION ALL SELECT 'everybody' AS kind, '' AS who, 0 AS oid
), reach AS MATERIALIZED (
    SELECT s.kind, s.who, s.oid AS seat, rel.oid AS rel, rel.name, v.verb
    FROM rel CROSS JOIN seat s CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE')) v (verb)
    WHERE CASE s.oid WHEN 0 THEN has_any_column_privilege('public', rel.oid, v.verb) ELSE has_any_column_privilege(s.oid, rel.oid, v.verb) END
), granted AS (
    SELECT r.kind, r.who, r.name, r.verb, string_agg(a.attname, ', ' ORDER BY a.attnum) AS columns, count(*) AS many,
        (SELECT count(*) FROM pg_attribute q WHERE q.attrelid = r.rel AND q.attnum > 0 AND NOT q.attisdropped) AS of_many
    FROM reach r JOIN pg_attribute a ON a.attrelid = r.rel AND a.attnum > 0 AND NOT a.attisdropped
    WHERE CASE r.seat WHEN 0 THEN has_column_privilege('public', r.rel, a.attnum, r.verb) ELSE has_column_privilege(r.seat, r.rel, a.attnum, r.verb) END
    GROUP BY r.kind, r.who, r.rel, r.name, r.verb
    UNION ALL SELECT s.kind, s.who, rel.name, v.verb, '' AS columns, 1 AS many, 1 AS of_many FROM rel CROSS JOIN seat s CROSS JOIN (VALUES ('DELETE'), ('TRUNCATE'), ('TRIGGER'), ('REFERENCES')) v (verb)
    WHERE CASE s.oid WHEN 0 THEN has_table_privilege('public', rel.oid, v.verb) ELSE has_table_privilege(s.oid, rel.oid, v.verb) END
)
SELECT 'role' AS kind, r.rolname::text AS who, concat_ws(', ', CASE WHEN r.rolcanlogin THEN 'login' END, CASE WHEN r.rolsuper THEN 'superuser' END,
        CASE WHEN r.rolbypassrls THEN 'bypassrls' END, CASE WHEN r.rolcreaterole THEN 'createrole' END, CASE WHEN r.rolcreatedb THEN 'createdb' END,
        CASE WHEN r.rolreplication THEN 'replication' END) AS what, ''::text AS how
FROM pg_roles r WHERE r.rolname !~ '^pg_' AND (r.rolcanlogin OR r.rolsuper OR r.rolbypassrls OR r.rolcreaterole)
UNION ALL SELECT 'opens' AS kind, r.rolname AS who, p.name AS what, concat_ws(', ', p.kind, CASE WHEN p.one <> '' THEN 'one ' || p.one END) AS how
FROM pg_roles r JOIN houvast.purpose p ON p.live AND p.role <> '' WHERE r.rolcanlogin AND NOT r.rolsuper
    AND EXISTS (SELECT FROM pg_roles q WHERE q.rolname = p.role) AND pg_has_role(r.rolname, p.role, 'MEMBER')
UNION ALL SELECT 'member' AS kind, m.rolname AS who, g.rolname AS what, '' AS how FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
WHERE NOT EXISTS (SELECT FROM houvast.purpose p WHERE p.role = g.rolname)
UNION ALL SELECT g.kind, g.who, g.verb || ' ' || g.name, CASE WHEN g.columns = '' OR g.many = g.of_many THEN '' ELSE g.columns END FROM granted g
UNION ALL SELECT 'staff', s.role || ' ' || s.id, s.role, CASE WHEN s.secret IS NULL THEN '' ELSE 'confirms by a code' END FROM houvast.staff s WHERE s.ended_at IS NULL
UNION ALL SELECT 'token', t.name, array_to_string(t.scopes, ', '), coalesce(t.login::text, t.role) || ', until ' || to_char(t.until AT TIME ZONE 'UTC', 'YYYY-MM-DD')
FROM houvast.api_token t WHERE t.revoked_at IS NULL;
COMMENT ON VIEW houvast.public_access IS 'Who can do what, as the catalogue has it now (promise C38)'

-- name: table_access_review
-- That somebody of the staff reviewed who can do what, and what that hashed to (promise C38).
CREATE TABLE IF NOT EXISTS houvast.access_review (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'), lines int NOT NULL,
    who text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE houvast.access_review IS 'Reviews of who can do what (promise C38).'

-- name: function_access_now
-- What `public_access` hashes to now, and how many lines it has: each line as JSON, in the order of their bytes (promise C38).
CREATE OR REPLACE FUNCTION houvast.access_now(OUT sha256 text, OUT lines int) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(pg_catalog.sha256(convert_to(coalesce(string_agg(l.line, E'\n' ORDER BY l.line COLLATE "C"), ''), 'UTF8')), 'hex'), count(*)::int
    FROM (SELECT json_build_array(a.kind, a.who, a.what, a.how)::text AS line FROM houvast.public_access a) l
$$;
COMMENT ON FUNCTION houvast.access_now IS 'What who can do what hashes to now (promise C38)';
REVOKE ALL ON FUNCTION houvast.access_now() FROM PUBLIC

-- name: function_access_review_kept
-- A review is of this moment and of what is so now, by an officer or auditor with a code in this transaction; it stays (promise C38).
CREATE OR REPLACE FUNCTION houvast.access_review_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    reviewed text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM houvast.says_no('a review of access stays as it was signed', 'C38', 'Review it again: houvast access sign.');
    END IF;
    SELECT s.role || ' ' || s.id INTO reviewed FROM houvast.confirmed k JOIN houvast.staff s ON s.name = k.who AND s.ended_at IS NULL
    WHERE k.xid = pg_current_xact_id_if_assigned() AND k.what = 'access ' || NEW.sha256 AND s.role IN ('officer', 'auditor');
    IF reviewed IS NULL THEN
        PERFORM houvast.says_no('a review of access is signed by an officer or auditor, with a code', 'C38', 'houvast access sign --by WHO --code CODE');
    END IF;
    SELECT n.lines INTO NEW.lines FROM houvast.access_now() n WHERE n.sha256 = NEW.sha256;
    IF NEW.lines IS NULL THEN
        PERFORM houvast.says_no('who can do what is not what you looked at any more', 'C38', 'Look at it again, and sign that.');
    END IF;
    NEW.who := reviewed;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
COMMENT ON FUNCTION houvast.access_review_kept IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.access_review_kept() FROM PUBLIC

-- name: function_tell_access
-- A review goes into the log, in the same transaction (promise C38).
CREATE OR REPLACE FUNCTION houvast.tell_access() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.tell('access_reviewed', 'C38', jsonb_build_object('access_sha256', NEW.sha256, 'lines', NEW.lines, 'role', split_part(NEW.who, ' ', 1)),
                         jsonb_build_object('review', NEW.id), NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.tell_access IS 'Keeps promise C38';
REVOKE ALL ON FUNCTION houvast.tell_access() FROM PUBLIC

-- name: function_sign_access
-- For the pages and the command: one of the staff signs what they looked at, by what it hashes to, with a code that serves once
-- (promise C38).
CREATE OR REPLACE FUNCTION houvast.sign_access(seen text, by text, code text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF coalesce(seen, '') !~ '^[0-9a-f]{64}$' THEN
        PERFORM houvast.says_no('what is signed is named by its hash', 'C38', 'Open the page again, or run houvast access.');
    END IF;
    PERFORM houvast.confirm(by, code, 'access ' || seen);
    INSERT INTO houvast.access_review (sha256, lines, who) VALUES (seen, 0, '') RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.sign_access IS 'One of the staff signs a review of access (promise C38)';
REVOKE ALL ON FUNCTION houvast.sign_access(text, text, text) FROM PUBLIC

-- name: view_public_access_review
-- For the pages: the reviews, and whether what was reviewed is still so (promise C38).
CREATE OR REPLACE VIEW houvast.public_access_review AS
SELECT v.id, v.sha256, v.lines, v.who, v.at, v.sha256 = (SELECT n.sha256 FROM houvast.access_now() n) AS same FROM houvast.access_review v;
COMMENT ON VIEW houvast.public_access_review IS 'Reviews of access, and whether they still say what is so (promise C38)'
