-- attack: A prepared statement without a use
-- tries: A plan is made in the role of a purpose and executed with no use open.
-- family: prepared statements
-- promises: C01 C02
-- as: role, no use, nobody, people
-- must: show nothing
-- refusals: 26000
-- control: the same
-- session a
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXECUTE p;
