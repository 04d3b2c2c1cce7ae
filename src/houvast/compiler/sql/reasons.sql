-- name: personal_in
-- What kind of personal data stands in a text that must hold none, in words; NULL when none is found. Numbers count when their
-- check digits are right: the eleven-test of a BSN, ISO 13616 for an IBAN, ISO/IEC 7812 for a card. Names have no pattern. The words of
-- special categories are those of `houvast.screening` (promises C02, G16).
CREATE OR REPLACE FUNCTION houvast.is_bsn(digits text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN length(digits) = 9 AND digits <> '000000000' AND (
    SELECT sum(substr(digits, n, 1)::int * CASE n WHEN 9 THEN -1 ELSE 10 - n END) % 11 = 0 FROM generate_series(1, 9) n);
CREATE OR REPLACE FUNCTION houvast.is_iban(iban text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    lengths CONSTANT jsonb := '{"AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
        "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
        "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19,
        "SK": 24, "SM": 27, "TR": 26, "VA": 22}';
    size CONSTANT int := (lengths ->> left(iban, 2))::int;
    account CONSTANT text := substr(iban, 5, size - 4) || left(iban, 4);
    digits text := '';
BEGIN
    IF size IS NULL OR length(iban) < size OR length(regexp_replace(left(iban, size), '\D', '', 'g')) < 8 THEN RETURN false; END IF;
    SELECT string_agg(CASE WHEN c ~ '[0-9]' THEN c ELSE (ascii(c) - 55)::text END, '' ORDER BY n) INTO digits
    FROM regexp_split_to_table(account, '') WITH ORDINALITY s (c, n);
    RETURN digits::numeric % 97 = 1;
END $$;
CREATE OR REPLACE FUNCTION houvast.is_card(digits text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN length(digits) >= 13 AND length(digits) <= 19 AND (
    SELECT sum(substr('01234567890246813579', substr(reverse(digits), n, 1)::int + CASE n % 2 WHEN 0 THEN 11 ELSE 1 END, 1)::int) % 10 = 0
    FROM generate_series(1, length(digits)) n);
CREATE OR REPLACE FUNCTION houvast.is_special(words text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    begins text;
    told boolean := false;
    found int := 1;
    ends int;
BEGIN
    IF words ~ '(^|\D)([1-9]|1[0-5])(\D|$)' AND words ~* {aged} THEN RETURN true; END IF;
    FOREACH begins IN ARRAY regexp_split_to_array(lower(words), '[^[:alnum:]]+') LOOP
        told := told OR (left(begins, 4) = ANY ({begins}::text[]) OR left(begins, 3) = ANY ({begins}::text[]) OR left(begins, 2) = ANY ({begins}::text[])) AND begins ~ {began};
    END LOOP;
    IF NOT told THEN RETURN false; END IF;
    IF words ~* {told} THEN RETURN true; END IF;
    LOOP
        found := regexp_instr(words, {somebody}, found, 1, 0, 'i');
        IF coalesce(found, 0) = 0 THEN RETURN false; END IF;
        ends := regexp_instr(words, {somebody}, found, 1, 1, 'i');
        IF (substr(words, greatest(1, found - {around}), least(found - 1, {around})) ~* {person} OR substr(words, ends, {around}) ~* {person})
           AND substr(words, greatest(1, found - {around}), ends + 20 - greatest(1, found - {around})) !~* {idioms} THEN
            RETURN true;
        END IF;
        found := ends;
    END LOOP;
END $$;
CREATE OR REPLACE FUNCTION houvast.looks_like(kind text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE kind
    WHEN 'bsn' THEN '(?<![[:alnum:]_.,-])(\d{9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3})(?![[:alnum:]_-]|[.,]\d)'
    WHEN 'named bsn' THEN '\m(bsn|burgerservicenummer|sofi-?nummer)[^[:alnum:]]{0,3}\d{8,9}\M'
    WHEN 'iban' THEN '\m([A-Z]{2}\d{2}( ?[A-Z0-9]){11,30})'
    WHEN 'card' THEN '(?<![[:alnum:]_.,-])([3-6]\d{3}([ -]?\d{4}){2}[ -]?\d{1,7}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![[:alnum:]_-])'
    WHEN 'birth_date' THEN '\m(geboren|geb\.|geboorte\w{0,10}|born|birth\w{0,4}|d\.?o\.?b\.?)[^\d\n]{0,25}'
        || '(\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}|(19|20)\d\d-\d\d-\d\d|\d{1,2} [a-z]{3,9} (19|20)\d\d)'
    WHEN 'secret' THEN '\m(password|passwd|pwd|wachtwoord|pincode|api[ _-]?key|(access|auth|api|bearer)[ _-]?token|client[ _-]?secret)["'']?\s*[:=]\s*["'']?[^\s"'',;]{4,}'
        || '|\m(password|wachtwoord|pincode)\s+(is|luidt)\s+[^\s"'',;]*\d[^\s"'',;]*|-----BEGIN [A-Z ]*PRIVATE KEY-----|\meyJ[\w-]{10,}\.[\w-]+'
        || '|\m(AKIA[0-9A-Z]{16}|gh[pousr]_\w{36})\M|://[^\s/:@]+:[^\s/@]+@'
    END;
CREATE OR REPLACE FUNCTION houvast.plainly(words text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN translate(words, U&'\00A0\202F\2009\2010\2011\2012\2013\2014', '   -----');
CREATE OR REPLACE FUNCTION houvast.shielded_in(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    found text[] := '{}';
BEGIN
    IF said ~ '\d' THEN
        IF said ~ '\d{9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3}' AND EXISTS (SELECT FROM regexp_matches(said, houvast.looks_like('bsn'), 'g') m
                   WHERE m[1] !~ '^(19|20)\d\d[ .](0[1-9]|1[0-2])[ .]' AND houvast.is_bsn(translate(m[1], ' .', '')))
           OR said ~* houvast.looks_like('named bsn') THEN
            found := found || text 'bsn';
        END IF;
        IF said ~ '[[:alpha:]]{2}\d{2}' AND EXISTS (SELECT FROM regexp_matches(upper(said), houvast.looks_like('iban'), 'g') m WHERE houvast.is_iban(replace(m[1], ' ', ''))) THEN
            found := found || text 'iban';
        END IF;
        IF said ~* houvast.looks_like('birth_date') THEN found := found || text 'birth_date'; END IF;
        IF said ~ '[3-6]\d{3}[ -]?\d{4}|3[47]\d{2}[ -]?\d{6}' AND EXISTS (SELECT FROM regexp_matches(said, houvast.looks_like('card'), 'g') m WHERE houvast.is_card(translate(m[1], ' -', ''))) THEN
            found := found || text 'card';
        END IF;
    END IF;
    IF said ~* '(pass|pwd|wachtwoord|pincode|api|token|secret|private key|eyj|akia|gh[pousr]_|://)' AND said ~* houvast.looks_like('secret') THEN found := found || text 'secret'; END IF;
    IF houvast.is_special(said) THEN found := found || text 'special'; END IF;
    RETURN found;
END $$;
CREATE OR REPLACE FUNCTION houvast.kinds_in(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    said CONSTANT text := houvast.plainly(words);
    found text[] := '{}';
BEGIN
    IF strpos(said, '@') > 0 AND said ~* '[[:alnum:]_.+%-]+@[[:alnum:]-]+(\.[[:alnum:]-]+)*\.[a-z]{2,24}\M' THEN found := found || text 'email'; END IF;
    IF said ~ '\d' THEN
        IF said ~ '(?<![[:alnum:]+])(\+|00)[1-9]\d{0,2}[ ./-]?(\(0\))?([ ./-]?\d){7,12}(?!\d)'
           OR said ~ '(?<![[:alnum:]./,:-])0[1-9]\d{8}(?![[:alnum:]-])'
           OR said ~ '(?<![[:alnum:]./,:-])06[ -](\d{8}|\d{4}[ -]\d{4}|\d{2}([ -]\d{2}){3}|\d{3}[ -]\d{2}[ -]\d{3})(?![[:alnum:]-])'
           OR said ~ '(?<![[:alnum:]./,:-])\(?0[1-57]\d\)?[ -](\d{7}|\d{3} \d{4}|\d{3} \d{2} \d{2})(?![[:alnum:]-])'
           OR said ~ '(?<![[:alnum:]./,:-])\(?0[1-57]\d{2}\)?[ -](\d{6}|\d{3} \d{3}|\d{2} \d{2} \d{2})(?![[:alnum:]-])' THEN
            found := found || text 'phone';
        END IF;
        IF said ~ '\m(?!(19|20)\d\d )[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2},? {1,2}\d{1,5}\M'
           OR said ~ '\m\d{1,5} ?[a-z]{0,2},? {1,2}(?!(19|20)\d\d )[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\M' THEN
            found := found || text 'address';
        END IF;
    END IF;
    RETURN found || houvast.shielded_in(said);
END $$;
CREATE OR REPLACE FUNCTION houvast.personal_in(words text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE (houvast.kinds_in(words))[1] WHEN 'email' THEN 'an e-mail address' WHEN 'phone' THEN 'a phone number'
    WHEN 'bsn' THEN 'a citizen service number (BSN)' WHEN 'iban' THEN 'a bank account number (IBAN)' WHEN 'address' THEN 'an address'
    WHEN 'birth_date' THEN 'a date of birth' WHEN 'card' THEN 'the number of a payment card' WHEN 'secret' THEN 'a password or key'
    WHEN 'special' THEN 'what the law protects more, such as health, or that somebody is a child' END;
CREATE OR REPLACE FUNCTION houvast.held_in(words text, may text[]) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY(SELECT k FROM unnest(houvast.shielded_in(houvast.plainly(words))) k WHERE NOT k = ANY (may));
CREATE OR REPLACE FUNCTION houvast.redacted(words text, may text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    made text := houvast.plainly(words);
    kind text;
BEGIN
    FOREACH kind IN ARRAY houvast.held_in(words, may) LOOP
        IF kind = 'special' THEN
            made := regexp_replace(regexp_replace(regexp_replace(made, {told}, '[...]', 'gi'), {somebody}, '[...]', 'gi'), {aged}, '[...]', 'gi');
        ELSE
            made := regexp_replace(made, houvast.looks_like(kind), '[...]', 'gi');
            IF kind = 'bsn' THEN made := regexp_replace(made, houvast.looks_like('named bsn'), '[...]', 'gi'); END IF;
        END IF;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION houvast.is_bsn(text), houvast.is_iban(text), houvast.is_card(text), houvast.is_special(text), houvast.looks_like(text),
    houvast.plainly(text), houvast.shielded_in(text), houvast.kinds_in(text), houvast.personal_in(text), houvast.held_in(text, text[]), houvast.redacted(text, text[]) FROM PUBLIC;
