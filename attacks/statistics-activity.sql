-- attack: What others ask at this moment
-- tries: pg_stat_activity shows the statement of another login, with its values.
-- family: statistics
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session administrator
SELECT @cell@ FROM @base@ WHERE @row@ AND @cell@ = @secret@;
-- session a
SELECT query FROM pg_stat_activity;
