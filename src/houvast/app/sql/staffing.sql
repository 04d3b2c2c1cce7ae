-- name: enrol
-- Somebody of the staff, in the one spelling of their name; known already: with what is given anew.
INSERT INTO houvast.staff (name, role, secret) VALUES (houvast.staff_name(%(name)s), coalesce(%(role)s, 'officer'), %(secret)s)
ON CONFLICT (name) DO UPDATE SET role = coalesce(%(role)s, staff.role), secret = coalesce(excluded.secret, staff.secret),
    last_step = CASE WHEN excluded.secret IS NULL THEN staff.last_step ELSE 0 END, ended_at = NULL
RETURNING name;

-- name: dismiss
-- They are of the staff no longer: nothing opens with their codes, nor with their tokens.
WITH tokens AS (
    SELECT count(*) FILTER (WHERE houvast.revoke_api_token(t.name)) FROM houvast.api_token t
    WHERE t.staff = houvast.staff_name(%(name)s) AND t.revoked_at IS NULL
)
UPDATE houvast.staff SET ended_at = clock_timestamp(), secret = NULL FROM tokens WHERE name = houvast.staff_name(%(name)s) AND tokens.count IS NOT NULL
RETURNING name;
