-- name: personal_in
-- What kind of personal data stands in a text that must hold none, in words; NULL when none is found. Numbers count when their
-- check digits are right: the eleven-test of a BSN, ISO 13616 for an IBAN. Names have no pattern (promise C02).
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
CREATE OR REPLACE FUNCTION houvast.personal_in(words text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    said CONSTANT text := translate(words, U&'\00A0\202F\2009\2010\2011\2012\2013\2014', '   -----');
    date CONSTANT text := '(\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}|(19|20)\d\d-\d\d-\d\d|\d{1,2} [a-z]{3,9} (19|20)\d\d)';
BEGIN
    IF said ~* '[[:alnum:]_.+%-]+@[[:alnum:]-]+(\.[[:alnum:]-]+)*\.[a-z]{2,24}\M' THEN
        RETURN 'an e-mail address';
    ELSIF said !~ '\d' THEN
        RETURN NULL;
    ELSIF said ~ '(?<![[:alnum:]+])(\+|00)[1-9]\d{0,2}[ ./-]?(\(0\))?([ ./-]?\d){7,12}(?!\d)'
       OR said ~ '(?<![[:alnum:]./,:-])0[1-9]\d{8}(?![[:alnum:]-])'
       OR said ~ '(?<![[:alnum:]./,:-])06[ -](\d{8}|\d{4}[ -]\d{4}|\d{2}([ -]\d{2}){3}|\d{3}[ -]\d{2}[ -]\d{3})(?![[:alnum:]-])'
       OR said ~ '(?<![[:alnum:]./,:-])\(?0[1-57]\d\)?[ -](\d{7}|\d{3} \d{4}|\d{3} \d{2} \d{2})(?![[:alnum:]-])'
       OR said ~ '(?<![[:alnum:]./,:-])\(?0[1-57]\d{2}\)?[ -](\d{6}|\d{3} \d{3}|\d{2} \d{2} \d{2})(?![[:alnum:]-])' THEN
        RETURN 'a phone number';
    ELSIF EXISTS (SELECT FROM regexp_matches(said, '(?<![[:alnum:]_.,-])(\d{9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3})(?![[:alnum:]_-]|[.,]\d)', 'g') m
                  WHERE m[1] !~ '^(19|20)\d\d[ .](0[1-9]|1[0-2])[ .]' AND houvast.is_bsn(translate(m[1], ' .', '')))
       OR said ~* '\m(bsn|burgerservicenummer|sofi-?nummer)[^[:alnum:]]{0,3}\d{8,9}\M' THEN
        RETURN 'a citizen service number (BSN)';
    ELSIF EXISTS (SELECT FROM regexp_matches(upper(said), '\m([A-Z]{2}\d{2}( ?[A-Z0-9]){11,30})', 'g') m
                  WHERE houvast.is_iban(replace(m[1], ' ', ''))) THEN
        RETURN 'a bank account number (IBAN)';
    ELSIF said ~ '\m(?!(19|20)\d\d )[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2},? {1,2}\d{1,5}\M'
       OR said ~ '\m\d{1,5} ?[a-z]{0,2},? {1,2}(?!(19|20)\d\d )[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\M' THEN
        RETURN 'an address';
    ELSIF said ~* ('\m(geboren|geb\.|geboorte\w{0,10}|born|birth\w{0,4}|d\.?o\.?b\.?)[^\d\n]{0,25}' || date) THEN
        RETURN 'a date of birth';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION houvast.is_bsn(text), houvast.is_iban(text), houvast.personal_in(text) FROM PUBLIC;
