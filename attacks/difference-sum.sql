-- attack: A sum over all but one
-- tries: A total over everybody less a total over everybody but one.
-- family: differencing
-- promises: C01
-- as: every
-- must: tell nothing
-- refusals: none
-- control: a read
-- session a
SELECT sum(length(@cell@::text)) FILTER (WHERE true) - sum(length(@cell@::text)) FILTER (WHERE NOT (@row@)) FROM @table@;
