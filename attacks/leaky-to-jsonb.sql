-- attack: A whole row as JSON
-- tries: A reference to the whole row reads columns that the purpose may not see.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
SELECT to_jsonb(v) FROM @table@ v WHERE @row_v@;
