-- name: here
-- The bundles that can be read here now: of which problem, and where each lies.
SELECT b.exchange, b.id, b.code, b.state, b.format, b.size FROM houvast.bundle b
WHERE b.key_gone_at IS NULL AND b.state IN ('screened', 'submitted', 'accepted') AND b.received = b.size ORDER BY b.id;
