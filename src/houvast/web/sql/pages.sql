-- name: newest_proof
-- The number of the newest proof, whole or partial; what pages show changes when it does.
SELECT coalesce(max(id), 0) FROM houvast_desk.run WHERE kind = 'prove';
