-- attack: A rank among all rows
-- tries: A window function ranks hidden rows too.
-- family: differencing
-- promises: C01
-- as: every
-- must: tell nothing
-- refusals: none
-- control: a read
-- session a
SELECT r FROM (SELECT rank() OVER (ORDER BY @cell@) AS r, @key@ FROM @table@) v WHERE @row@;
