-- attack: A role and path taken again after everything was discarded
-- tries: DISCARD ALL ends the use; taking its role and path again does not bring it back.
-- family: prepared statements
-- promises: C01 C02
-- as: use
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
DISCARD ALL;
-- from here
-- session a
SET ROLE @reader@;
SET search_path = @schema@, public;
SELECT @cell@ FROM @table@ WHERE @row@;
