-- attack: COPY into a file of the server
-- tries: COPY TO writes what it reads where another program finds it.
-- family: copy
-- promises: C01 C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
COPY (SELECT @cell@ FROM @table@ WHERE @row@) TO '/tmp/hv-attack';
