-- name: there
-- Whether a policy is kept here that knows of issuers.
SELECT to_regclass('houvast.oidc_issuer') IS NOT NULL;

-- name: drop
-- Issuers that the settings do not have, or have otherwise.
DELETE FROM houvast.oidc_issuer i WHERE NOT EXISTS (SELECT FROM unnest(%s::text[], %s::text[]) s (name, issuer) WHERE s.name = i.name AND s.issuer = i.issuer);

-- name: declare
-- One that they have.
INSERT INTO houvast.oidc_issuer AS i (name, issuer, client, by_mail, level, acr) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (name) DO UPDATE SET client = excluded.client, by_mail = excluded.by_mail, level = excluded.level, acr = excluded.acr
WHERE (i.client, i.by_mail, i.level, i.acr) IS DISTINCT FROM (excluded.client, excluded.by_mail, excluded.level, excluded.acr);

-- name: keep
-- What one says of itself.
UPDATE houvast.oidc_issuer SET enter = %s, exchange = %s, says_issuer = %s, fetched_at = clock_timestamp() WHERE name = %s AND issuer = %s;

-- name: forget_keys
-- Keys as they were.
DELETE FROM houvast.oidc_key WHERE name = %s;

-- name: keep_key
-- A key.
INSERT INTO houvast.oidc_key (name, kid, alg, public) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING;
