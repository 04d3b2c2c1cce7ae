-- attack: DROP OWNED by the role itself
-- tries: A session in the role of a purpose takes that role's rights away from everybody.
-- family: roles
-- promises: C38
-- as: use, role
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
BEGIN;
DROP OWNED BY CURRENT_USER;
SELECT @cell@ FROM @table@ WHERE @row@;
ROLLBACK;
