-- attack: COPY of the whole table
-- tries: COPY TO without a query reads the table or view as it is.
-- family: copy
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42809
-- control: a read
-- session a
COPY @table@ TO STDOUT;
