-- attack: A prepared statement across an objection
-- tries: A plan that was made before somebody objects reads that person's row after it.
-- family: prepared statements
-- promises: C01 C13
-- as: use
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXECUTE p;
-- the person objects
-- session a
EXECUTE p;
DEALLOCATE p;
