-- name: function_number_of
-- A number from its bytes, the first the greatest (promise C35).
CREATE OR REPLACE FUNCTION houvast.number_of(bytes bytea) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hex CONSTANT text := lpad(encode(bytes, 'hex'), (length(bytes) + 3) / 4 * 8, '0');
    found numeric := 0;
BEGIN
    FOR n IN 0 .. length(hex) / 8 - 1 LOOP
        found := found * 4294967296 + ('x' || substr(hex, n * 8 + 1, 8))::bit(32)::bigint;
    END LOOP;
    RETURN found;
END $$;
COMMENT ON FUNCTION houvast.number_of IS 'A number from its bytes (promise C35)';
REVOKE ALL ON FUNCTION houvast.number_of(bytea) FROM PUBLIC

-- name: function_inverse_of
-- The inverse of a number modulo a prime, by Euclid (promise C35).
CREATE OR REPLACE FUNCTION houvast.inverse_of(value numeric, prime numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r numeric := prime;
    s numeric := mod(mod(value, prime) + prime, prime);
    x numeric := 0;
    y numeric := 1;
    q numeric;
    t numeric;
BEGIN
    WHILE s <> 0 LOOP
        q := div(r, s);
        t := r - q * s; r := s; s := t;
        t := x - q * y; x := y; y := t;
    END LOOP;
    RETURN mod(x + prime, prime);
END $$;
COMMENT ON FUNCTION houvast.inverse_of IS 'The inverse of a number modulo a prime (promise C35)';
REVOKE ALL ON FUNCTION houvast.inverse_of(numeric, numeric) FROM PUBLIC

-- name: function_signed_es256
-- Whether a signature (DER) over a message is of this public key (x and y): ECDSA on P-256 with SHA-256 (FIPS 186-5, 6.4.2; RFC 8152).
-- It only verifies, with what is public, so that how long it takes tells nothing (promise C35).
CREATE OR REPLACE FUNCTION houvast.signed_es256(public bytea, message bytea, signature bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p CONSTANT numeric := 115792089210356248762697446949407573530086143415290314195533631308867097853951;
    n CONSTANT numeric := 115792089210356248762697446949407573529996955224135760342422259061068512044369;
    b CONSTANT numeric := 41058363725152142129326129780047268409114441015993725554835256314039467401291;
    gx CONSTANT numeric := 48439561293906451759052585252797914202762949526041747995844080717082404635286;
    gy CONSTANT numeric := 36134250956749795798585127919587881956611106672985015071877198253568414405109;
    qx numeric;
    qy numeric;
    r numeric;
    s numeric;
    w numeric;
    u numeric;
    v numeric;
    us int[] := '{}';
    vs int[] := '{}';
    xs numeric[];
    ys numeric[];
    at int;
    long int;
    x numeric := 0;
    y numeric := 1;
    z numeric := 0;
    d numeric;
    g numeric;
    c numeric;
    a numeric;
    h numeric;
    k numeric;
    hh numeric;
    hhh numeric;
    t numeric;
BEGIN
    IF length(public) <> 64 OR length(signature) NOT BETWEEN 8 AND 72 OR get_byte(signature, 0) <> 48 OR get_byte(signature, 1) <> length(signature) - 2
       OR get_byte(signature, 2) <> 2 THEN RETURN false; END IF;
    long := get_byte(signature, 3);
    IF long NOT BETWEEN 1 AND 33 OR long + 7 > length(signature) OR get_byte(signature, 4 + long) <> 2
       OR get_byte(signature, 5 + long) <> length(signature) - 6 - long THEN RETURN false; END IF;
    r := houvast.number_of(substr(signature, 5, long));
    s := houvast.number_of(substr(signature, 7 + long));
    qx := houvast.number_of(substr(public, 1, 32));
    qy := houvast.number_of(substr(public, 33));
    IF r < 1 OR r >= n OR s < 1 OR s >= n OR qx >= p OR qy >= p OR mod(qy * qy - (qx * qx * qx - 3 * qx + b), p) <> 0 OR qx = gx THEN RETURN false; END IF;
    w := houvast.inverse_of(s, n);
    u := mod(houvast.number_of(sha256(message)) * w, n);
    v := mod(r * w, n);
    FOR i IN 1 .. 256 LOOP
        us := mod(u, 2)::int || us; u := div(u, 2);
        vs := mod(v, 2)::int || vs; v := div(v, 2);
    END LOOP;
    t := mod((gy - qy) * houvast.inverse_of(gx - qx, p), p);
    d := mod(t * t - gx - qx, p);
    xs := ARRAY[gx, qx, d];
    ys := ARRAY[gy, qy, mod(t * (gx - d) - gy, p)];
    FOR i IN 1 .. 256 LOOP
        IF z <> 0 THEN  -- twice the point, in Jacobian coordinates
            d := mod(z * z, p); g := mod(y * y, p); c := mod(x * g, p); a := mod(3 * (x - d) * (x + d), p);
            t := mod(a * a - 8 * c, p);
            z := mod((y + z) * (y + z) - g - d, p);
            y := mod(a * (4 * c - t) - 8 * g * g, p);
            x := t;
        END IF;
        at := us[i] + 2 * vs[i];
        CONTINUE WHEN at = 0;
        IF z = 0 THEN
            x := xs[at]; y := ys[at]; z := 1;
            CONTINUE;
        END IF;
        d := mod(z * z, p);
        h := mod(xs[at] * d - x, p);
        k := mod(ys[at] * z * d - y, p);
        IF h = 0 THEN
            IF k <> 0 THEN x := 0; y := 1; z := 0; CONTINUE; END IF;
            g := mod(y * y, p); c := mod(x * g, p); a := mod(3 * (x - d) * (x + d), p);  -- the point itself: twice it
            t := mod(a * a - 8 * c, p);
            z := mod((y + z) * (y + z) - g - d, p);
            y := mod(a * (4 * c - t) - 8 * g * g, p);
            x := t;
            CONTINUE;
        END IF;
        hh := mod(h * h, p); hhh := mod(h * hh, p); g := mod(x * hh, p);
        x := mod(k * k - hhh - 2 * g, p);
        y := mod(k * (g - x) - y * hhh, p);
        z := mod(z * h, p);
    END LOOP;
    IF z = 0 THEN RETURN false; END IF;
    t := mod(x * houvast.inverse_of(z * z, p), p);
    RETURN mod(CASE WHEN t < 0 THEN t + p ELSE t END, n) = r;
END $$;
COMMENT ON FUNCTION houvast.signed_es256 IS 'Whether a signature is of a key: ECDSA on P-256 (promise C35)';
REVOKE ALL ON FUNCTION houvast.signed_es256(bytea, bytea, bytea) FROM PUBLIC

-- name: function_signed_rs256
-- Whether a signature over a message is of this key: RSA of 2048 to 4096 bits, exponent 65537, PKCS #1 v1.5 with SHA-256 (RFC 8017,
-- 8.2.2): the whole padded block is compared (promise C35).
CREATE OR REPLACE FUNCTION houvast.signed_rs256(modulus bytea, message bytea, signature bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    size CONSTANT int := length(modulus);
    n CONSTANT numeric := houvast.number_of(modulus);
    s CONSTANT numeric := houvast.number_of(signature);
    power numeric := s;
BEGIN
    IF size NOT BETWEEN 256 AND 512 OR get_byte(modulus, 0) = 0 OR length(signature) <> size OR s >= n THEN RETURN false; END IF;
    FOR i IN 1 .. 16 LOOP power := mod(power * power, n); END LOOP;
    RETURN mod(power * s, n) = houvast.number_of('\x0001'::bytea || decode(repeat('ff', size - 54), 'hex')
        || '\x003031300d060960864801650304020105000420'::bytea || sha256(message));
END $$;
COMMENT ON FUNCTION houvast.signed_rs256 IS 'Whether a signature is of a key: RSA (promise C35)';
REVOKE ALL ON FUNCTION houvast.signed_rs256(bytea, bytea, bytea) FROM PUBLIC
