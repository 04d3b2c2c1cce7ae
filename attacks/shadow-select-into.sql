-- attack: SELECT INTO a table
-- tries: A read makes a table of its own.
-- family: shadowing
-- promises: C01 C13
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT @cell@ INTO TEMPORARY hv_kept FROM @table@ WHERE @row@;
