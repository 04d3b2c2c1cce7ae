-- name: open
-- A use for the person of this session alone.
SELECT use, kind, key FROM houvast.open_session_use(%s, %s, %s);

-- name: close
-- It is over.
SELECT houvast.close_use(%s);

-- name: uses
-- Who used the data of the person for whom this session has a use open.
SELECT sort, purpose, role, reason, since, until, times FROM houvast.uses_of(%s, %s) ORDER BY since DESC;

-- name: stands
-- Where they stand.
SELECT stand, about, since FROM houvast.own_stands(%s);

-- name: requests
-- What they asked.
SELECT code, "right", state, received_at, due_on, closed_at FROM houvast.own_requests(%s);

-- name: choose
-- They choose about a purpose.
SELECT houvast.say_choice(%s, %s, %s);

-- name: unchecked
-- What was asked in their name and waits.
SELECT code, "right", channel, received_at, enough FROM houvast.own_unchecked(%s);

-- name: claim
-- They say whether it is theirs.
SELECT houvast.claim_case(%s, %s, %s);

-- name: mandates
-- Who may ask for them, or asks to.
SELECT id, sort, holder, rights, until, confirmed FROM houvast.own_mandates(%s);

-- name: choose_mandate
-- They answer about a mandate.
SELECT houvast.choose_mandate(%s, %s, %s);

-- name: begin_passkey
-- Something for a new passkey to sign.
SELECT id, challenge, handle, known FROM houvast.begin_own_passkey(%s);

-- name: add_passkey
-- Add it.
SELECT houvast.add_own_passkey(%s, %s, %s, %s);

-- name: passkeys
-- Their passkeys.
SELECT name, made_at, used_at FROM houvast.own_passkeys(%s);

-- name: remove_passkey
-- Take one away.
SELECT houvast.remove_own_passkey(%s, %s);

-- name: begin_oidc
-- They go to link an account elsewhere.
SELECT state, nonce FROM houvast.begin_own_oidc(%s, %s, %s, %s);

-- name: add_oidc
-- Link it.
SELECT houvast.add_own_oidc(%s, %s, %s, %s);

-- name: oidc
-- Their linked accounts.
SELECT issuer, made_at, used_at FROM houvast.own_oidc(%s);

-- name: remove_oidc
-- Take one away.
SELECT houvast.remove_own_oidc(%s, %s);
