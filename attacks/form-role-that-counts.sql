-- attack: The role that counts for a purpose is taken
-- tries: It sees the rows of which others get totals.
-- family: forms
-- promises: C05 C38
-- as: every
-- must: be refused
-- refusals: 42501 P0002
-- control: a read
-- session a
DO $$ DECLARE name text; BEGIN
SELECT r.rolname INTO STRICT name FROM pg_roles r WHERE r.rolname ~ '^[a-z0-9]+_t_' LIMIT 1;
EXECUTE 'SET ROLE ' || quote_ident(name);
END $$;
