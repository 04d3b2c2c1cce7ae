-- name: table_staff
-- The staff as the database knows them: one spelling of each name, their role, and the secret of their codes, which no login reads.
-- An administrator writes them down; the pages cannot (promise C38).
CREATE TABLE IF NOT EXISTS houvast.staff (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9@]{1,60}$'),
    role text NOT NULL DEFAULT 'officer' CHECK (role ~ '^[a-z]{1,20}$'), secret bytea CHECK (length(secret) >= 20),
    last_step bigint NOT NULL DEFAULT 0, since timestamptz NOT NULL DEFAULT clock_timestamp(), ended_at timestamptz);
COMMENT ON TABLE houvast.staff IS 'The staff, each with the secret of their codes; nobody but its keeper reads it (promise C38).';

-- name: table_staff_tries
-- How many codes of staff were tried, with the hour in it. A sequence, because what is rolled back must count too (promise C38).
CREATE SEQUENCE IF NOT EXISTS houvast.staff_tries MINVALUE 0;
COMMENT ON SEQUENCE houvast.staff_tries IS 'How many codes of staff were tried this hour (promise C38).';

-- name: table_confirmed
-- What was confirmed, by whom and in which transaction: by a code of one of the staff, or by a person in their own session. What
-- needs it looks for it here (promises C38, G10, G18).
CREATE TABLE IF NOT EXISTS houvast.confirmed (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(), what text, who text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (xid, what, who));
COMMENT ON TABLE houvast.confirmed IS 'What was confirmed by whom, in which transaction (promise C38).';

-- name: function_staff_name
-- The one spelling of the name of one of the staff: no difference by case, accents, width, spaces and punctuation; what is not of
-- our alphabet after that, such as letters that only look alike, is no name (promise G10).
CREATE OR REPLACE FUNCTION houvast.staff_name(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    plain CONSTANT text := lower(regexp_replace(normalize(coalesce(name, ''), NFKD), '[\u0300-\u036f\s._''-]', '', 'g'));
BEGIN
    IF plain !~ '^[a-z0-9@]{1,60}$' THEN
        PERFORM houvast.says_no('this names nobody of the staff', 'G10', 'Write the name in plain letters and digits.');
    END IF;
    RETURN plain;
END $$;
COMMENT ON FUNCTION houvast.staff_name IS 'The one spelling of the name of one of the staff (promise G10)';
REVOKE ALL ON FUNCTION houvast.staff_name(text) FROM PUBLIC

-- name: function_staff_now
-- How the register names one of the staff: role and number. Who was not written down is refused (promise C02).
CREATE OR REPLACE FUNCTION houvast.staff_now(who text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text := (SELECT s.role || ' ' || s.id FROM houvast.staff s WHERE s.name = houvast.staff_name(who) AND s.ended_at IS NULL);
BEGIN
    IF found IS NULL THEN
        PERFORM houvast.says_no('the database does not know this member of the staff', 'C02', 'An administrator writes them down: houvast staff add NAME.');
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.staff_now IS 'How the register names one of the staff (promise C02)';
REVOKE ALL ON FUNCTION houvast.staff_now(text) FROM PUBLIC

-- name: function_sha1
-- SHA-1 (FIPS 180-4), which PostgreSQL has only in an extension. Of use within HMAC alone: codes of authenticator apps are made
-- with it, and what is known against SHA-1 does not weaken that (RFC 6151 and RFC 4226, B.2) (promise C38).
CREATE OR REPLACE FUNCTION houvast.sha1(message bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    low CONSTANT bigint := 4294967295;
    full_text CONSTANT bytea := message || '\x80'::bytea || decode(repeat('00', (119 - length(message) % 64) % 64), 'hex') || int8send(length(message)::bigint * 8);
    h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    w bigint[];
    a bigint; b bigint; c bigint; d bigint; e bigint; f bigint;
BEGIN
    FOR block IN 0..length(full_text) / 64 - 1 LOOP
        FOR t IN 0..15 LOOP
            w[t] := (get_byte(full_text, block * 64 + t * 4)::bigint << 24) + (get_byte(full_text, block * 64 + t * 4 + 1) << 16)
                  + (get_byte(full_text, block * 64 + t * 4 + 2) << 8) + get_byte(full_text, block * 64 + t * 4 + 3);
        END LOOP;
        FOR t IN 16..79 LOOP
            f := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
            w[t] := ((f << 1) | (f >> 31)) & low;
        END LOOP;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        FOR t IN 0..79 LOOP
            f := CASE WHEN t < 20 THEN ((b & c) | ((~b & low) & d)) + 1518500249 WHEN t < 40 THEN (b # c # d) + 1859775393
                      WHEN t < 60 THEN ((b & c) | (b & d) | (c & d)) + 2400959708 ELSE (b # c # d) + 3395469782 END;
            f := ((((a << 5) | (a >> 27)) & low) + f + e + w[t]) & low;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & low; b := a; a := f;
        END LOOP;
        h := ARRAY[(h[1] + a) & low, (h[2] + b) & low, (h[3] + c) & low, (h[4] + d) & low, (h[5] + e) & low];
    END LOOP;
    RETURN substr(int8send(h[1]), 5) || substr(int8send(h[2]), 5) || substr(int8send(h[3]), 5) || substr(int8send(h[4]), 5) || substr(int8send(h[5]), 5);
END $$;
COMMENT ON FUNCTION houvast.sha1 IS 'SHA-1, for codes of authenticator apps (promise C38)';
REVOKE ALL ON FUNCTION houvast.sha1(bytea) FROM PUBLIC

-- name: function_totp
-- The code of six digits of a secret of at most 64 bytes in a step of 30 seconds (RFC 6238, HMAC-SHA-1) (promise C38).
CREATE OR REPLACE FUNCTION houvast.totp(secret bytea, step bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    inside bytea := secret || decode(repeat('00', 64 - length(secret)), 'hex');
    outside bytea := inside;
    made bytea;
    at int;
BEGIN
    FOR n IN 0..63 LOOP
        outside := set_byte(outside, n, get_byte(inside, n) # 92);
        inside := set_byte(inside, n, get_byte(inside, n) # 54);
    END LOOP;
    made := houvast.sha1(outside || houvast.sha1(inside || int8send(step)));
    at := get_byte(made, 19) & 15;
    RETURN lpad(((((get_byte(made, at) & 127) << 24) + (get_byte(made, at + 1) << 16) + (get_byte(made, at + 2) << 8) + get_byte(made, at + 3)) % 1000000)::text, 6, '0');
END $$;
COMMENT ON FUNCTION houvast.totp IS 'A code of an authenticator app (promise C38)';
REVOKE ALL ON FUNCTION houvast.totp(bytea, bigint) FROM PUBLIC

-- name: function_may_try
-- Counts a try of a code, whatever becomes of the transaction: ten wrong ones an hour of all staff together (promise C38).
CREATE OR REPLACE FUNCTION houvast.may_try() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) / 3600)::bigint * 100000;
    taken bigint := nextval('houvast.staff_tries');
BEGIN
    IF taken < first THEN taken := setval('houvast.staff_tries', first + 1); END IF;
    RETURN taken - first <= 10;
END $$;
COMMENT ON FUNCTION houvast.may_try() IS 'Counts codes of staff that are tried (promise C38)';
REVOKE ALL ON FUNCTION houvast.may_try() FROM PUBLIC

-- name: function_confirm
-- One of the staff confirms one thing with a code of this moment: each code serves once. The name in its one spelling. A right code
-- was made on a device that whoever has taken over the pages does not have (promises C38, G10).
CREATE OR REPLACE FUNCTION houvast.confirm(who text, code text, what text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_step CONSTANT bigint := floor(extract(epoch FROM clock_timestamp()) / 30)::bigint;
    plain CONSTANT text := houvast.staff_name(who);
    typed CONSTANT text := regexp_replace(left(coalesce(code, ''), 20), '\D', '', 'g');
    used bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM houvast.staff s WHERE s.name = plain AND s.secret IS NOT NULL AND s.ended_at IS NULL) THEN
        PERFORM houvast.says_no('this member of the staff has no codes', 'G10', 'An administrator gives them: houvast staff code NAME.');
    ELSIF typed = '' THEN
        PERFORM houvast.says_no('this is confirmed by a code', 'G10', 'Give the code that your authenticator app shows now.');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('houvast.staff_tries', 0));
    IF NOT houvast.may_try() THEN
        PERFORM houvast.says_no('too many codes were tried', 'G10', 'Wait until the next hour.');
    END IF;
    UPDATE houvast.staff s SET last_step = n.step
    FROM generate_series(now_step - 1, now_step + 1) n (step)
    WHERE s.name = plain AND s.secret IS NOT NULL AND s.ended_at IS NULL AND n.step > s.last_step AND houvast.totp(s.secret, n.step) = typed
    RETURNING s.last_step INTO used;
    IF used IS NULL THEN
        PERFORM houvast.says_no('this code is wrong, or was used', 'G10', 'Give the code that your authenticator app shows now; each serves once.');
    END IF;
    PERFORM setval('houvast.staff_tries', currval('houvast.staff_tries') - 1);  -- only wrong ones are counted
    INSERT INTO houvast.confirmed (what, who) VALUES (confirm.what, plain) ON CONFLICT DO NOTHING;
    RETURN plain;
END $$;
COMMENT ON FUNCTION houvast.confirm IS 'One of the staff confirms one thing by a code (promise G10)';
REVOKE ALL ON FUNCTION houvast.confirm(text, text, text) FROM PUBLIC

-- name: function_is_confirmed
-- Whether this transaction confirmed something; by this one, or by anybody (promise G10).
CREATE OR REPLACE FUNCTION houvast.is_confirmed(what text, who text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM houvast.confirmed c WHERE c.xid = pg_current_xact_id_if_assigned() AND c.what = is_confirmed.what
                   AND (is_confirmed.who IS NULL OR c.who = is_confirmed.who))
$$;
COMMENT ON FUNCTION houvast.is_confirmed IS 'Whether this transaction confirmed something (promise G10)';
REVOKE ALL ON FUNCTION houvast.is_confirmed(text, text) FROM PUBLIC
