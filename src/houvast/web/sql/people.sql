-- name: ask
-- A code for whoever has this address, if anybody has.
SELECT houvast.ask_code(%s, %s, %s, %s, %s);

-- name: answer
-- Try a code.
SELECT houvast.answer_code(%s, %s, %s);

-- name: session
-- How a session stands.
SELECT level, method, since, until, fresh FROM houvast.session_now(%s);

-- name: end
-- Sign out.
SELECT houvast.end_session(%s);

-- name: stop
-- Whoever got the mail did not ask.
SELECT houvast.stop_check(%s);

-- name: opt_out
-- Whoever has this code gets no more messages; nothing is said of whether it is one.
SELECT houvast.opt_out(%s);
-- name: try_letter
-- Try the code of a letter.
SELECT houvast.answer_case_code(%s, %s);

-- name: settle_letter
-- What follows from it, once it is committed.
SELECT houvast.settle_case_code(%s, %s);

-- name: not_me
-- Whoever got a letter did not ask what it is about.
SELECT houvast.not_me(%s);

-- name: mandate
-- What a link asks about.
SELECT sort, holder, rights, until, confirmed FROM houvast.asked_mandate(%s);

-- name: answer_mandate
-- The person answers.
SELECT houvast.answer_mandate(%s, %s);

-- name: begin_passkey
-- Something for a passkey to sign.
SELECT id, challenge FROM houvast.begin_passkey(%s);

-- name: answer_passkey
-- What it signed.
SELECT houvast.answer_passkey(%s, %s, %s, %s, %s, %s);

-- name: oidc_place
-- An issuer as it was last seen.
SELECT enter, exchange, says_issuer, keys FROM houvast.oidc_place(%s);

-- name: begin_oidc
-- Somebody goes to sign in elsewhere.
SELECT state, nonce FROM houvast.begin_oidc(%s, %s, %s);

-- name: take_oidc
-- Somebody comes back.
SELECT language, nonce, linking FROM houvast.take_oidc(%s, %s, %s);

-- name: answer_oidc
-- What the issuer says of them.
SELECT houvast.answer_oidc(%s, %s, %s);
