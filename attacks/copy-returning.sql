-- attack: COPY of an UPDATE with RETURNING
-- tries: COPY takes what an UPDATE of a hidden row returns.
-- family: copy
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 0A000 55000
-- control: a read
-- session a
BEGIN;
COPY (UPDATE @table@ SET @cell@ = @cell@ WHERE @row@ RETURNING @cell@) TO STDOUT;
ROLLBACK;
