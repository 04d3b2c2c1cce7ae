-- attack: A prepared statement after the login lost its purpose
-- tries: A login executes a kept plan of a purpose that was taken from it.
-- family: prepared statements
-- promises: C01 C02
-- as: use
-- must: show nothing
-- refusals: none
-- control: a read
-- from: 16
-- session a
PREPARE p AS SELECT @cell@ FROM @table@ WHERE @row@;
EXECUTE p;
-- from here
-- session administrator
REVOKE @reader@ FROM @login@;
-- session a
EXECUTE p;
-- session administrator
GRANT @reader@ TO @login@ WITH INHERIT FALSE, SET TRUE;
