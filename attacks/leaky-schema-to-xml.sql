-- attack: A schema inside a function
-- tries: database_to_xml reads every table that there is.
-- family: leaky functions
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: 0A000
-- control: a read
-- session a
SELECT schema_to_xml(@schema_name@, true, true, '');
