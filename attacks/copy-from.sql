-- attack: COPY into the base table
-- tries: COPY FROM writes rows that no trigger of a view decides.
-- family: copy
-- promises: C01 C05
-- as: every
-- must: be refused
-- refusals: 42501 0A000
-- control: a read
-- session a
COPY @base@ FROM STDIN;
