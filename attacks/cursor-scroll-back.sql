-- attack: A cursor that scrolls back
-- tries: FETCH BACKWARD finds rows that FETCH FORWARD left out.
-- family: cursors
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 34000
-- control: the same
-- session a
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT @cell@ FROM @table@;
FETCH ALL FROM c;
FETCH BACKWARD ALL FROM c;
COMMIT;
