-- name: there
-- Whether a policy is kept here that keeps the exchange.
SELECT to_regclass('houvast.bundle') IS NOT NULL;

-- name: alone
-- One worker at a time screens bundles, and one ends them.
SELECT pg_try_advisory_lock(7236541, %(what)s);

-- name: ask
-- Ask a customer: the number, and the link's token.
SELECT id, token FROM houvast.exchange_ask(%(ticket)s, %(wants)s, %(why)s, %(until)s, %(purpose)s, %(language)s, %(consumer)s, %(by)s);

-- name: link
-- Another link; those of before count no longer.
SELECT houvast.exchange_link(%(number)s, %(by)s);

-- name: asked
-- What a link asks.
SELECT wants, why, until, consumer FROM houvast.exchange_asked(%(token)s);

-- name: begin
-- Use a link.
SELECT houvast.exchange_begin(%(token)s);

-- name: follow
-- How it stands, for the customer.
SELECT houvast.exchange_follow(%(follow)s);

-- name: state
-- The customer's statement.
SELECT houvast.exchange_state(%(follow)s, %(language)s, %(statement)s, %(warnings)s);

-- name: send
-- A bundle begins to come in.
SELECT houvast.exchange_send(%(follow)s, %(size)s, %(format)s);

-- name: stands
-- How much of it is there.
SELECT received, size, state, until FROM houvast.exchange_stands(%(follow)s, %(code)s);

-- name: part
-- Its next piece is stored.
SELECT houvast.exchange_part(%(follow)s, %(code)s, %(begins)s, %(size)s, %(place)s);

-- name: decide
-- The customer redacts, submits or withdraws.
SELECT houvast.exchange_decide(%(follow)s, %(code)s, %(what)s);

-- name: look
-- Record that the customer looks at what was found in a file of it.
SELECT houvast.exchange_look(%(follow)s, %(code)s, %(file)s);

-- name: looked
-- Where it lies, once that is recorded.
SELECT code, format, size, parts FROM houvast.exchange_looked(%(follow)s, %(look)s);

-- name: choose
-- The customer says what becomes of it.
SELECT houvast.exchange_choose(%(follow)s, %(choice)s, %(taken)s);

-- name: return
-- What the customer takes back.
SELECT %(code)s::uuid, format, size, parts FROM houvast.exchange_return(%(follow)s, %(code)s);

-- name: judge
-- Support accepts or refuses.
SELECT houvast.exchange_judge(%(number)s, %(accepts)s, %(why)s, %(by)s);

-- name: open
-- Record an opening.
SELECT houvast.exchange_open(%(number)s, %(reason)s, %(by)s);

-- name: read
-- Where it lies, once that is recorded.
SELECT code, format, size, parts FROM houvast.exchange_read(%(use)s, %(by)s);

-- name: learn
-- A fact about an error.
SELECT houvast.exchange_learn(%(number)s, %(product)s, %(version)s, %(error)s, %(times)s, %(by)s);

-- name: close
-- Close a problem; when what was sent goes.
SELECT houvast.exchange_close(%(number)s, %(by)s);

-- name: incident
-- Facts of an incident.
SELECT houvast.exchange_incident(%(number)s, %(facts)s, %(by)s);

-- name: record
-- A subcontractor; its number.
SELECT houvast.exchange_record(%(name)s, %(country)s, %(tool)s, %(since)s, %(until)s, %(announced)s, %(by)s);

-- name: approve
-- Another officer approves it.
SELECT houvast.exchange_approve(%(number)s, %(by)s, %(code)s);

-- name: end
-- It helps no longer.
SELECT houvast.exchange_end(%(number)s, %(by)s);

-- name: grant
-- Who may open what was sent for one problem.
SELECT houvast.exchange_grant(%(number)s, %(who)s, %(gives)s, %(by)s);

-- name: confirm
-- A subcontractor's copies are gone.
SELECT houvast.exchange_confirm(%(number)s, %(by)s);

-- name: mine
-- The problems that somebody may help with.
SELECT exchange, ticket, why, language, purpose, consumer, until, closed_at, due_at, choice, ended_at, begun, granted, confirmed, bundles FROM houvast.exchange_mine(%(by)s);

-- name: register
-- The subcontractors.
SELECT id, name, country, tool, tool_from, tool_until, announced_on, counts_from, approved, ended, grants FROM houvast.exchange_register();

-- name: place_staff
-- Where one of the staff works, and for which subcontractor.
UPDATE houvast.staff SET country = %(country)s, subcontractor = %(subcontractor)s, role = CASE WHEN %(subcontractor)s::bigint IS NULL THEN role ELSE 'subcontractor' END
WHERE name = houvast.staff_name(%(name)s) AND ended_at IS NULL RETURNING id;

-- name: expire
-- Uploads that nobody went on with for a day, and redactions that a dead worker left.
UPDATE houvast.bundle SET state = 'expired' WHERE state = 'receiving' AND made_of IS NULL AND until < clock_timestamp();

-- name: left
-- What a redaction that did not end had made.
UPDATE houvast.bundle SET state = 'withdrawn' WHERE made_of = %(number)s AND ended_at IS NULL AND state = 'receiving';

-- name: overdue
-- What nobody closed.
SELECT houvast.sweep_exchanges();

-- name: due
-- Problems whose term is over: what was accepted goes.
UPDATE houvast.bundle b SET state = CASE WHEN x.choice = 'return' AND x.taken_at IS NOT NULL THEN 'returned' ELSE 'destroyed' END
FROM houvast.exchange x WHERE x.id = b.exchange AND x.due_at <= clock_timestamp() AND b.ended_at IS NULL;

-- name: ended
-- Bundles that have ended, and whose keys are still there.
SELECT id, code FROM houvast.bundle WHERE ended_at IS NOT NULL AND key_gone_at IS NULL ORDER BY id;

-- name: forget_parts
-- Where it lay.
DELETE FROM houvast.bundle_part WHERE bundle = %(number)s;

-- name: forget_members
-- In which files of it something was found.
UPDATE houvast.bundle_screening SET members = '[]' WHERE bundle = %(number)s AND members <> '[]';

-- name: key_gone
-- Its key is destroyed.
UPDATE houvast.bundle SET key_gone_at = clock_timestamp() WHERE id = %(number)s;

-- name: next
-- What waits for the worker, the least tried first, each again later; that it is tried is written down before.
UPDATE houvast.bundle b SET tries = b.tries + 1, next_at = clock_timestamp() + b.tries * b.tries * interval '5 seconds'
WHERE b.id = (SELECT w.id FROM houvast.bundle w WHERE w.state IN ('quarantined', 'redacting') AND w.next_at <= clock_timestamp() ORDER BY w.tries, w.id LIMIT 1)
RETURNING b.id, b.code, b.state, b.format, b.size, b.tries;

-- name: waits
-- Whether it still waits for the worker.
SELECT 1 FROM houvast.bundle WHERE id = %(number)s AND state IN ('quarantined', 'redacting');

-- name: parts
-- Its pieces.
SELECT begins, size, place FROM houvast.bundle_part WHERE bundle = %(number)s ORDER BY begins;

-- name: found
-- What was found in it.
INSERT INTO houvast.bundle_screening (bundle, detectors, outcome, why, bytes, found, kinds, members)
VALUES (%(number)s, %(detectors)s, %(outcome)s, %(why)s, %(bytes)s, %(found)s, %(kinds)s::jsonb, %(members)s::jsonb);

-- name: screened
-- It was looked into; of all of it, this is the hash.
UPDATE houvast.bundle SET state = 'screened', sha256 = coalesce(%(sha256)s, sha256) WHERE id = %(number)s AND state IN ('quarantined', 'redacting');

-- name: redact
-- A redacted one begins; its number and code.
INSERT INTO houvast.bundle (exchange, statement, made_of, format) SELECT b.exchange, b.statement, b.id, b.format FROM houvast.bundle b WHERE b.id = %(number)s RETURNING id, code;

-- name: redacted_part
-- A piece of it is stored.
INSERT INTO houvast.bundle_part (bundle, begins, size, place) VALUES (%(number)s, %(begins)s, %(size)s, %(place)s);

-- name: redacted
-- It is whole, and waits for its own screening; the one that it was made of has ended.
WITH whole AS (UPDATE houvast.bundle SET received = %(size)s, size = %(size)s WHERE id = %(number)s AND state = 'receiving' RETURNING id, made_of)
SELECT id, made_of FROM whole;

-- name: quarantine
-- It waits for its screening.
UPDATE houvast.bundle SET state = 'quarantined' WHERE id = %(number)s;

-- name: replaced
-- Another stands in its place.
UPDATE houvast.bundle SET state = 'replaced' WHERE id = %(number)s;

-- name: known
-- Of which bundles there may be a key.
SELECT code FROM houvast.bundle WHERE key_gone_at IS NULL;

-- name: to_certify
-- Problems of which everything is gone, and confirmed.
SELECT x.id FROM houvast.exchange x WHERE x.closed_at IS NOT NULL AND x.due_at <= clock_timestamp() AND x.ended_at IS NULL
  AND NOT EXISTS (SELECT FROM houvast.bundle b WHERE b.exchange = x.id AND b.key_gone_at IS NULL)
  AND NOT EXISTS (SELECT FROM houvast.exchange_grant g WHERE g.exchange = x.id AND g.subcontractor IS NOT NULL AND g.confirmed_at IS NULL);

-- name: certificate
-- What the certificate of a problem says.
SELECT jsonb_build_object('v', 1, 'exchange', x.id, 'closed', x.closed_at, 'choice', CASE x.choice WHEN '' THEN 'destroy' ELSE x.choice END, 'returned', x.taken_at,
    'bundles', coalesce((SELECT jsonb_agg(jsonb_build_object('bundle', b.code, 'bytes', b.received, 'sha256', b.sha256, 'ended', b.state, 'key_destroyed', b.key_gone_at) ORDER BY b.id)
        FROM houvast.bundle b WHERE b.exchange = x.id), '[]'),
    'openings', (SELECT count(*) FROM houvast.bundle_opening o JOIN houvast.bundle b ON b.id = o.bundle WHERE b.exchange = x.id),
    'confirmed', coalesce((SELECT jsonb_agg(jsonb_build_object('subcontractor', c.name, 'country', c.country, 'at', g.confirmed_at) ORDER BY g.id)
        FROM houvast.exchange_grant g JOIN houvast.subcontractor c ON c.id = g.subcontractor WHERE g.exchange = x.id), '[]'))
FROM houvast.exchange x WHERE x.id = %(number)s;

-- name: certify
-- The certificate is given.
UPDATE houvast.exchange SET certificate = %(text)s, ended_at = clock_timestamp() WHERE id = %(number)s;

-- name: unconfirmed
-- How many grants of subcontractors are to be confirmed as gone, of problems whose term is over.
SELECT count(*) FROM houvast.exchange_grant g JOIN houvast.exchange x ON x.id = g.exchange AND x.due_at <= clock_timestamp()
WHERE g.subcontractor IS NOT NULL AND g.confirmed_at IS NULL;

-- name: forget
-- What ended five years ago.
DELETE FROM houvast.exchange WHERE ended_at < clock_timestamp() - interval '5 years';
