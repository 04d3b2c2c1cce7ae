-- attack: RETURNING in a WITH
-- tries: A statement in WITH returns a hidden row to the rest.
-- family: returning
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 55000 0A000 428C9
-- control: a read
-- session a
BEGIN;
WITH x AS (UPDATE @table@ SET @cell@ = @cell@ WHERE @row@ RETURNING @cell@) SELECT * FROM x;
