-- attack: A count with and without the value
-- tries: The count of rows with a guessed value differs by the hidden one.
-- family: differencing
-- promises: C01
-- as: every
-- must: tell nothing
-- refusals: none
-- control: a read
-- session a
SELECT count(*) FROM @table@ WHERE @cell@ = @secret@;
