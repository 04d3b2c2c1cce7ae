-- name: next
-- The mail to people that has waited longest, and where it goes now; nobody else takes it meanwhile. What goes to the address on
-- file waits while that is too new.
SELECT o.id, coalesce(o.address, houvast.reach_of(o.to_kind, o.to_key)), o.template, o.language, o."values", o.blank, o.until < clock_timestamp()
FROM houvast.outgoing o
WHERE o.sent_at IS NULL AND o.dropped IS NULL AND NOT o.id = ANY (%s)
  AND (o.address IS NOT NULL OR o.to_key IS NULL OR NOT houvast.cooling_down(o.to_kind, o.to_key, 'email'))
ORDER BY o.tries, o.queued_at LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: sent
-- It was sent: what stood in it goes.
UPDATE houvast.outgoing SET sent_at = clock_timestamp(), address = NULL, "values" = '{}' WHERE id = %s;

-- name: dropped
-- It is not sent: what stood in it goes.
UPDATE houvast.outgoing SET dropped = %s, address = NULL, "values" = '{}' WHERE id = %s;

-- name: failed
-- The mail server did not take it; after twenty tries it is not tried again, and what stood in it goes.
UPDATE houvast.outgoing SET tries = tries + 1, dropped = CASE WHEN tries >= 19 THEN 'refused' END,
    address = CASE WHEN tries < 19 THEN address END, "values" = CASE WHEN tries < 19 THEN "values" ELSE '{}' END WHERE id = %s;

-- name: stuck
-- How much mail waits for more than five minutes.
SELECT count(*) FROM houvast.outgoing o WHERE o.sent_at IS NULL AND o.dropped IS NULL AND o.queued_at < clock_timestamp() - interval '5 minutes'
  AND (o.address IS NOT NULL OR o.to_key IS NULL OR NOT houvast.cooling_down(o.to_kind, o.to_key, 'email'));

-- name: waits
-- Whether mail waits.
SELECT EXISTS (SELECT FROM houvast.outgoing o WHERE o.sent_at IS NULL AND o.dropped IS NULL
  AND (o.address IS NOT NULL OR o.to_key IS NULL OR NOT houvast.cooling_down(o.to_kind, o.to_key, 'email')));

-- name: there
-- Whether a policy is kept here that has such mail.
SELECT to_regclass('houvast.outgoing') IS NOT NULL AND to_regprocedure('houvast.sweep_agents()') IS NOT NULL;

-- name: sweep
-- What has had its time goes.
SELECT houvast.sweep_checks(), houvast.sweep_mandates(), houvast.sweep_agents();

-- name: take_agents
-- Look whose the requests of agents are.
SELECT houvast.take_agent_requests();

-- name: codes_asked
-- How many codes were asked this hour.
SELECT houvast.codes_asked();
