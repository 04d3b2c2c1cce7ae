-- name: add
-- A new token; it is shown once.
SELECT houvast.give_api_token(%(name)s, %(scopes)s::text[], %(login)s, %(staff)s, %(days)s);

-- name: list
-- Every token that was not revoked, and those that were.
SELECT name, scopes, login, staff, role, made_at, until, used_at, revoked_at FROM houvast.api_token ORDER BY revoked_at IS NOT NULL, name, made_at;

-- name: revoke
-- A token counts no longer.
SELECT houvast.revoke_api_token(%s);

-- name: scopes
-- What a token may be given: of an application, of a role of staff.
SELECT houvast.scopes_of_tokens(%s);
