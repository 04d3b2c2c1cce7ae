-- attack: The base table after the role is laid down
-- tries: RESET ROLE leaves a login with the token of a use.
-- family: roles
-- promises: C01 C02
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
RESET ROLE;
SELECT @cell@ FROM @base@;
