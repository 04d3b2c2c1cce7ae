-- name: scopes_of_tokens
-- What a token may be given: of an application (role NULL), or of staff in a role. A closed list (promise C38).
CREATE OR REPLACE FUNCTION houvast.scopes_of_tokens(role text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE coalesce(role, '') WHEN '' THEN ARRAY['mail', 'requests', 'people', 'decisions', 'forms', 'explain']
    WHEN 'officer' THEN ARRAY['cases:read', 'cases:open', 'cases:write', 'holds:write', 'proof:read', 'evidence:read', 'explain']
    WHEN 'auditor' THEN ARRAY['cases:read', 'proof:read', 'evidence:read', 'explain']
    WHEN 'support' THEN ARRAY['proof:read'] WHEN 'finance' THEN ARRAY['proof:read'] ELSE '{}'::text[] END;
COMMENT ON FUNCTION houvast.scopes_of_tokens(text) IS 'What a token may be given at most (promise C38)';
REVOKE ALL ON FUNCTION houvast.scopes_of_tokens(text) FROM PUBLIC;

-- name: api_token
-- What programs show at the API. Of a token a digest is kept; it is of the login of an application, or of one of the staff, may
-- what its scopes say, and ends (promise C38).
CREATE TABLE IF NOT EXISTS houvast.api_token (
    id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'), digest bytea NOT NULL CHECK (length(digest) = 32),
    name text NOT NULL CHECK (name ~ '^[[:alnum:]][[:alnum:] ._-]{0,59}$'), scopes text[] NOT NULL, login name, staff text, role text,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL, revoked_at timestamptz, used_at timestamptz,
    CHECK ((login IS NULL) <> (role IS NULL) AND (staff IS NULL) = (role IS NULL)), CHECK (cardinality(scopes) > 0 AND scopes <@ houvast.scopes_of_tokens(role)));
ALTER TABLE houvast.api_token ADD COLUMN IF NOT EXISTS staff text;  -- one of before, of a role alone, counts no longer
CREATE UNIQUE INDEX IF NOT EXISTS api_token_name ON houvast.api_token (name) WHERE revoked_at IS NULL;
COMMENT ON TABLE houvast.api_token IS 'Tokens of programs: digest, whose, what they may, until when (promise C38).';

-- name: give_api_token
-- For an administrator: a new token, which is shown once. One of the staff has it in their role and name, so that a program
-- is no second pair of eyes beside them (promises C38, G10).
DROP FUNCTION IF EXISTS houvast.give_api_token(text, text[], text, text, int);
CREATE OR REPLACE FUNCTION houvast.give_api_token(name text, scopes text[], login text, staff text, days int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number CONSTANT text := left(houvast.new_secret(), 16);
    made CONSTANT text := concat_ws('_', 'hvt', number, houvast.new_secret());
    asked CONSTANT text[] := ARRAY(SELECT DISTINCT s FROM unnest(scopes) s ORDER BY s);
    plain CONSTANT text := CASE WHEN staff IS NOT NULL THEN houvast.staff_name(staff) END;
    role CONSTANT text := CASE WHEN plain IS NOT NULL THEN split_part(houvast.staff_now(plain), ' ', 1) END;
BEGIN
    IF (login IS NULL) = (plain IS NULL) THEN
        RAISE EXCEPTION 'Houvast refuses: a token is of one login, or of one of the staff (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Say --login or --of.';
    ELSIF login IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r JOIN houvast.purpose p ON pg_has_role(r.rolname, p.role, 'MEMBER')
            WHERE r.rolname = give_api_token.login AND r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> 'houvast_people' AND p.live AND p.kind <> 'migration') THEN
        RAISE EXCEPTION 'Houvast refuses: no application has this login (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name a login to which the data map gives a purpose.';
    ELSIF coalesce(cardinality(asked), 0) = 0 OR NOT asked <@ houvast.scopes_of_tokens(role) THEN
        RAISE EXCEPTION 'Houvast refuses: this token cannot have these scopes (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = format('It can have: %s.', coalesce(nullif(array_to_string(houvast.scopes_of_tokens(role), ', '), ''), 'nothing'));
    ELSIF days IS NULL OR days NOT BETWEEN 1 AND 400 THEN
        RAISE EXCEPTION 'Houvast refuses: a token ends within 400 days (promise C38).' USING ERRCODE = 'invalid_parameter_value', HINT = 'Say --days.';
    ELSIF coalesce(name, '') !~ '^[[:alnum:]][[:alnum:] ._-]{0,59}$' OR houvast.personal_in(name) IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: a token has a name without personal data (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Name it by what it is for, as in ''newsletter'': letters, digits, spaces, dots and dashes, at most 60.';
    ELSIF EXISTS (SELECT FROM houvast.api_token t WHERE t.name = give_api_token.name AND t.revoked_at IS NULL) THEN
        RAISE EXCEPTION 'Houvast refuses: a token of this name is there already (promise C38).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Revoke it first, or choose another name.';
    END IF;
    INSERT INTO houvast.api_token (id, digest, name, scopes, login, staff, role, until)
    VALUES (number, sha256(convert_to(made, 'UTF8')), name, asked, login, plain, role, clock_timestamp() + make_interval(days => days));
    PERFORM houvast.tell('token_given', 'C38', jsonb_build_object('token', name, 'login', coalesce(login, ''), 'role', coalesce(role, 'none'),
                         'scopes', array_to_string(asked, ','), 'days', days), '{}', NULL, NULL);
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.give_api_token IS 'Gives a token to a program, and tells the log (promise C38)';
REVOKE ALL ON FUNCTION houvast.give_api_token(text, text[], text, text, int) FROM PUBLIC;

-- name: revoke_api_token
-- For an administrator: a token counts no longer; whether there was one (promise C38).
CREATE OR REPLACE FUNCTION houvast.revoke_api_token(name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone houvast.api_token;
BEGIN
    UPDATE houvast.api_token t SET revoked_at = clock_timestamp() WHERE t.name = revoke_api_token.name AND t.revoked_at IS NULL RETURNING t.* INTO gone;
    IF gone.id IS NULL THEN RETURN false; END IF;
    PERFORM houvast.tell('token_revoked', 'C38', jsonb_build_object('token', gone.name, 'login', coalesce(gone.login, ''), 'role', coalesce(gone.role, 'none')),
                         '{}', NULL, NULL);
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.revoke_api_token IS 'Revokes a token of a program, and tells the log (promise C38)';
REVOKE ALL ON FUNCTION houvast.revoke_api_token(text) FROM PUBLIC;

-- name: with_api_token
-- Whose a token is, for the functions below: refused when it is unknown, revoked or over, or does not have the scope. Digests of
-- digests with a new salt are compared, so that how long it takes tells nothing (promise C38).
DROP FUNCTION IF EXISTS houvast.with_api_token(text, text);
CREATE OR REPLACE FUNCTION houvast.with_api_token(token text, scope text, OUT id text, OUT name text, OUT login name, OUT staff text, OUT role text,
    OUT scopes text[], OUT until timestamptz) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found houvast.api_token;
    salt CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
    SELECT t.* INTO found FROM houvast.api_token t WHERE t.id = split_part(coalesce(token, ''), '_', 2);
    IF sha256(salt || sha256(convert_to(coalesce(token, ''), 'UTF8'))) IS DISTINCT FROM sha256(salt || found.digest)
       OR found.revoked_at IS NOT NULL OR found.until <= clock_timestamp()
       OR found.login IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = found.login AND r.rolcanlogin)
       OR found.role IS NOT NULL AND NOT EXISTS (SELECT FROM houvast.staff s WHERE s.name = found.staff AND s.role = found.role AND s.ended_at IS NULL) THEN
        RAISE EXCEPTION 'Houvast refuses: this token is unknown, revoked or over (promise C38).' USING ERRCODE = 'invalid_authorization_specification',
            HINT = 'Ask whoever runs Houvast for a new one: houvast token add.';
    ELSIF scope IS NOT NULL AND scope <> ALL (found.scopes) THEN
        RAISE EXCEPTION 'Houvast refuses: this token may not do this (promise C38).' USING ERRCODE = 'insufficient_privilege',
            HINT = format('It needs the scope %s.', scope);
    END IF;
    UPDATE houvast.api_token t SET used_at = date_trunc('minute', clock_timestamp())
    WHERE t.id = found.id AND t.used_at IS DISTINCT FROM date_trunc('minute', clock_timestamp());
    id := found.id; name := found.name; login := found.login; staff := found.staff; role := found.role; scopes := found.scopes; until := found.until;
END $$;
COMMENT ON FUNCTION houvast.with_api_token IS 'Whose a token is, and whether it may do this (promise C38)';
REVOKE ALL ON FUNCTION houvast.with_api_token(text, text) FROM PUBLIC;

-- name: api_caller
-- For the API: whose a token is (promise C38).
DROP FUNCTION IF EXISTS houvast.api_caller(text);
CREATE OR REPLACE FUNCTION houvast.api_caller(token text) RETURNS TABLE (id text, name text, login name, staff text, role text, scopes text[], until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT t.id, t.name, t.login, t.staff, t.role, t.scopes, t.until FROM houvast.with_api_token(token, NULL) t;
END $$;
COMMENT ON FUNCTION houvast.api_caller IS 'Whose a token is (promise C38)';
REVOKE ALL ON FUNCTION houvast.api_caller(text) FROM PUBLIC;

-- name: given_purpose
-- The purpose of this name, when it was given to this login (promise C05).
CREATE OR REPLACE FUNCTION houvast.given_purpose(login name, purpose text) RETURNS houvast.purpose
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found houvast.purpose;
BEGIN
    SELECT p.* INTO found FROM houvast.purpose p WHERE p.name = given_purpose.purpose AND p.live AND p.kind <> 'migration'
        AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = p.role);
    IF found.number IS NULL OR NOT pg_has_role(login, found.role, 'MEMBER') THEN
        RAISE EXCEPTION 'Houvast refuses: the login of this token was not given this purpose (promise %).', coalesce(found.promise, 'C05')
            USING ERRCODE = 'insufficient_privilege', HINT = 'Name a purpose that the data map gives to it.';
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.given_purpose IS 'Whether a login was given a purpose (promise C05)';
REVOKE ALL ON FUNCTION houvast.given_purpose(name, text) FROM PUBLIC;

-- name: api_use
-- For the API: records that a program looks at something of people, as a use of its login; what it looks at is shown once this has
-- committed, so that nobody looks and takes the record back (promise C02).
CREATE OR REPLACE FUNCTION houvast.api_use(token text, scope text, purpose text, person text, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    p houvast.purpose;
    made bigint;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, scope) w;
    p := houvast.given_purpose(t.login, purpose);
    IF length(btrim(coalesce(reason, ''))) < 3 OR length(reason) > 200 OR houvast.personal_in(reason) IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: a use needs a reason, without personal data (promise C02).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Say in a few words why: ''newsletter 2026-11''.';
    ELSIF coalesce(person, '') <> '' AND NOT EXISTS (SELECT FROM houvast.person q WHERE q.kind = split_part(person, ':', 1)
            AND q.key = substr(person, strpos(person, ':') + 1)) THEN
        RAISE EXCEPTION 'Houvast refuses: nobody is known by this number (promise C05).' USING ERRCODE = 'no_data_found',
            HINT = 'Give the key that the data map names, as KIND:KEY.';
    END IF;
    INSERT INTO houvast.use (login, purpose, reason, kind, person, until, ended_at)
    VALUES (t.login, p.number, btrim(reason), nullif(split_part(coalesce(person, ''), ':', 1), ''),
            nullif(substr(person, strpos(person, ':') + 1), ''), clock_timestamp() + interval '5 minutes', clock_timestamp())
    RETURNING use.id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION houvast.api_use IS 'Records what a program looks at (promise C02)';
REVOKE ALL ON FUNCTION houvast.api_use(text, text, text, text, text) FROM PUBLIC;

-- name: used_by_api
-- The use that `api_use` recorded and committed for this token, and its purpose (promise C02).
CREATE OR REPLACE FUNCTION houvast.used_by_api(token text, scope text, use_id bigint, OUT kind text, OUT key text, OUT purpose text, OUT login name)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, scope) w;
    SELECT u.kind, u.person, p.name, u.login INTO used_by_api.kind, used_by_api.key, used_by_api.purpose, used_by_api.login
    FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose
    WHERE u.id = use_id AND u.login = t.login AND u.ended_at IS NOT NULL AND u.until > clock_timestamp()
      AND u.xid IS DISTINCT FROM pg_current_xact_id_if_assigned();
    IF used_by_api.purpose IS NULL THEN
        RAISE EXCEPTION 'Houvast refuses: nothing records that this is looked at (promise C02).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Call houvast.api_use, commit, then look.';
    END IF;
END $$;
COMMENT ON FUNCTION houvast.used_by_api IS 'A use that was recorded for a program (promise C02)';
REVOKE ALL ON FUNCTION houvast.used_by_api(text, text, bigint) FROM PUBLIC;

-- name: api_stands
-- For an application: where a person stands as far as the purpose of the recorded use goes (promise C05).
CREATE OR REPLACE FUNCTION houvast.api_stands(token text, use_id bigint) RETURNS TABLE (stand text, about text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u record;
BEGIN
    SELECT r.* INTO u FROM houvast.used_by_api(token, 'people', use_id) r;
    RETURN QUERY SELECT CASE WHEN p.closed_at IS NULL THEN 'known' ELSE 'closed' END, '', coalesce(p.closed_at, p.collected_at)
        FROM houvast.person p WHERE p.kind = u.kind AND p.key = u.key
        UNION ALL SELECT s.stand, s.about, min(s.since) FROM houvast.stand s
        WHERE s.kind = u.kind AND s.key = u.key AND (s.about = u.purpose OR s.stand IN ('restricted', 'stopped')) GROUP BY s.stand, s.about;
END $$;
COMMENT ON FUNCTION houvast.api_stands IS 'Where a person stands about a purpose, for a program (promise C05)';
REVOKE ALL ON FUNCTION houvast.api_stands(text, bigint) FROM PUBLIC;

-- name: api_explain
-- For the API: whether a token may ask why a purpose sees something; of an application, those of its login alone (promise C05).
CREATE OR REPLACE FUNCTION houvast.api_explain(token text, purpose text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'explain') w;
    IF t.login IS NOT NULL THEN PERFORM houvast.given_purpose(t.login, purpose); END IF;
END $$;
COMMENT ON FUNCTION houvast.api_explain IS 'Whether a program may ask why a purpose sees something (promise C05)';
REVOKE ALL ON FUNCTION houvast.api_explain(text, text) FROM PUBLIC;

-- name: api_may_send
-- For an application: on what ground a person may be sent a message now, or why not (promise C13).
CREATE OR REPLACE FUNCTION houvast.api_may_send(token text, purpose text, person text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    p houvast.purpose;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'mail') w;
    p := houvast.given_purpose(t.login, purpose);
    RETURN houvast.may_send(split_part(person, ':', 1), substr(person, strpos(person, ':') + 1), p.name);
END $$;
COMMENT ON FUNCTION houvast.api_may_send IS 'On what ground a person may be sent a message, for a program (promise C13)';
REVOKE ALL ON FUNCTION houvast.api_may_send(text, text, text) FROM PUBLIC;

-- name: api_recipients
-- For an application: whom a message may go to now, on what ground, and by which opt-out code; by number, so that the address is
-- read by the application's own login alone (promise C13).
CREATE OR REPLACE FUNCTION houvast.api_recipients(token text, use_id bigint, after text, many int)
RETURNS TABLE (kind text, key text, ground text, since timestamptz, opt_out uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u record;
BEGIN
    SELECT r.* INTO u FROM houvast.used_by_api(token, 'mail', use_id) r;
    RETURN QUERY SELECT c.kind, c.key, g.ground, min(s.since), c.code
        FROM houvast.opt_out_code c CROSS JOIN LATERAL (SELECT houvast.may_send(c.kind, c.key, c.purpose) AS ground OFFSET 0) g
        JOIN houvast.stand s ON s.kind = c.kind AND s.key = c.key AND s.about = c.purpose
            AND s.stand = CASE g.ground WHEN 'consent' THEN 'consented' WHEN 'own customer' THEN 'own_customer' END
        WHERE c.purpose = u.purpose AND (c.kind, c.key) > (split_part(coalesce(after, ''), ':', 1), substr(coalesce(after, ''), strpos(coalesce(after, ''), ':') + 1))
        GROUP BY c.kind, c.key, g.ground, c.code ORDER BY c.kind, c.key LIMIT least(greatest(many, 1), 500);
END $$;
COMMENT ON FUNCTION houvast.api_recipients IS 'Whom a message may go to now, for a program (promise C13)';
REVOKE ALL ON FUNCTION houvast.api_recipients(text, bigint, text, int) FROM PUBLIC;

-- name: api_sent
-- For an application: writes down a message that it sends now, or refuses it (promise C13).
CREATE OR REPLACE FUNCTION houvast.api_sent(token text, purpose text, person text, message text, products_of text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    p houvast.purpose;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'mail') w;
    p := houvast.given_purpose(t.login, purpose);
    RETURN houvast.note_message(p.name, split_part(person, ':', 1), substr(person, strpos(person, ':') + 1), message, products_of);
END $$;
COMMENT ON FUNCTION houvast.api_sent IS 'Writes down a message of a program, or refuses it (promise C13)';
REVOKE ALL ON FUNCTION houvast.api_sent(text, text, text, text, text) FROM PUBLIC;

-- name: api_request
-- For an application: takes in what a person asked there. Whose it is has still to be checked (promise C35).
CREATE OR REPLACE FUNCTION houvast.api_request(token text, person text, "right" text, language text, words text, promise text, sort text,
    OUT id bigint, OUT code uuid, OUT due_on date) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.with_api_token(token, 'requests');
    SELECT q.id, q.code, q.due_on INTO api_request.id, api_request.code, api_request.due_on
    FROM houvast.take_request(nullif(person, ''), api_request."right", 'api', api_request.language, NULL, api_request.promise, api_request.sort, words, NULL) q;
END $$;
COMMENT ON FUNCTION houvast.api_request IS 'Takes a request in from a program (promise C35)';
REVOKE ALL ON FUNCTION houvast.api_request(text, text, text, text, text, text, text) FROM PUBLIC;

-- name: api_holds
-- For the staff's programs: every hold, with how many rows of which table (promise C31).
CREATE OR REPLACE FUNCTION houvast.api_holds(token text) RETURNS TABLE (case_key text, relation text, "rows" bigint, owner text, review_on date, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.with_api_token(token, 'cases:read');
    RETURN QUERY SELECT h.case_key, h.relation, count(*), max(h.owner), min(h.review_on), min(h.since) FROM houvast.hold h
        GROUP BY h.case_key, h.relation ORDER BY 1, 2;
END $$;
COMMENT ON FUNCTION houvast.api_holds IS 'Every hold, for programs of the staff (promise C31)';
REVOKE ALL ON FUNCTION houvast.api_holds(text) FROM PUBLIC;

-- name: api_place_hold
-- For the staff's programs: places a hold of a case on rows; how many it holds of these (promise C31).
CREATE OR REPLACE FUNCTION houvast.api_place_hold(token text, case_key text, relation text, row_keys text[], owner text, review_on date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    placed bigint;
BEGIN
    PERFORM houvast.with_api_token(token, 'holds:write');
    IF coalesce(btrim(case_key), '') = '' OR coalesce(btrim(owner), '') = '' OR coalesce(cardinality(row_keys), 0) NOT BETWEEN 1 AND 1000
       OR length(case_key) > 100 OR length(owner) > 100 OR houvast.personal_in(case_key || ' ' || owner) IS NOT NULL THEN
        PERFORM houvast.says_no('a hold has a case, an owner and rows, and no personal data in their names', 'C31', 'Give each; at most 1,000 rows at once.');
    END IF;
    INSERT INTO houvast.hold AS h (case_key, relation, row_key, owner, review_on)
    SELECT DISTINCT btrim(api_place_hold.case_key), api_place_hold.relation, k, btrim(api_place_hold.owner), api_place_hold.review_on FROM unnest(row_keys) k
    ON CONFLICT ON CONSTRAINT hold_pkey DO UPDATE SET owner = excluded.owner, review_on = excluded.review_on;
    GET DIAGNOSTICS placed = ROW_COUNT;
    RETURN placed;
END $$;
COMMENT ON FUNCTION houvast.api_place_hold IS 'Places a hold, for programs of the staff (promise C31)';
REVOKE ALL ON FUNCTION houvast.api_place_hold(text, text, text, text[], text, date) FROM PUBLIC;

-- name: api_lift_hold
-- For the staff's programs: lifts every hold of a case; how many rows that frees (promise C31).
CREATE OR REPLACE FUNCTION houvast.api_lift_hold(token text, case_key text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    PERFORM houvast.with_api_token(token, 'holds:write');
    DELETE FROM houvast.hold h WHERE h.case_key = api_lift_hold.case_key;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
COMMENT ON FUNCTION houvast.api_lift_hold IS 'Lifts a hold, for programs of the staff (promise C31)';
REVOKE ALL ON FUNCTION houvast.api_lift_hold(text, text) FROM PUBLIC;

-- name: api_draft
-- For the staff's programs: drafts a letter about a request; the code by which it is followed is put in here, so that no program
-- learns it (promise G10).
CREATE OR REPLACE FUNCTION houvast.api_draft(token text, request bigint, kind text, language text, subject text, body text, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    followed text;
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'cases:write') w;
    SELECT q.code INTO followed FROM houvast.request q WHERE q.id = api_draft.request AND NOT q.session;
    IF followed IS NULL THEN PERFORM houvast.says_no('there is no such request', 'G18', 'List the requests to see which there are.'); END IF;
    RETURN houvast.draft_letter(api_draft.request, NULL, api_draft.kind, api_draft.language, replace(api_draft.subject, '{reference}', followed),
                                replace(api_draft.body, '{reference}', followed), api_draft.reason, t.staff);
END $$;
COMMENT ON FUNCTION houvast.api_draft IS 'Drafts a letter, for programs of the staff (promise G10)';
REVOKE ALL ON FUNCTION houvast.api_draft(text, bigint, text, text, text, text, text) FROM PUBLIC;
