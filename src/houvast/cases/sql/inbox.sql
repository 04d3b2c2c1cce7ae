-- name: there
-- Whether a policy is kept here that takes mail in.
SELECT to_regclass('houvast.public_incoming') IS NOT NULL;

-- name: take
-- Take a mail in; NULL when it was taken before.
SELECT houvast.take_mail(%(digest)s, %(received)s, %(sort)s, %(language)s, %(rights)s, %(reasons)s::jsonb, %(notes)s, %(passed)s, %(sender)s, %(subject)s,
    %(body)s, %(answerable)s, %(bounced)s::uuid[]);

-- name: mark
-- How far a mailbox was read.
SELECT houvast.mark_mailbox(%(name)s, %(validity)s, %(uid)s);

-- name: marked
-- The last number that was read of a mailbox, under this validity.
SELECT uid FROM houvast.mailbox WHERE name = %(name)s AND validity = %(validity)s;

-- name: alone
-- One program at a time reads a mailbox; until it hangs up.
SELECT pg_try_advisory_lock(7236541, 33);

-- name: mails
-- Every mail, or those that nobody has looked at: the one that is due first at the top.
SELECT id, received_at, due_on, days_left, sort, language, rights, reasons, notes, passed, answered, state, why, requests, decided_at, readable, held
FROM houvast.public_incoming WHERE %(all)s OR state = 'new' ORDER BY state <> 'new', due_on, id;

-- name: mail
-- One mail.
SELECT id, received_at, due_on, days_left, sort, language, rights, reasons, notes, passed, answered, state, why, requests, decided_at, readable, held
FROM houvast.public_incoming WHERE id = %(number)s;

-- name: look
-- Record that somebody looks at a mail; the number of that use.
SELECT houvast.open_mail(%(number)s, %(reason)s, %(by)s);

-- name: read
-- What a mail says, once that is recorded.
SELECT sender, subject, body, persons FROM houvast.read_mail(%(use)s);

-- name: accept
-- Make requests of a mail.
SELECT id, code, due_on, reachable FROM houvast.accept_mail(%(number)s, %(rights)s, %(who)s);

-- name: dismiss
-- Say that a mail is no request.
SELECT houvast.dismiss_mail(%(number)s, %(why)s);

-- name: forget
-- Take away what was no request.
SELECT houvast.forget_mail();
