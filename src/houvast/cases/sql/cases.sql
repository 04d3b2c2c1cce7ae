-- name: there
-- Whether a policy is kept here that handles cases.
SELECT to_regclass('houvast.public_case') IS NOT NULL;

-- name: take
-- Take a request in.
SELECT id, code, due_on FROM houvast.take_request(%(who)s, %(right)s, %(channel)s, %(language)s, %(received)s, %(promise)s, %(sort)s,
    %(words)s, %(evidence)s::jsonb);

-- name: complain
-- A complaint or question of somebody who does not say who they are.
SELECT code, due_on FROM houvast.complain(%(right)s, %(language)s, %(words)s, %(promise)s, %(sort)s, %(evidence)s::jsonb);

-- name: cases
-- Every case, or those that are open: overdue first.
SELECT id, "right", state, channel, language, promise, sort, received_at, due_on, days_left, paused_at, waited, extended_at, reason, verified, level,
       known, closed_at, evidence, drafts
FROM houvast.public_case WHERE %(all)s OR closed_at IS NULL ORDER BY closed_at IS NOT NULL, due_on, id;

-- name: case
-- One case.
SELECT id, "right", state, channel, language, promise, sort, received_at, due_on, days_left, paused_at, waited, extended_at, reason, verified, level,
       known, closed_at, evidence, drafts
FROM houvast.public_case WHERE id = %(number)s;

-- name: look
-- Record that somebody looks at a case; the number of that use.
SELECT houvast.open_case(%(number)s, %(reason)s, %(by)s);

-- name: read
-- Whom a case is of, what was written, and its letters, once that is recorded.
SELECT kind, key, words, letters FROM houvast.read_case(%(use)s);

-- name: code
-- The code to follow a request by.
SELECT code FROM houvast.request WHERE id = %(number)s AND NOT session;

-- name: follow
-- How a request stands, by its code.
SELECT "right", state, received_at, due_on, waits, reason, closed_at FROM houvast.follow_request(%(code)s);

-- name: answers
-- What was answered to somebody without a name, by their code.
SELECT subject, body, sent_at FROM houvast.answers_to(%(code)s);

-- name: verify
-- Whose an open request is was checked: how sure that is, by what, and that it was told.
WITH checked AS (
    UPDATE houvast.request SET verified_at = clock_timestamp(), level = %(level)s
    WHERE id = %(number)s AND key IS NOT NULL AND closed_at IS NULL AND verified_at IS NULL AND NOT session RETURNING kind, key
)
SELECT houvast.tell('person_checked', 'C35', jsonb_build_object('outcome', 'right', 'method', %(method)s::text, 'level', %(level)s::int),
                    '{}', kind, key) FROM checked;

-- name: print_code
-- A code for a letter by post, and where it goes.
SELECT code, address, until FROM houvast.print_code(%(number)s);

-- name: record_mandate
-- Somebody asks for somebody else.
SELECT houvast.record_mandate(%(number)s, %(sort)s, %(holder)s, %(address)s, %(rights)s, %(until)s);

-- name: join_mandate
-- Another request by whoever holds a mandate.
SELECT houvast.join_mandate(%(number)s, %(mandate)s);

-- name: end_mandate
-- The person revoked a mandate, by word of mouth or in writing.
SELECT houvast.end_mandate(b.mandate, 'link') FROM houvast.by_mandate b WHERE b.request = %(number)s;

-- name: mandate
-- By whose mandate a request was made.
SELECT m.id, m.sort, m.holder, m.rights, m.until, m.confirmed_at, m.ended_at FROM houvast.by_mandate b
JOIN houvast.mandate m ON m.id = b.mandate WHERE b.request = %(number)s;

-- name: denied
-- Requests of the last fourteen days that their person did not make.
SELECT request, how FROM houvast.denied WHERE at > clock_timestamp() - interval '14 days' ORDER BY request;

-- name: move
-- Take a request on.
SELECT houvast.move_request(%(number)s, %(to)s, %(reason)s, %(by)s, %(code)s);

-- name: draft
-- Draft a letter.
SELECT houvast.draft_letter(%(request)s, %(breach)s, %(kind)s, %(language)s, %(subject)s, %(body)s, %(reason)s, %(by)s);

-- name: approve
-- Approve a letter.
SELECT houvast.approve_letter(%(number)s, %(by)s, %(code)s);

-- name: send
-- Send a letter.
SELECT subject, body FROM houvast.send_letter(%(number)s, %(printed)s);

-- name: breaches
-- Every breach, the open ones first.
SELECT id, title, aware_at, report_by, risk, note, persons, measures, owner, state, reported_at, people_told_at, late_because, closed_at, hours_left
FROM houvast.public_breach ORDER BY closed_at IS NOT NULL, report_by, id;

-- name: record_breach
-- Write a breach down.
SELECT id FROM houvast.record_breach(%(title)s, %(aware)s, %(owner)s);

-- name: change_breach
-- Write down what was found and done about a breach.
SELECT houvast.change_breach(%(number)s, %(risk)s, %(note)s, %(persons)s, %(measures)s, %(reported)s, %(late)s, %(told)s, %(closes)s);

-- name: forget
-- Take away what ended five years ago.
SELECT houvast.forget_cases();

-- name: place_hold
-- Place a hold of a case on rows of a table.
INSERT INTO houvast.hold (case_key, relation, row_key, owner, review_on)
SELECT %(case)s, %(relation)s, k, %(owner)s, %(review)s FROM unnest(%(keys)s::text[]) k
ON CONFLICT (relation, row_key, case_key) DO UPDATE SET owner = excluded.owner, review_on = excluded.review_on;

-- name: holds
-- Every hold: case, table, how many rows, owner, when it is looked at again.
SELECT case_key, relation, count(*), max(owner), min(review_on), min(since) FROM houvast.hold GROUP BY case_key, relation ORDER BY 1, 2;

-- name: lift_hold
-- Lift every hold of a case.
DELETE FROM houvast.hold WHERE case_key = %(case)s;
