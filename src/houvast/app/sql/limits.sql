-- name: there
-- Whether uses are limited in this database.
SELECT to_regclass('houvast.turn') IS NOT NULL;

-- name: near
-- Who has opened so much within the time of a limit that an officer is told: (login, purpose, promise, what counts, how many, of, within).
SELECT t.login, p.name, p.promise, v.counts, n.opened, v.most, v.per
FROM houvast.turn t JOIN houvast.purpose p ON p.number = t.purpose AND p.live
CROSS JOIN LATERAL houvast.volume_of(t.purpose) v CROSS JOIN LATERAL houvast.opened_lately(v, t.login) n (opened)
WHERE t.at > clock_timestamp() - v.span AND n.opened >= v.warns ORDER BY p.number, t.login;
