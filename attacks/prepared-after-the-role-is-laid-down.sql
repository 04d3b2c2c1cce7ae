-- attack: A prepared statement after the role is laid down
-- tries: A plan that was made in the role of a purpose is executed by the login itself.
-- family: prepared statements
-- promises: C01 C02
-- as: use
-- must: show nothing
-- refusals: 42501 42P01
-- control: the same
-- session a
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXECUTE p;
RESET ROLE;
-- from here
-- session a
EXECUTE p;
