-- name: ask
-- Ask a customer to look together: the number of the session, and the link's token.
SELECT id, token FROM houvast.looking_ask(%(problem)s, %(reason)s, %(minutes)s, %(by)s);

-- name: asked
-- What a link asks that was not used.
SELECT houvast.looking_asked(%(token)s);

-- name: answer
-- The customer says yes or no.
SELECT houvast.looking_answer(%(token)s, %(accepts)s, %(language)s, %(statement)s);

-- name: follow
-- How a session stands, for its customer.
SELECT houvast.looking_follow(%(follow)s, %(after)s);

-- name: move
-- The customer begins, pauses, goes on or ends.
SELECT houvast.looking_move(%(follow)s, %(what)s);

-- name: say
-- What the browser of the customer offers.
SELECT houvast.looking_say(%(follow)s, %(body)s);

-- name: watch
-- How a session stands, for the one who was named.
SELECT houvast.looking_watch(%(number)s, %(by)s, %(after)s);

-- name: reply
-- What the browser of who looks along says.
SELECT houvast.looking_reply(%(number)s, %(by)s, %(kind)s, %(body)s);

-- name: leave
-- Whoever looks along ends it.
SELECT houvast.looking_leave(%(number)s, %(by)s);

-- name: mine
-- The sessions of a problem, newest first.
SELECT houvast.looking_mine(%(problem)s, %(by)s);

-- name: over
-- End what had its time.
SELECT houvast.end_looking();

-- name: leftover
-- Whether addresses of sessions that have ended still lie on the disk.
SELECT NOT EXISTS (SELECT FROM houvast.looking_signal) AND sum(pg_relation_size(x)) > 0 FROM pg_class c CROSS JOIN LATERAL (VALUES (c.oid), (c.reltoastrelid)) v (x)
WHERE c.oid = 'houvast.looking_signal'::regclass;

-- name: vacuum
-- Take them from there.
VACUUM houvast.looking_signal;
