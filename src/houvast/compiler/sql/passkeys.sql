-- name: table_passkey
-- Passkeys of people: the public key, where it was made, and a count that only grows (WebAuthn). `alg` as COSE has it: -7 is ES256,
-- -257 is RS256 (promise C35).
CREATE TABLE IF NOT EXISTS houvast.passkey (
    credential bytea PRIMARY KEY CHECK (length(credential) BETWEEN 16 AND 1023), kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL,
    alg int NOT NULL CHECK (alg IN (-7, -257)), public bytea NOT NULL, origin text NOT NULL, counter bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(), used_at timestamptz);
CREATE INDEX IF NOT EXISTS passkey_person ON houvast.passkey (kind, key);
COMMENT ON TABLE houvast.passkey IS 'Passkeys of people; the database itself checks what they sign (promise C35).';

-- name: table_ceremony
-- What a passkey is to sign: made here, used once, within five minutes, in the browser that asked (promise C35).
CREATE TABLE IF NOT EXISTS houvast.ceremony (
    id uuid PRIMARY KEY, kind text COLLATE "C", key text COLLATE "C", challenge bytea NOT NULL, browser bytea NOT NULL,
    until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '5 minutes', used_at timestamptz, CHECK ((kind IS NULL) = (key IS NULL)));
COMMENT ON TABLE houvast.ceremony IS 'What passkeys are to sign, each once (promise C35).';

-- name: function_base64url
-- Bytes as browsers write them in what a passkey signs (RFC 4648, 5) (promise C35).
CREATE OR REPLACE FUNCTION houvast.base64url(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN rtrim(translate(replace(encode(bytes, 'base64'), E'\n', ''), '+/', '-_'), '=');
COMMENT ON FUNCTION houvast.base64url IS 'Bytes as browsers write them (promise C35)';
REVOKE ALL ON FUNCTION houvast.base64url(bytea) FROM PUBLIC

-- name: function_is_answer
-- Whether a browser answers this challenge, from one place, for a page of that place, with the person present and recognised by their
-- device (WebAuthn 7.1 and 7.2). What cannot be read is no answer (promise C35).
CREATE OR REPLACE FUNCTION houvast.is_answer(client bytea, authenticator bytea, what text, challenge bytea, origin text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said jsonb;
    host CONSTANT text := substring(origin FROM '^https?://([^/:]+)(?::[0-9]+)?$');
BEGIN
    said := convert_from(client, 'UTF8')::jsonb;
    RETURN coalesce(said ->> 'type' = what AND said ->> 'challenge' = houvast.base64url(challenge) AND said ->> 'origin' = origin
        AND coalesce(said ->> 'crossOrigin', 'false') = 'false' AND length(authenticator) >= 37
        AND substr(authenticator, 1, 32) = sha256(convert_to(host, 'UTF8')) AND get_byte(authenticator, 32) & 5 = 5, false);
EXCEPTION WHEN data_exception OR invalid_text_representation OR character_not_in_repertoire OR untranslatable_character THEN
    RETURN false;
END $$;
COMMENT ON FUNCTION houvast.is_answer IS 'Whether a browser answers a challenge (promise C35)';
REVOKE ALL ON FUNCTION houvast.is_answer(bytea, bytea, text, bytea, text) FROM PUBLIC

-- name: function_counter_of
-- How often a passkey was used, as its device counts; many always say 0 (promise C35).
CREATE OR REPLACE FUNCTION houvast.counter_of(authenticator bytea) RETURNS bigint LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN houvast.number_of(substr(authenticator, 34, 4))::bigint;
COMMENT ON FUNCTION houvast.counter_of IS 'How often a passkey was used (promise C35)';
REVOKE ALL ON FUNCTION houvast.counter_of(bytea) FROM PUBLIC

-- name: function_public_of
-- The credential and the public key in what a device gives when a passkey is made: of the two kinds of keys that are taken, in the one
-- way in which CTAP2 writes them (promise C35).
CREATE OR REPLACE FUNCTION houvast.public_of(authenticator bytea, OUT credential bytea, OUT alg int, OUT public bytea)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    size int;
    cose bytea;
BEGIN
    IF length(authenticator) < 120 OR get_byte(authenticator, 32) & 64 = 0 THEN RETURN; END IF;
    size := get_byte(authenticator, 53) * 256 + get_byte(authenticator, 54);
    IF size NOT BETWEEN 16 AND 1023 OR length(authenticator) < 55 + size + 77 THEN RETURN; END IF;
    cose := substr(authenticator, 56 + size);
    IF substr(cose, 1, 10) = '\xa5010203262001215820'::bytea AND substr(cose, 43, 3) = '\x225820'::bytea THEN
        alg := -7;
        public := substr(cose, 11, 32) || substr(cose, 46, 32);
    ELSIF substr(cose, 1, 11) = '\xa401030339010020590100'::bytea AND substr(cose, 268, 5) = '\x2143010001'::bytea THEN
        alg := -257;
        public := substr(cose, 12, 256);
    ELSE RETURN;
    END IF;
    credential := substr(authenticator, 56, size);
END $$;
COMMENT ON FUNCTION houvast.public_of IS 'The public key of a passkey that is made (promise C35)';
REVOKE ALL ON FUNCTION houvast.public_of(bytea) FROM PUBLIC

-- name: function_begin_passkey
-- For the pages: something for a passkey to sign, for whoever comes in (promise C35).
CREATE OR REPLACE FUNCTION houvast.begin_passkey(browser text, OUT id uuid, OUT challenge text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain CONSTANT bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
BEGIN
    IF coalesce(length(browser), 0) < 32 THEN
        RAISE EXCEPTION 'Houvast refuses: this cannot be asked so (promise C35).' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'The secret of the browser has at least 32 characters.';
    END IF;
    DELETE FROM houvast.ceremony c WHERE c.until < clock_timestamp();
    INSERT INTO houvast.ceremony AS c (id, challenge, browser) VALUES (gen_random_uuid(), plain, sha256(convert_to(browser, 'UTF8'))) RETURNING c.id INTO id;
    challenge := houvast.base64url(plain);
END $$;
COMMENT ON FUNCTION houvast.begin_passkey IS 'Something for a passkey to sign (promise C35)';
REVOKE ALL ON FUNCTION houvast.begin_passkey(text) FROM PUBLIC

-- name: function_answer_passkey
-- For the pages: what a passkey signed, and the secret of a session, always; whether it is one, houvast.session_now says once this has
-- committed. A passkey of less than three days is no surer than the session in which it was added (promise C35).
CREATE OR REPLACE FUNCTION houvast.answer_passkey(ceremony uuid, browser text, credential bytea, client bytea, authenticator bytea, signature bytea)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    secret CONSTANT text := houvast.new_secret();
    made CONSTANT uuid := gen_random_uuid();
    asked houvast.ceremony;
    k houvast.passkey;
    is_right boolean := false;
BEGIN
    UPDATE houvast.ceremony c SET used_at = clock_timestamp() WHERE c.id = answer_passkey.ceremony AND c.kind IS NULL AND c.used_at IS NULL
        AND c.until > clock_timestamp() AND c.browser = sha256(convert_to(answer_passkey.browser, 'UTF8')) RETURNING c.* INTO asked;
    SELECT p.* INTO k FROM houvast.passkey p WHERE p.credential = answer_passkey.credential FOR UPDATE;
    IF asked.id IS NOT NULL AND k.credential IS NOT NULL AND houvast.is_answer(client, authenticator, 'webauthn.get', asked.challenge, k.origin) THEN
        is_right := (houvast.counter_of(authenticator) > k.counter OR houvast.counter_of(authenticator) = 0 AND k.counter = 0)
            AND CASE k.alg WHEN -7 THEN houvast.signed_es256(k.public, authenticator || sha256(client), signature)
                           ELSE houvast.signed_rs256(k.public, authenticator || sha256(client), signature) END;
    END IF;
    IF is_right THEN
        UPDATE houvast.passkey p SET counter = houvast.counter_of(authenticator), used_at = clock_timestamp() WHERE p.credential = k.credential;
    END IF;
    INSERT INTO houvast.checking (id, kind, key, salt, code, browser, stop, until, is_right)
    VALUES (made, CASE WHEN is_right THEN k.kind END, CASE WHEN is_right THEN k.key END, '', '', '', sha256(uuid_send(gen_random_uuid())),
            clock_timestamp() + interval '8 hours', true);
    INSERT INTO houvast.person_session (secret, "check", live, level, method)
    VALUES (sha256(convert_to(secret, 'UTF8')), made, is_right, CASE WHEN k.made_at < clock_timestamp() - interval '3 days' THEN 3 ELSE 2 END, 'passkey');
    RETURN secret;
END $$;
COMMENT ON FUNCTION houvast.answer_passkey IS 'What a passkey signed (promise C35)';
REVOKE ALL ON FUNCTION houvast.answer_passkey(uuid, text, bytea, bytea, bytea, bytea) FROM PUBLIC

-- name: function_begin_own_passkey
-- For the pages for people: something for a new passkey to sign, in a session that was not left alone (promise C35).
CREATE OR REPLACE FUNCTION houvast.begin_own_passkey(secret text, OUT id uuid, OUT challenge text, OUT handle text, OUT known text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    SELECT b.id, b.challenge INTO id, challenge FROM houvast.begin_passkey(secret) b;
    UPDATE houvast.ceremony c SET kind = s.kind, key = s.key WHERE c.id = begin_own_passkey.id;
    handle := houvast.base64url(sha256((SELECT x.secret FROM houvast.secret x WHERE x.kind = '' AND x.key = 'checks') || convert_to('passkey ' || s.kind || ':' || s.key, 'UTF8')));
    known := ARRAY(SELECT houvast.base64url(p.credential) FROM houvast.passkey p WHERE p.kind = s.kind AND p.key = s.key);
END $$;
COMMENT ON FUNCTION houvast.begin_own_passkey IS 'Something for a new passkey to sign (promise C35)';
REVOKE ALL ON FUNCTION houvast.begin_own_passkey(text) FROM PUBLIC

-- name: function_add_own_passkey
-- For the pages for people: adds a passkey of the person of this session; five at most. It is told, and mailed to them (promise C35).
CREATE OR REPLACE FUNCTION houvast.add_own_passkey(secret text, ceremony uuid, client bytea, authenticator bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
    asked houvast.ceremony;
    k record;
    place text;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, true) l;
    UPDATE houvast.ceremony c SET used_at = clock_timestamp() WHERE c.id = add_own_passkey.ceremony AND c.kind = s.kind AND c.key = s.key
        AND c.used_at IS NULL AND c.until > clock_timestamp() AND c.browser = sha256(convert_to(secret, 'UTF8')) RETURNING c.* INTO asked;
    SELECT p.* INTO k FROM houvast.public_of(authenticator) p;
    BEGIN
        place := convert_from(client, 'UTF8')::jsonb ->> 'origin';
    EXCEPTION WHEN data_exception OR invalid_text_representation OR character_not_in_repertoire THEN RETURN false;
    END;
    IF asked.id IS NULL OR k.credential IS NULL OR NOT houvast.is_answer(client, authenticator, 'webauthn.create', asked.challenge, place)
       OR (SELECT count(*) FROM houvast.passkey p WHERE p.kind = s.kind AND p.key = s.key) >= 5 THEN RETURN false; END IF;
    INSERT INTO houvast.passkey (credential, kind, key, alg, public, origin, counter)
    VALUES (k.credential, s.kind, s.key, k.alg, k.public, place, houvast.counter_of(authenticator)) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'passkey', 'change', 'set'), jsonb_build_object('about', ''), s.kind, s.key);
    INSERT INTO houvast.outgoing (to_kind, to_key, template) VALUES (s.kind, s.key, 'passkey');
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.add_own_passkey IS 'Adds a passkey of somebody in their session (promise C35)';
REVOKE ALL ON FUNCTION houvast.add_own_passkey(text, uuid, bytea, bytea) FROM PUBLIC

-- name: function_own_passkeys
-- For the pages for people: their passkeys (promise C35).
CREATE OR REPLACE FUNCTION houvast.own_passkeys(secret text) RETURNS TABLE (name text, made_at timestamptz, used_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    SELECT l.* INTO whose FROM houvast.live_session(secret, false) l;
    RETURN QUERY SELECT encode(sha256(p.credential), 'hex'), p.made_at, p.used_at FROM (SELECT whose.kind, whose.key) s
        JOIN houvast.passkey p ON p.kind = s.kind AND p.key = s.key ORDER BY p.made_at;
END $$;
COMMENT ON FUNCTION houvast.own_passkeys IS 'The passkeys of the person of a session (promise C35)';
REVOKE ALL ON FUNCTION houvast.own_passkeys(text) FROM PUBLIC

-- name: function_remove_own_passkey
-- For the pages for people: takes a passkey away; it is told, and their other sessions end (promise C35).
CREATE OR REPLACE FUNCTION houvast.remove_own_passkey(secret text, name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT l.* INTO s FROM houvast.live_session(secret, false) l;
    DELETE FROM houvast.passkey p WHERE p.kind = s.kind AND p.key = s.key AND encode(sha256(p.credential), 'hex') = name;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM houvast.tell('person_state_changed', 'C35', jsonb_build_object('what', 'passkey', 'change', 'ended'), jsonb_build_object('about', ''), s.kind, s.key);
    PERFORM houvast.end_sessions(c.id, NULL) FROM houvast.checking c JOIN houvast.person_session t ON t."check" = c.id
    WHERE c.kind = s.kind AND c.key = s.key AND t.method = 'passkey' AND t.secret <> sha256(convert_to(remove_own_passkey.secret, 'UTF8'));
    RETURN true;
END $$;
COMMENT ON FUNCTION houvast.remove_own_passkey IS 'Takes a passkey of somebody away (promise C35)';
REVOKE ALL ON FUNCTION houvast.remove_own_passkey(text, text) FROM PUBLIC
