-- attack: The words of a query
-- tries: ts_stat runs a text and gives every word that it meets.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
SELECT word FROM ts_stat($q$SELECT array_to_tsvector(ARRAY[@cell@::text]) FROM @table@ WHERE @row@$q$);
