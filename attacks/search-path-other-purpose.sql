-- attack: The path of another purpose
-- tries: A search path with the schema of another purpose names its view.
-- family: search path
-- promises: C02 C05
-- as: every
-- must: show nothing
-- refusals: 42P01 42703
-- control: a read
-- session a
SET search_path = @other_schema@, public;
SELECT @cell@ FROM @table@ WHERE @row@;
