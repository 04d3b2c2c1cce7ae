-- name: program
-- Whose a token is.
SELECT id, name, login, staff, role, scopes, until FROM houvast.api_caller(%s);

-- name: use
-- Record that a program looks at something of people.
SELECT houvast.api_use(%(token)s, %(scope)s, %(purpose)s, %(person)s, %(reason)s);

-- name: stands
-- Where a person stands about the purpose of a recorded use.
SELECT stand, about, since FROM houvast.api_stands(%(token)s, %(use)s) ORDER BY 1, 2;

-- name: may_send
-- On what ground a person may be sent a message, or why not.
SELECT houvast.api_may_send(%(token)s, %(purpose)s, %(person)s);

-- name: recipients
-- Whom a message may go to.
SELECT kind, key, ground, since, opt_out FROM houvast.api_recipients(%(token)s, %(use)s, %(after)s, %(many)s);

-- name: sent
-- Write down a message, or be refused.
SELECT houvast.api_sent(%(token)s, %(purpose)s, %(person)s, %(message)s, %(products_of)s);

-- name: request
-- Take a request in.
SELECT id, code, due_on FROM houvast.api_request(%(token)s, %(person)s, %(right)s, %(language)s, %(words)s, %(promise)s, %(sort)s);

-- name: decide
-- What the database shows a login now.
SELECT shown, of, why, promise FROM houvast.api_decide(%(token)s, %(login)s, %(purpose)s, %(table)s, %(column)s, %(person)s, %(case)s, %(row)s);

-- name: holds
-- Every hold.
SELECT case_key, relation, rows, owner, review_on, since FROM houvast.api_holds(%s);

-- name: place_hold
-- Place a hold.
SELECT houvast.api_place_hold(%(token)s, %(case)s, %(table)s, %(keys)s::text[], %(owner)s, %(review)s);

-- name: lift_hold
-- Lift the holds of a case.
SELECT houvast.api_lift_hold(%s, %s);

-- name: draft
-- Draft a letter about a request, in which the database puts the code of the request.
SELECT houvast.api_draft(%(token)s, %(request)s, %(kind)s, %(language)s, %(subject)s, %(body)s, %(reason)s);

-- name: may_explain
-- Whether a token may ask why a purpose sees something.
SELECT houvast.api_explain(%s, %s);
