-- attack: A view of the tables' owner
-- tries: A view reads with the rights of its owner.
-- family: objects of others
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- prepare
CREATE VIEW public.hv_attack AS SELECT * FROM @base@;
ALTER VIEW public.hv_attack OWNER TO @owner@;
GRANT SELECT ON public.hv_attack TO PUBLIC;
-- session a
SELECT @cell@ FROM public.hv_attack WHERE @row@;
-- clean
DROP VIEW public.hv_attack;
