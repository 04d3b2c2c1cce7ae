-- name: ask
-- They ask something.
SELECT code, due_on FROM houvast.ask_own(%s, %s, %s, %s, %s);

-- name: withdraw
-- They no longer ask it.
SELECT houvast.withdraw_own(%s, %s);

-- name: done
-- It was done in their session.
SELECT houvast.done_own(%s, %s);

-- name: letters
-- What was sent to them about what they asked.
SELECT code, subject, body, sent_at FROM houvast.own_letters(%s);

-- name: steps
-- How far other systems are with what they asked.
SELECT code, label_nl, label_en, stands FROM houvast.own_steps(%s);

-- name: kind
-- Which kind of people they are one of.
SELECT houvast.own_kind(%s);

-- name: history
-- What they chose before.
SELECT at, what, about, change FROM houvast.own_history(%s);

-- name: prepare
-- Have something made for this session.
SELECT houvast.prepare_own(%s, %s, %s);

-- name: prepared
-- What was made for it.
SELECT what, asked_at, made_at, until, failed, size, taken_at FROM houvast.own_prepared(%s);

-- name: take
-- Take it.
SELECT houvast.take_own(%s, %s);

-- name: scopes
-- What a session may do.
SELECT houvast.own_scopes(%s);

-- name: narrow
-- A token that may less.
SELECT token, until FROM houvast.narrow_session(%s, %s::text[], %s);
