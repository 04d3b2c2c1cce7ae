-- attack: A trigger on the base table is given every row
-- tries: A trigger on the base table is given every row.
-- family: objects of others
-- promises: C01 C38
-- as: every
-- must: be refused
-- refusals: 42501 42601
-- control: a read
-- session a
BEGIN;
CREATE TRIGGER hv_attack BEFORE UPDATE ON @base@ FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
