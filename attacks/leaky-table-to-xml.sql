-- attack: A table inside a function
-- tries: table_to_xml reads the base table.
-- family: leaky functions
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501 0A000
-- control: a read
-- session a
SELECT table_to_xml($q$@base@$q$, true, true, '');
