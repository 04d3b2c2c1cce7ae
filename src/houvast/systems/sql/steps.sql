-- name: there
-- Whether steps are kept in this database.
SELECT to_regclass('houvast.step') IS NOT NULL;

-- name: listed
-- The systems that the database knows.
SELECT name, sort, does, kinds, always, label_nl, label_en FROM houvast.system ORDER BY name;

-- name: register
-- A system as the file names it.
INSERT INTO houvast.system (name, sort, does, kinds, always, label_nl, label_en)
VALUES (%(name)s, %(sort)s, %(does)s, %(kinds)s, %(always)s, %(label_nl)s, %(label_en)s)
ON CONFLICT (name) DO UPDATE SET (sort, does, kinds, always, label_nl, label_en)
    = ROW (excluded.sort, excluded.does, excluded.kinds, excluded.always, excluded.label_nl, excluded.label_en);

-- name: waited_for
-- Systems that the file does not name any more and that still have something to do.
SELECT DISTINCT system FROM houvast.step WHERE state <> 'done' AND system <> ALL (%(names)s) ORDER BY 1;

-- name: forget
-- Systems that the file does not name any more.
DELETE FROM houvast.system WHERE name <> ALL (%(names)s);

-- name: steps
-- The steps of a request.
SELECT id, request, system, what, state, found, changed, kept, remains, tries, next_at, error, done_at, sort, label_nl, label_en
FROM houvast.public_step WHERE request = %(request)s ORDER BY id;

-- name: open
-- Every step that is not done, of all requests.
SELECT id, request, system, what, state, found, changed, kept, remains, tries, next_at, error, done_at, sort, label_nl, label_en
FROM houvast.public_step WHERE state <> 'done' ORDER BY id;

-- name: of_person
-- The steps of requests of a person.
SELECT s.id, s.request, s.system, s.what, s.state, s.found, s.changed, s.kept, s.remains, s.tries, s.next_at, s.error, s.done_at,
       coalesce(y.sort, ''), coalesce(y.label_nl, s.system), coalesce(y.label_en, s.system)
FROM houvast.step s LEFT JOIN houvast.system y ON y.name = s.system WHERE s.kind = %(kind)s AND s.key = %(key)s ORDER BY s.id;

-- name: due
-- Steps that can be tried now: those that wait, those whose worker was killed, and those whose answer has not come for an hour.
SELECT id FROM houvast.step
WHERE state IN ('waiting', 'running', 'asked') AND what <> 'access' AND next_at <= clock_timestamp()
  AND (%(request)s::bigint IS NULL OR request = %(request)s) ORDER BY next_at, id LIMIT 100;

-- name: hold
-- Be the only one who does a step; the lock goes with the connection, also when its process is killed.
SELECT pg_try_advisory_lock(7236543, %(id)s::int);

-- name: let
-- Give a step free.
SELECT pg_advisory_unlock(7236543, %(id)s::int);

-- name: begin
-- A step begins, or begins again.
UPDATE houvast.step SET state = 'running', tries = tries + 1, begun_at = coalesce(begun_at, clock_timestamp())
WHERE id = %(id)s AND state IN ('waiting', 'running', 'asked') AND next_at <= clock_timestamp()
RETURNING id, request, kind, key, system, what, token, tries;

-- name: values
-- What a system must know to do a step.
SELECT role, sort, value FROM houvast.step_value WHERE step = %(id)s;

-- name: done
-- A step is done: somebody looked afterwards.
UPDATE houvast.step SET state = 'done', found = greatest(found, %(found)s), changed = changed + %(changed)s, kept = %(kept)s, remains = 0,
    verified_at = clock_timestamp() WHERE id = %(id)s AND state <> 'done';

-- name: later
-- A step could not be done now, or something is left: it is tried again, later each time, an hour at most.
UPDATE houvast.step SET state = 'waiting', error = %(error)s, found = greatest(found, %(found)s), changed = changed + %(changed)s,
    kept = greatest(kept, %(kept)s), remains = %(remains)s,
    next_at = clock_timestamp() + least(5 * 2 ^ least(tries, 12), 3600) * interval '1 second' WHERE id = %(id)s AND state = 'running';

-- name: asked
-- A service said that it answers later; after an hour it is asked again.
UPDATE houvast.step SET state = 'asked', error = '', next_at = clock_timestamp() + interval '1 hour' WHERE id = %(id)s AND state = 'running';

-- name: read
-- What a system holds stands in a copy of the person's data.
UPDATE houvast.step SET state = 'done', found = %(found)s, verified_at = clock_timestamp(), tries = tries + 1
WHERE request = %(request)s AND system = %(system)s AND what = 'access' AND state <> 'done';

-- name: unread
-- A system could not be read for a copy.
UPDATE houvast.step SET state = 'waiting', error = %(error)s, tries = tries + 1
WHERE request = %(request)s AND system = %(system)s AND what = 'access' AND state <> 'done';

-- name: told_by_hand
-- One of the staff told a recipient.
UPDATE houvast.step SET state = 'done', verified_at = clock_timestamp() WHERE id = %(id)s AND state <> 'done' AND state <> 'planned'
  AND system IN (SELECT name FROM houvast.system WHERE sort = 'recipient') RETURNING id;

-- name: again
-- Whatever waits is tried at once.
UPDATE houvast.step SET next_at = clock_timestamp() WHERE state = 'waiting' AND next_at > clock_timestamp();

-- name: recipients_of
-- To whom data of a person were given: recipients who always get them, and those of whom it was written down.
SELECT s.name, s.label_nl, s.label_en, min(d.since), array_remove(array_agg(DISTINCT d.category), NULL) FROM houvast.system s
LEFT JOIN houvast.disclosure d ON d.recipient = s.name AND d.kind = %(kind)s AND d.key = %(key)s
WHERE s.sort = 'recipient' AND (s.kinds = '{}' OR %(kind)s = ANY (s.kinds)) AND (s.always OR d.key IS NOT NULL)
GROUP BY 1, 2, 3 ORDER BY 1;

-- name: disclose
-- Write down that a recipient got data of a person.
SELECT houvast.disclose(%(who)s, %(recipient)s, %(categories)s);

-- name: marks
-- Documents of a person that keep a value which was corrected elsewhere.
SELECT place, column_name, row_key, corrected_at FROM houvast.mark WHERE kind = %(kind)s AND key = %(key)s ORDER BY id;

-- name: hand_over
-- Write down where a person wants their data sent.
INSERT INTO houvast.handover (request, address, asked_by) VALUES (%(request)s, %(address)s, %(by)s);

-- name: approve_address
-- Another of the staff says that they may go there.
UPDATE houvast.handover SET approved_by = %(by)s, approved_at = clock_timestamp() WHERE request = %(request)s RETURNING request;

-- name: handover
-- Where the data of a request go, and of whom they are, once that was approved and until they were sent.
SELECT h.address, q.kind, q.key, q.language FROM houvast.handover h JOIN houvast.request q ON q.id = h.request
WHERE h.request = %(request)s AND h.approved_at IS NOT NULL AND h.sent_at IS NULL;

-- name: handed_over
-- They were sent.
UPDATE houvast.handover SET sent_at = clock_timestamp(), copy_sha256 = %(sha256)s WHERE request = %(request)s;

-- name: hooks
-- Signed messages of services that wait to be looked at.
SELECT system, number, sent_at, signature, body FROM houvast.hook WHERE taken_at IS NULL ORDER BY came_at LIMIT 100;

-- name: hook_taken
-- A message was looked at; what it says goes, its number stays.
UPDATE houvast.hook SET taken_at = clock_timestamp(), body = '', signature = '' WHERE system = %(system)s AND number = %(number)s;

-- name: hook_refused
-- A message that was not signed by whom it says is none: its number stays free for the one that is.
DELETE FROM houvast.hook WHERE system = %(system)s AND number = %(number)s;

-- name: hooks_forgotten
-- A number is kept as long as a message with it could come again, and much longer; one that is older is refused by its time.
DELETE FROM houvast.hook WHERE taken_at < clock_timestamp() - interval '1 day';

-- name: hook_answers
-- The step that a message answers.
SELECT id, request, kind, key, system, what, token, tries FROM houvast.step WHERE token = %(token)s AND system = %(system)s AND state = 'asked';

-- name: resume
-- A step that was asked goes on at once, to be looked at.
UPDATE houvast.step SET state = 'running' WHERE id = %(id)s AND state = 'asked';
