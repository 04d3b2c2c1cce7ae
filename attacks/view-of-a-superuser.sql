-- attack: A view of a superuser
-- tries: A view that a superuser made reads everything, without a use.
-- family: objects of others
-- promises: C01
-- as: every
-- must: show it
-- refusals: none
-- control: a read
-- residual: a superuser, or a role with BYPASSRLS
-- prepare
CREATE VIEW public.hv_attack AS SELECT * FROM @base@;
GRANT SELECT ON public.hv_attack TO PUBLIC;
-- session a
SELECT @cell@ FROM public.hv_attack WHERE @row@;
-- clean
DROP VIEW public.hv_attack;
