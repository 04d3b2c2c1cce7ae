-- attack: A temporary table where somebody gave TEMP back
-- tries: A temporary table keeps what was read across an objection.
-- family: shadowing
-- promises: C01 C13
-- as: use
-- must: show it
-- refusals: none
-- control: a read
-- residual: a copy
-- prepare
GRANT TEMPORARY ON DATABASE @database@ TO PUBLIC;
-- session a
CREATE TEMPORARY TABLE hv_kept AS SELECT @cell@ FROM @table@ WHERE @row@;
-- the person objects
-- session a
SELECT * FROM hv_kept;
DROP TABLE hv_kept;
-- clean
REVOKE TEMPORARY ON DATABASE @database@ FROM PUBLIC;
