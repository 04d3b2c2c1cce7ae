-- name: there
-- Whether free text is shielded in this database.
SELECT to_regclass('houvast.public_flagged') IS NOT NULL;

-- name: flags
-- What waits for a decision, the oldest first; or everything.
SELECT id, relation, "column", kinds, found_at, state, ground, decided_at, decided_by FROM houvast.public_flagged
WHERE %(all)s OR state = 'open' ORDER BY state <> 'open', found_at, id LIMIT %(limit)s;

-- name: flag
-- One of them.
SELECT id, relation, "column", kinds, found_at, state, ground, decided_at, decided_by FROM houvast.public_flagged WHERE id = %(number)s;

-- name: places
-- How many wait in each column, and of which kinds.
SELECT relation, "column", count(DISTINCT id), array_agg(DISTINCT k ORDER BY k), min(found_at) FROM houvast.public_flagged, unnest(kinds) k
WHERE state = 'open' GROUP BY 1, 2 ORDER BY 1, 2;

-- name: waits
-- How many wait.
SELECT count(*) FROM houvast.public_flagged WHERE state = 'open';

-- name: look
-- Record that one of the staff looks at a text; the number of that use.
SELECT houvast.open_flagged(%(number)s, %(reason)s, %(by)s);

-- name: read
-- The text, once that is recorded.
SELECT houvast.read_flagged(%(use)s);

-- name: decide
-- Decide what becomes of texts.
SELECT houvast.decide_flagged(%(numbers)s::bigint[], %(decision)s, %(ground)s, %(by)s, %(code)s);
