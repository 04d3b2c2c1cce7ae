-- attack: A row policy that lets every row through
-- tries: A row policy that lets every row through.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
CREATE POLICY hv_attack ON @base@ USING (true);
