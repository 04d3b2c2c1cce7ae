-- name: normal
-- One way of writing an identifier, in which two that are the same are equal (promise C33).
CREATE OR REPLACE FUNCTION houvast.normal(sort text, value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE sort
    WHEN 'email' THEN pg_catalog.lower(pg_catalog.btrim(value))
    WHEN 'phone' THEN pg_catalog.regexp_replace(pg_catalog.regexp_replace(value, '\D', '', 'g'), '^00', '')
    ELSE pg_catalog.btrim(value) END;
COMMENT ON FUNCTION houvast.normal(text, text) IS 'An identifier as it is compared (promise C33)';
REVOKE ALL ON FUNCTION houvast.normal(text, text) FROM PUBLIC;
