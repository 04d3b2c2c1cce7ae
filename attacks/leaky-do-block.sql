-- attack: A block that reads row by row
-- tries: A loop raises each value that it meets as a notice.
-- family: leaky functions
-- promises: C01 C05
-- as: every
-- must: show nothing
-- refusals: none
-- control: the same
-- session a
DO $$ DECLARE said text; BEGIN
FOR said IN SELECT @cell@ FROM @table@ WHERE @row@ LOOP RAISE NOTICE 'saw %', said; END LOOP;
END $$;
