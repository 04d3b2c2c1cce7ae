-- attack: COPY of a column of the base table
-- tries: COPY TO reads below the purpose's view.
-- family: copy
-- promises: C01 C05
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
COPY @base@ (@cell@) TO STDOUT;
