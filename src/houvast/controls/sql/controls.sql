-- name: there
-- Whether a register of controls is kept in this database.
SELECT to_regclass('houvast.public_control') IS NOT NULL;

-- name: register
-- The controls as the file names them; those that it names no more end. Whether anything changed.
WITH asked AS (
    SELECT * FROM jsonb_to_recordset(%(controls)s::jsonb) a (name text, sort text, owner text, test text, days int, promise text, label_nl text, label_en text)
), written AS (
    INSERT INTO houvast.control AS c (name, sort, owner, test, days, promise, label_nl, label_en) SELECT * FROM asked
    ON CONFLICT (name) DO UPDATE SET (sort, owner, test, days, promise, label_nl, label_en, ended_at) = ROW (excluded.sort, excluded.owner,
        excluded.test, excluded.days, excluded.promise, excluded.label_nl, excluded.label_en, NULL)
    WHERE (c.sort, c.owner, c.test, c.days, c.promise, c.label_nl, c.label_en, c.ended_at) IS DISTINCT FROM
          (excluded.sort, excluded.owner, excluded.test, excluded.days, excluded.promise, excluded.label_nl, excluded.label_en, NULL)
    RETURNING 1
), ended AS (
    UPDATE houvast.control SET ended_at = clock_timestamp() WHERE ended_at IS NULL AND name NOT IN (SELECT name FROM asked) RETURNING 1
)
SELECT EXISTS (SELECT FROM written) OR EXISTS (SELECT FROM ended);

-- name: begun
-- Whether a control was ever registered.
SELECT EXISTS (SELECT FROM houvast.control);

-- name: registered
-- The controls that the database knows, as JSON.
SELECT to_jsonb(c) - 'since' - 'ended_at' FROM houvast.control c WHERE ended_at IS NULL ORDER BY name;

-- name: standings
-- How each control stands now: what is red first, then what is due first.
SELECT name, sort, owner, test, days, promise, label_nl, label_en, since, at, coalesce(how, ''), coalesce(who, ''), coalesce(found, '[]'), coalesce(note, ''), due, stands
FROM houvast.public_control ORDER BY array_position(ARRAY['failed', 'overdue', 'waiting', 'good'], stands), due, name;

-- name: record
-- What a measure found.
INSERT INTO houvast.control_result (control, passed, how, who, found) VALUES (%(control)s, %(found)s::jsonb = '[]', 'measured', '', %(found)s::jsonb);

-- name: attest
-- One of the staff says how a control stands.
SELECT houvast.attest_control(%(control)s, %(by)s, %(code)s, %(passed)s, %(note)s);
