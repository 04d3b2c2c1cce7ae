-- attack: A generic plan across an objection
-- tries: A plan that PostgreSQL no longer makes anew is used after somebody objects.
-- family: prepared statements
-- promises: C01 C13
-- as: use
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
SET plan_cache_mode = force_generic_plan;
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXECUTE p;
EXECUTE p;
EXECUTE p;
EXECUTE p;
EXECUTE p;
EXECUTE p;
-- the person objects
-- session a
EXECUTE p;
