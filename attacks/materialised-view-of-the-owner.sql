-- attack: A materialised view of the tables' owner
-- tries: A materialised view keeps what its owner reads.
-- family: objects of others
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- prepare
CREATE MATERIALIZED VIEW public.hv_attack AS SELECT * FROM @base@ WITH NO DATA;
ALTER MATERIALIZED VIEW public.hv_attack OWNER TO @owner@;
REFRESH MATERIALIZED VIEW public.hv_attack;
GRANT SELECT ON public.hv_attack TO PUBLIC;
-- session a
SELECT @cell@ FROM public.hv_attack WHERE @row@;
-- clean
DROP MATERIALIZED VIEW public.hv_attack;
