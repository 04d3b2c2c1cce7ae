-- attack: A table that inherits from the base table
-- tries: A child table is read without its parent's row policies.
-- family: objects of others
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- prepare
CREATE TABLE public.hv_attack () INHERITS (@base@);
ALTER TABLE public.hv_attack OWNER TO @owner@;
-- session a
SELECT @cell@ FROM public.hv_attack WHERE @row@;
-- clean
DROP TABLE public.hv_attack;
