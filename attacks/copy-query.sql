-- attack: COPY of a query
-- tries: COPY TO gives the rows of a query to the client.
-- family: copy
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
COPY (SELECT @cell@ FROM @table@ WHERE @row@) TO STDOUT;
