-- Visits of one day, made up by hashes: the same each time.
COPY (
WITH seen AS (SELECT i, hash(i, {day}, 1) / 18446744073709551616.0 AS who, hash(i, {day}, 2) / 18446744073709551616.0 AS ref,
    hash(i, {day}, 3) / 18446744073709551616.0 AS page, hash(i, {day}, 4) / 18446744073709551616.0 AS hour FROM range({rows}) t (i)),
known AS (SELECT *,
    hash(CAST(floor({visitors} * pow(who, 1.35)) AS BIGINT), {day}, 9) AS visitor FROM seen),
kind AS (SELECT *, hash(visitor, 10) / 18446744073709551616.0 AS b, hash(visitor, 11) / 18446744073709551616.0 AS l FROM known)
SELECT TIMESTAMP '{date}' + INTERVAL 1 HOUR * CAST(floor(24 * sqrt(hour)) AS INT) AS "at", 'shop' AS site,
    'page' || least(199, CAST(floor(exp(page * 5.3)) AS INT)) AS page,
    'browser' || least(29, CAST(floor(exp(b * 3.4)) AS INT) - 1) AS browser, CAST(100 AS USMALLINT) AS version,
    'l' || least(39, CAST(floor(exp(l * l * 3.7)) AS INT) - 1) AS language,
    CASE WHEN ref < 0.35 THEN 'none' WHEN ref < 0.55 THEN 'own' ELSE
        'site' || CAST(floor(exp((ref - 0.55) / 0.45 * ln(5000))) AS INT) || '.example' END AS referrer,
    hash(visitor, 5) % 12 = 0 AS robot, visitor FROM kind) TO '{file}' (FORMAT parquet, COMPRESSION zstd)
