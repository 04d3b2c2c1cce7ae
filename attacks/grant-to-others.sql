-- attack: What a purpose may see is given on
-- tries: GRANT gives on what the role of a purpose may see.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
GRANT SELECT ON @schema@.@table@ TO PUBLIC;
GRANT USAGE ON SCHEMA @schema@ TO PUBLIC;
-- from here
-- session other
SELECT @cell@ FROM @schema@.@table@;
