-- name: table_oidc_issuer
-- Where else people may sign in (OpenID Connect), as settings.yaml has it, and what each issuer says of itself. The worker writes it,
-- the pages cannot: an issuer is what it is, whoever has taken over the pages (promise C35).
CREATE TABLE IF NOT EXISTS houvast.oidc_issuer (
    name text COLLATE "C" PRIMARY KEY, issuer text COLLATE "C" NOT NULL UNIQUE, client text NOT NULL, by_mail boolean NOT NULL,
    level int NOT NULL CHECK (level IN (2, 3)), acr text[] NOT NULL, enter text, exchange text, says_issuer boolean NOT NULL DEFAULT false,
    fetched_at timestamptz);
COMMENT ON TABLE houvast.oidc_issuer IS 'Where else people may sign in, and what each issuer says of itself (promise C35).';

-- name: table_oidc_key
-- The public keys of an issuer: of RS256 the modulus, of ES256 x and y (RFC 7518, 6) (promise C35).
CREATE TABLE IF NOT EXISTS houvast.oidc_key (
    name text COLLATE "C" REFERENCES houvast.oidc_issuer ON DELETE CASCADE, kid text COLLATE "C", alg text CHECK (alg IN ('RS256', 'ES256')),
    public bytea NOT NULL, PRIMARY KEY (name, kid, alg));
COMMENT ON TABLE houvast.oidc_key IS 'The public keys with which issuers sign (promise C35).';

-- name: table_oidc_link
-- Which account at an issuer is whose. `account`: a keyed hash of issuer and `sub`; NULL once the person took it away, so that no mail
-- address links it again: they do that themselves (promise C35).
CREATE TABLE IF NOT EXISTS houvast.oidc_link (
    issuer text COLLATE "C", kind text COLLATE "C", key text COLLATE "C", account bytea, made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    used_at timestamptz, PRIMARY KEY (issuer, kind, key), UNIQUE (issuer, account));
COMMENT ON TABLE houvast.oidc_link IS 'Which account at an issuer is whose, by a keyed hash (promise C35).';

-- name: table_oidc_visit
-- Sign-ins that were begun: each comes back once, in ten minutes, in the browser that went. Of whom, when somebody links an account in
-- their session (promise C35).
CREATE TABLE IF NOT EXISTS houvast.oidc_visit (
    state bytea PRIMARY KEY, browser bytea NOT NULL, name text COLLATE "C" NOT NULL, language text NOT NULL CHECK (language IN ('nl', 'en')),
    kind text COLLATE "C", key text COLLATE "C", asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 minutes', taken_at timestamptz, answered_at timestamptz,
    CHECK ((kind IS NULL) = (key IS NULL)));
COMMENT ON TABLE houvast.oidc_visit IS 'Sign-ins elsewhere that were begun, each once (promise C35).';

-- name: function_from_base64url
-- The bytes that a token holds (RFC 7515, 2) (promise C35).
CREATE OR REPLACE FUNCTION houvast.from_base64url(written text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN decode(translate(written, '-_', '+/') || repeat('=', (4 - length(written) % 4) % 4), 'base64');
COMMENT ON FUNCTION houvast.from_base64url IS 'The bytes that a token holds (promise C35)';
REVOKE ALL ON FUNCTION houvast.from_base64url(text) FROM PUBLIC

-- name: function_oidc_nonce
-- What an issuer has to say back: known to who has the secret of the browser (OpenID Connect Core, 15.5.2) (promise C35).
CREATE OR REPLACE FUNCTION houvast.oidc_nonce(state text, browser text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN encode(sha256(convert_to('nonce ' || state || ' ' || browser, 'UTF8')), 'hex');
COMMENT ON FUNCTION houvast.oidc_nonce IS 'What an issuer has to say back (promise C35)';
REVOKE ALL ON FUNCTION houvast.oidc_nonce(text, text) FROM PUBLIC

-- name: function_oidc_said
-- What an issuer says in an ID token for this client, this sign-in and this moment, signed by a key that it published (OpenID Connect
-- Core, 3.1.3.7); NULL when it is none. One audience alone is taken; a key that was not seen for a day is none (promise C35).
CREATE OR REPLACE FUNCTION houvast.oidc_said(name text, token text, nonce text, asked_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts CONSTANT text[] := string_to_array(token, '.');
    now CONSTANT numeric := extract(epoch FROM clock_timestamp());
    i houvast.oidc_issuer;
    k houvast.oidc_key;
    head jsonb;
    said jsonb;
    message bytea;
    signature bytea;
BEGIN
    IF coalesce(length(token), 0) NOT BETWEEN 5 AND 16384 OR token !~ '^[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$' THEN RETURN NULL; END IF;
    head := convert_from(houvast.from_base64url(parts[1]), 'UTF8')::jsonb;
    said := convert_from(houvast.from_base64url(parts[2]), 'UTF8')::jsonb;
    signature := houvast.from_base64url(parts[3]);
    message := convert_to(parts[1] || '.' || parts[2], 'UTF8');
    IF jsonb_typeof(head) <> 'object' OR jsonb_typeof(said) <> 'object' OR head ? 'crit' THEN RETURN NULL; END IF;
    SELECT o.* INTO i FROM houvast.oidc_issuer o WHERE o.name = oidc_said.name AND o.fetched_at > clock_timestamp() - interval '1 day';
    SELECT q.* INTO k FROM houvast.oidc_key q WHERE q.name = i.name AND q.alg = head ->> 'alg' AND (q.kid = head ->> 'kid'
        OR NOT head ? 'kid' AND (SELECT count(*) FROM houvast.oidc_key o WHERE o.name = q.name AND o.alg = q.alg) = 1);
    IF k.alg IS NULL OR coalesce(said ->> 'iss' <> i.issuer OR said -> 'aud' NOT IN (to_jsonb(i.client), jsonb_build_array(i.client))
       OR coalesce(said ->> 'azp', i.client) <> i.client OR said ->> 'nonce' <> nonce
       OR jsonb_typeof(said -> 'sub') <> 'string' OR length(said ->> 'sub') NOT BETWEEN 1 AND 255 OR said ->> 'sub' <> btrim(said ->> 'sub')
       OR jsonb_typeof(said -> 'exp') <> 'number' OR (said ->> 'exp')::numeric <= now - 60 OR jsonb_typeof(said -> 'iat') <> 'number'
       OR (said ->> 'iat')::numeric NOT BETWEEN extract(epoch FROM oidc_said.asked_at) - 60 AND now + 60
       OR coalesce((said ->> 'nbf')::numeric, 0) > now + 60, true) THEN RETURN NULL; END IF;
    IF k.alg = 'RS256' AND houvast.signed_rs256(k.public, message, signature) THEN RETURN said; END IF;
    IF k.alg = 'ES256' AND length(signature) = 64 AND houvast.signed_es256(k.public, message,
       '\x3046022100'::bytea || substr(signature, 1, 32) || '\x022100'::bytea || substr(signature, 33)) THEN RETURN said; END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.oidc_said IS 'What an issuer says in a token that is good here and now (promise C35)';
REVOKE ALL ON FUNCTION houvast.oidc_said(text, text, text, timestamptz) FROM PUBLIC

-- name: function_oidc_signed_in_at
-- When somebody signed in at the issuer, as it says; long ago when it does not say so: what is most sensitive then asks for a code
-- (promise C35).
CREATE OR REPLACE FUNCTION houvast.oidc_signed_in_at(said jsonb) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(said -> 'auth_time') = 'number' AND (said ->> 'auth_time')::numeric BETWEEN 0 AND extract(epoch FROM clock_timestamp()) + 60 THEN
        RETURN least(to_timestamp((said ->> 'auth_time')::double precision), clock_timestamp());
    END IF;
    RETURN clock_timestamp() - interval '1 day';
END $$;
COMMENT ON FUNCTION houvast.oidc_signed_in_at IS 'When somebody signed in at the issuer (promise C35)';
REVOKE ALL ON FUNCTION houvast.oidc_signed_in_at(jsonb) FROM PUBLIC

-- name: function_oidc_place
-- For the pages: an issuer as it was last seen, and its keys; no row when it was not seen for a day (promise C35).
CREATE OR REPLACE FUNCTION houvast.oidc_place(name text) RETURNS TABLE (enter text, exchange text, says_issuer boolean, keys jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT i.enter, i.exchange, i.says_issuer, (SELECT jsonb_agg(jsonb_build_object('kid', k.kid, 'alg', k.alg, 'public', encode(k.public, 'hex')))
        FROM houvast.oidc_key k WHERE k.name = i.name)
    FROM houvast.oidc_issuer i WHERE i.name = oidc_place.name AND i.fetched_at > clock_timestamp() - interval '1 day'
$$;
COMMENT ON FUNCTION houvast.oidc_place IS 'An issuer as it was last seen (promise C35)';
REVOKE ALL ON FUNCTION houvast.oidc_place(text) FROM PUBLIC

-- name: function_begin_oidc
-- For the pages: somebody goes to an issuer; by the state they are known when they come back (promise C35).
CREATE OR REPLACE FUNCTION houvast.begin_oidc(name text, browser text, language text, OUT state text, OUT nonce text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(length(browser), 0) < 32 THEN
        RAISE EXCEPTION 'Houvast refuses: this cannot be asked so (promise C35).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'The secret of the browser has at least 32 characters.';
    END IF;
    state := houvast.new_secret();
    nonce := houvast.oidc_nonce(state, browser);
    DELETE FROM houvast.oidc_visit v WHERE v.until < clock_timestamp();
    INSERT INTO houvast.oidc_visit (state, browser, name, language) VALUES (sha256(convert_to(begin_oidc.state, 'UTF8')),
        sha256(convert_to(browser, 'UTF8')), begin_oidc.name, CASE WHEN begin_oidc.language = 'en' THEN 'en' ELSE 'nl' END);
END $$;
COMMENT ON FUNCTION houvast.begin_oidc IS 'Somebody goes to sign in elsewhere (promise C35)';
REVOKE ALL ON FUNCTION houvast.begin_oidc(text, text, text) FROM PUBLIC

-- name: function_take_oidc
-- For the pages: somebody comes back from this issuer, once, in the browser that went; no row when it is not so. `linking`: they link
-- an account in their session (promise C35).
CREATE OR REPLACE FUNCTION houvast.take_oidc(name text, state text, browser text) RETURNS TABLE (language text, nonce text, linking boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE houvast.oidc_visit v SET taken_at = clock_timestamp() WHERE v.state = sha256(convert_to(take_oidc.state, 'UTF8'))
        AND v.browser = sha256(convert_to(take_oidc.browser, 'UTF8')) AND v.name = take_oidc.name AND v.taken_at IS NULL
        AND v.until > clock_timestamp() RETURNING v.language, houvast.oidc_nonce(take_oidc.state, take_oidc.browser), v.kind IS NOT NULL
$$;
COMMENT ON FUNCTION houvast.take_oidc IS 'Somebody comes back from where they signed in (promise C35)';
REVOKE ALL ON FUNCTION houvast.take_oidc(text, text, text) FROM PUBLIC

-- name: function_answered_oidc
-- The visit that a token answers, once, what it says, and which account it is of; NULLs when it answers none (promise C35).
CREATE OR REPLACE FUNCTION houvast.answered_oidc(of_state text, of_browser text, token text, linking boolean,
    OUT v houvast.oidc_visit, OUT i houvast.oidc_issuer, OUT said jsonb, OUT account bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE houvast.oidc_visit o SET answered_at = clock_timestamp() WHERE o.state = sha256(convert_to(of_state, 'UTF8'))
        AND o.browser = sha256(convert_to(of_browser, 'UTF8')) AND o.taken_at IS NOT NULL AND o.answered_at IS NULL
        AND o.until > clock_timestamp() AND (o.kind IS NOT NULL) = linking RETURNING o.* INTO v;
    SELECT o.* INTO i FROM houvast.oidc_issuer o WHERE o.name = v.name;
    said := houvast.oidc_said(v.name, token, houvast.oidc_nonce(of_state, of_browser), v.asked_at);
    account := houvast.address_hash('account', i.issuer || ' ' || (said ->> 'sub'));
END $$;
COMMENT ON FUNCTION houvast.answered_oidc IS 'What a token answers (promise C35)';
REVOKE ALL ON FUNCTION houvast.answered_oidc(text, text, text, boolean) FROM PUBLIC

-- name: function_link_oidc
-- An account at an issuer is of somebody from now on; whether it is. Never a second one of theirs at that issuer, nor one that is
-- somebody else's; `again`: also where they once took it away. It is told, and mailed to them (promise C35).
CREATE OR REPLACE FUNCTION houvast.link_oidc(of_issuer text, of_kind text, of_key text, of_account bytea, again boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF again THEN
        DELETE FROM houvast.oidc_link l WHERE l.issuer = of_issuer AND l.kind = of_kind AND l.key = of_key AND l.account IS NULL;
    END IF;
    INSERT INTO houvast.oidc_link (issuer, kind, key, account) VALUES (of_issuer, of_kind, of_key, of_account) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'oidc', 'change', 'set'), jsonb_build_object('about', ''), of_kind, of_key);
    INSERT INTO houvast.outgoing (to_kind, to_key, template, "values")
    VALUES (of_kind, of_key, 'oidc', jsonb_build_object('site', substring(of_issuer FROM '^https?://([^/]+)')));
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.link_oidc IS 'An account at an issuer is of somebody (promise C35)';
REVOKE ALL ON FUNCTION houvast.link_oidc(text, text, text, bytea, boolean) FROM PUBLIC

-- name: function_answer_oidc
-- For the pages: the token that an issuer gave, and the secret of a session, always; whether it is one, houvast.session_now says once
-- this has committed. The account is known by issuer and `sub`. The first time, where the settings allow it, by a mail address that the
-- issuer has checked and that is the one on file to which codes go, unless it changed in the last three days. It counts for what a code
-- counts for; for more only where the settings and the token say so, by an account that was linked three days ago (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_oidc(state text, browser text, token text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    secret CONSTANT text := houvast.new_secret();
    made CONSTANT uuid := gen_random_uuid();
    a record;
    l houvast.oidc_link;
    address text;
    whose text[];
BEGIN
    SELECT f.* INTO a FROM houvast.answered_oidc(state, browser, token, false) f;
    address := houvast.normal('email', CASE WHEN (a.i).by_mail AND a.said -> 'email_verified' = 'true'::jsonb AND length(a.said ->> 'email') <= 320
                                       THEN a.said ->> 'email' END);
    SELECT CASE WHEN count(*) = 1 THEN ARRAY[min(p.kind), min(p.key)] ELSE ARRAY['', ''] END INTO whose FROM houvast.persons_by('email', coalesce(address, '')) p;
    SELECT o.* INTO l FROM houvast.oidc_link o WHERE o.issuer = (a.i).issuer AND o.account = a.account;
    IF l.account IS NULL AND houvast.normal('email', houvast.reach_of(whose[1], whose[2])) = address
       AND NOT houvast.cooling_down(whose[1], whose[2], 'email') THEN
        PERFORM houvast.link_oidc((a.i).issuer, whose[1], whose[2], a.account, false);
    END IF;
    UPDATE houvast.oidc_link o SET used_at = clock_timestamp() WHERE o.issuer = (a.i).issuer AND o.account = a.account RETURNING o.* INTO l;
    INSERT INTO houvast.checking (id, kind, key, salt, code, browser, stop, until, is_right)
    VALUES (made, l.kind, l.key, '', '', '', sha256(uuid_send(gen_random_uuid())), clock_timestamp() + interval '8 hours', true);
    INSERT INTO houvast.person_session (secret, "check", live, level, method, seen_at)
    VALUES (sha256(convert_to(secret, 'UTF8')), made, l.kind IS NOT NULL,
            CASE WHEN (a.i).level = 3 AND a.said ->> 'acr' = ANY ((a.i).acr) AND l.made_at < clock_timestamp() - interval '3 days' THEN 3 ELSE 2 END,
            'oidc', houvast.oidc_signed_in_at(a.said));
    RETURN secret;
END $$;
COMMENT ON FUNCTION houvast.answer_oidc IS 'Somebody signed in elsewhere (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_oidc(text, text, text) FROM PUBLIC

-- name: function_begin_own_oidc
-- For the pages for people: somebody goes to link an account, in a session that was not left alone (promise C35).
CREATE OR REPLACE FUNCTION houvast.begin_own_oidc(secret text, name text, browser text, language text, OUT state text, OUT nonce text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    SELECT b.state, b.nonce INTO state, nonce FROM houvast.begin_oidc(name, browser, language) b;
    UPDATE houvast.oidc_visit v SET kind = s.kind, key = s.key WHERE v.state = sha256(convert_to(begin_own_oidc.state, 'UTF8'));
END $$;
COMMENT ON FUNCTION houvast.begin_own_oidc IS 'Somebody goes to link an account (promise C35)';
REVOKE ALL ON FUNCTION houvast.begin_own_oidc(text, text, text, text) FROM PUBLIC

-- name: function_add_own_oidc
-- For the pages for people: links the account of a token with the person of this session, who went for it (promise C35).
CREATE OR REPLACE FUNCTION houvast.add_own_oidc(secret text, state text, browser text, token text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
    a record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, false) l;
    SELECT f.* INTO a FROM houvast.answered_oidc(state, browser, token, true) f;
    IF a.account IS NULL OR (a.v).kind <> s.kind OR (a.v).key <> s.key
       OR houvast.oidc_signed_in_at(a.said) < (a.v).asked_at - interval '1 minute' THEN RETURN false; END IF;  -- prompt=login was not heeded
    RETURN houvast.link_oidc((a.i).issuer, s.kind, s.key, a.account, true) OR EXISTS (SELECT FROM houvast.oidc_link l
        WHERE l.issuer = (a.i).issuer AND l.kind = s.kind AND l.key = s.key AND l.account = a.account);
END $$;
COMMENT ON FUNCTION houvast.add_own_oidc IS 'Links an account of somebody in their session (promise C35)';
REVOKE ALL ON FUNCTION houvast.add_own_oidc(text, text, text, text) FROM PUBLIC

-- name: function_own_oidc
-- For the pages for people: where else they can sign in (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_oidc(secret text) RETURNS TABLE (issuer text, made_at timestamptz, used_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT l.issuer, l.made_at, l.used_at FROM houvast.live_session(secret, false) s
        JOIN houvast.oidc_link l ON l.kind = s.kind AND l.key = s.key AND l.account IS NOT NULL ORDER BY l.made_at;
END $$;
COMMENT ON FUNCTION houvast.own_oidc IS 'The linked accounts of the person of a session (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_oidc(text) FROM PUBLIC

-- name: function_remove_own_oidc
-- For the pages for people: an account is theirs no more; it is told, and other sessions that came of one end (promise C35).
CREATE OR REPLACE FUNCTION houvast.remove_own_oidc(secret text, issuer text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, false) l;
    UPDATE houvast.oidc_link o SET account = NULL WHERE o.kind = s.kind AND o.key = s.key AND o.issuer = remove_own_oidc.issuer AND o.account IS NOT NULL;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'oidc', 'change', 'ended'), jsonb_build_object('about', ''), s.kind, s.key);
    PERFORM houvast.end_sessions(c.id, NULL) FROM houvast.checking c JOIN houvast.person_session t ON t."check" = c.id
    WHERE c.kind = s.kind AND c.key = s.key AND t.method = 'oidc' AND t.secret <> sha256(convert_to(remove_own_oidc.secret, 'UTF8'));
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.remove_own_oidc IS 'Takes a linked account of somebody away (promise C35)';
REVOKE ALL ON FUNCTION houvast.remove_own_oidc(text, text) FROM PUBLIC
