-- attack: COPY into a program of the server
-- tries: COPY TO PROGRAM hands rows to a shell.
-- family: copy
-- promises: C01 C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
COPY (SELECT @cell@ FROM @table@ WHERE @row@) TO PROGRAM 'cat';
