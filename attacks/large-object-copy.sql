-- attack: A copy in a large object across an objection
-- tries: A value is kept in a large object, which no row policy reaches.
-- family: large objects
-- promises: C01 C13
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: a copy
-- session a
BEGIN;
SELECT lo_from_bytea(0, convert_to((SELECT @cell@::text FROM @table@ WHERE @row@), 'UTF8'));
-- the person objects
-- session a
SELECT convert_from(lo_get(@answer@), 'UTF8');
ROLLBACK;
