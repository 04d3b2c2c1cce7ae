-- attack: Row security switched off for the session
-- tries: row_security = off reads past policies, for who may.
-- family: settings
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: 42501
-- control: a read
-- session a
SET row_security = off;
SELECT @cell@ FROM @table@ WHERE @row@;
