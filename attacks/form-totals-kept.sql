-- attack: Totals where they are kept
-- tries: Those of other purposes lie there too, and of a set that is not committed.
-- family: forms
-- promises: C05 C38
-- as: every
-- must: be refused
-- refusals: 42501 42P01
-- control: a read
-- session a
SELECT * FROM houvast.release;
