-- attack: The role of another purpose with this use
-- tries: A login in two purposes takes the role of one with a use for the other.
-- family: roles
-- promises: C02 C05
-- as: every
-- must: show nothing
-- refusals: 42P01 42703 22023
-- control: a read
-- session a
SET ROLE @other@;
SET search_path = @other_schema@, public;
SELECT @cell@ FROM @table@ WHERE @row@;
