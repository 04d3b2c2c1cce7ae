-- name: seen
-- What counts: whole days of UTC, no robots, nobody whose day's key was gone. `site` and the days are variables of this session.
CREATE TEMP VIEW seen AS
SELECT CAST("at" AS DATE) AS day, date_part('hour', "at") AS hour, site, page, browser, language, referrer, visitor
FROM visits
WHERE NOT robot AND visitor IS NOT NULL AND (getvariable('site') = '' OR site = getvariable('site'))
  AND "at" >= getvariable('since') AND "at" < getvariable('until') + INTERVAL 1 DAY

-- name: codes
-- A number for each value of a key that occurs.
CREATE TEMP TABLE code_{key} AS
SELECT value, CAST(row_number() OVER (ORDER BY value) - 1 AS BIGINT) AS code FROM (SELECT DISTINCT {key} AS value FROM seen WHERE {key} IS NOT NULL)

-- name: how_many
-- How many values of a key occur.
SELECT count(*) FROM code_{key}

-- name: values
-- They, in the order of their numbers.
SELECT CAST(value AS VARCHAR) FROM code_{key} ORDER BY code

-- name: units
-- Each visitor of a day once, with the groups that they were in, each once (where one counts, the first of them); time: the day, week or month, counted from the first.
CREATE TEMP TABLE units AS
SELECT day, visitor, {time} AS time, {codes} AS codes
FROM seen {joins} GROUP BY day, visitor

-- name: kept
-- At most `most` groups of each visitor of a day: which ones, a salt decides that is drawn for this report and forgotten. It is asked for
-- their places among the visitor's own groups, in order of values: numbers of groups depend on what others did, and that may not decide.
CREATE TEMP TABLE kept AS
SELECT day, visitor, time, least(len(codes), getvariable('most')) AS groups, unnest(CASE WHEN len(codes) <= getvariable('most') THEN codes ELSE
    list_transform(list_sort(list_transform(list_sort(codes), lambda one, place: (hash(place, visitor, day, getvariable('salt')), one)))[:getvariable('most')], lambda one: one[2]) END) AS code
FROM units

-- name: totals
-- Of each day, week or month, and of how many parts each visitor of it counts: one whole.
SELECT time, count(*) FROM units GROUP BY time ORDER BY time

-- name: counts
-- Of each group with enough visitors: how many, one who is in more than `full` groups in part in each, so that the squares of the
-- parts of one visitor are together `full` at most.
SELECT time, code, CAST(sum(CAST(floor({scale} * least(1, sqrt(getvariable('full') / groups))) AS BIGINT)) AS BIGINT) AS parts
FROM kept GROUP BY time, code HAVING count(*) >= getvariable('group') ORDER BY time, code

-- name: over_time
-- Of each group over the whole period: parts, of which the squares of one visitor are together one at most; less those of the
-- `group` - 1 visitors with the largest, so that nothing is left of fewer.
WITH many AS (SELECT code FROM kept GROUP BY code HAVING count(*) >= getvariable('group')),
parts AS (SELECT code, CAST(floor({scale} / sqrt(groups)) AS BIGINT) AS part FROM kept SEMI JOIN many USING (code))
SELECT 0 AS time, code, CAST(sum(part) AS BIGINT) - coalesce(CAST(list_sum(max(part, CAST({fewest} AS BIGINT))) AS BIGINT), 0) AS parts
FROM parts GROUP BY code ORDER BY code

-- name: by_time
-- The same of each group in its day, week or month, of the groups in `hoped` alone; a visitor counts for more where more hope is.
WITH mine AS (
    SELECT time, list(code) AS codes, list(hope) AS hopes FROM kept JOIN hoped USING (code) GROUP BY day, visitor, time
), single AS (
    SELECT time, unnest(codes) AS code, unnest(hopes) / sqrt(list_sum(list_transform(hopes, lambda one: one * one))) AS part FROM mine
), many AS (SELECT time, code FROM single GROUP BY time, code HAVING count(*) >= getvariable('group')),
parts AS (SELECT time, code, CAST(floor({scale} * part) AS BIGINT) AS part FROM single SEMI JOIN many USING (time, code))
SELECT time, code, CAST(sum(part) AS BIGINT) - coalesce(CAST(list_sum(max(part, CAST({fewest} AS BIGINT))) AS BIGINT), 0) AS parts
FROM parts GROUP BY time, code ORDER BY time, code

-- name: of_selected
-- How many, of the groups in `selected` alone; in part as `counts` does.
WITH mine AS (
    SELECT time, list(code) AS codes FROM kept SEMI JOIN selected USING (time, code) GROUP BY day, visitor, time
), single AS (SELECT time, unnest(codes) AS code, CAST(floor({scale} * least(1, sqrt(getvariable('full') / len(codes)))) AS BIGINT) AS part FROM mine)
SELECT time, code, CAST(sum(part) AS BIGINT) AS parts FROM single GROUP BY time, code ORDER BY time, code
