-- attack: A query inside a function
-- tries: query_to_xml runs a text that no parser of a policy saw.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 0A000
-- control: a read
-- session a
SELECT query_to_xml($q$SELECT @cell@ FROM @table@ WHERE @row@$q$, true, true, '');
