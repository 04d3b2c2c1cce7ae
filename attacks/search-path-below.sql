-- attack: The application's own path
-- tries: A search path without the purpose's schema names the base table.
-- family: search path
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: 42P01
-- control: a read
-- session a
SET search_path = public;
SELECT @cell@ FROM @table@ WHERE @row@;
