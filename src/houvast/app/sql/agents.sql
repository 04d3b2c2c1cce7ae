-- name: add
-- An agent may ask for people.
SELECT houvast.register_agent(%s, %s, %s, %s, %s);

-- name: list
-- Every agent, those that were revoked last.
SELECT id, name, address, business, verify_key, made_at, revoked_at FROM houvast.agent ORDER BY revoked_at IS NOT NULL, id;

-- name: revoke
-- It asks no longer.
SELECT houvast.revoke_agent(%s);

-- name: key
-- By which key its messages are signed.
SELECT houvast.api_agent_key(%s);

-- name: whose
-- Whose a token is.
SELECT id, verify_key FROM houvast.api_agent(%s);

-- name: token
-- A token for it.
SELECT houvast.api_agent_token(%s, %s, %s, %s, %s, %s);

-- name: exercise
-- What it asks for somebody.
SELECT houvast.api_agent_exercise(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- name: status
-- How that stands.
SELECT reference, status, reason, details, received_at, due_on, expires_at FROM houvast.api_agent_status(%s, %s);

-- name: end
-- It asks it no longer.
SELECT houvast.api_agent_revoke(%s, %s);
