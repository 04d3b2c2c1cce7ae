-- attack: A function of the owner that runs as its caller
-- tries: A function that reads the base table as whoever calls it.
-- family: objects of others
-- promises: C01
-- as: every
-- must: be refused
-- refusals: 42501
-- control: a read
-- prepare
CREATE FUNCTION public.hv_attack() RETURNS SETOF text LANGUAGE sql AS $q$SELECT @cell@::text FROM @base@ WHERE @row@$q$;
ALTER FUNCTION public.hv_attack() OWNER TO @owner@;
-- session a
SELECT public.hv_attack();
-- clean
DROP FUNCTION public.hv_attack();
