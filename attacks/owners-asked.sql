-- attack: Where the rows of somebody hang is asked without a use for one person
-- tries: The function by which copies find rows names those of somebody else.
-- family: ownership
-- promises: C01 C33
-- as: no use, nobody, people
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT houvast.rows_above('@base@');
