-- attack: The text of views, policies and functions
-- tries: A definition holds somebody's value.
-- family: statistics
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
SELECT pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = $q$@schema@$q$::regnamespace UNION ALL SELECT pg_get_expr(polqual, polrelid) FROM pg_policy UNION ALL SELECT prosrc FROM pg_proc WHERE pronamespace = 'houvast'::regnamespace;
