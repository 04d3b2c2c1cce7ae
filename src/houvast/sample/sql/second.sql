-- name: customers
-- The first customers with an address of their own, each with number, address and name.
SELECT a.id, min(c.email), min(c.full_name) FROM account a JOIN contact c ON c.account_id = a.id
WHERE a.closed_at IS NULL AND c.email IS NOT NULL GROUP BY a.id HAVING count(*) = 1 ORDER BY a.id LIMIT 300;
