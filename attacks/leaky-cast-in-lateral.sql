-- attack: The same in a lateral join
-- tries: A function in FROM is called with the values of hidden rows.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 22P02
-- control: the same
-- session a
SELECT n FROM @table@ v, LATERAL generate_series(1, (v.@cell@::text)::int) n WHERE @row_v@;
