-- attack: A role set inside a definer function
-- tries: A function of somebody else's sets a role that its caller may not take.
-- family: roles
-- promises: C02
-- as: use, role
-- must: show nothing
-- refusals: 42883 3F000
-- control: a read
-- prepare
CREATE SCHEMA attic;
GRANT ALL ON SCHEMA attic TO PUBLIC;
-- session a
CREATE FUNCTION attic.become() RETURNS void SECURITY DEFINER SET role = @views@ LANGUAGE sql AS 'SELECT NULL';
SELECT attic.become();
SELECT @cell@ FROM @table@ WHERE @row@;
-- clean
DROP SCHEMA attic CASCADE;
