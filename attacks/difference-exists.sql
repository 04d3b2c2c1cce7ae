-- attack: Whether a guessed beginning exists
-- tries: A guess is refined letter by letter.
-- family: differencing
-- promises: C01
-- as: every
-- must: tell nothing
-- refusals: none
-- control: a read
-- session a
SELECT EXISTS (SELECT FROM @table@ WHERE @row@ AND @cell@::text ^@ left(@secret@, 3));
