-- attack: A definer function of the tables' owner
-- tries: A function runs with the rights of its owner.
-- family: objects of others
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- prepare
CREATE FUNCTION public.hv_attack() RETURNS SETOF text SECURITY DEFINER LANGUAGE sql AS $q$SELECT @cell@::text FROM @base@ WHERE @row@$q$;
ALTER FUNCTION public.hv_attack() OWNER TO @owner@;
-- session a
SELECT public.hv_attack();
-- clean
DROP FUNCTION public.hv_attack();
