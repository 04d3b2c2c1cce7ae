-- attack: A trigger of the tables' owner
-- tries: A trigger on another table reads with the rights of its function's owner.
-- family: objects of others
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- prepare
CREATE TABLE public.hv_side (n int);
ALTER TABLE public.hv_side OWNER TO @owner@;
GRANT INSERT, SELECT ON public.hv_side TO PUBLIC;
CREATE FUNCTION public.hv_attack() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$ DECLARE said text; BEGIN FOR said IN SELECT @cell@ FROM @base@ WHERE @row@ LOOP RAISE NOTICE '%', said; END LOOP; RETURN NULL; END $$;
ALTER FUNCTION public.hv_attack() OWNER TO @owner@;
CREATE TRIGGER hv_attack BEFORE INSERT ON public.hv_side FOR EACH ROW EXECUTE FUNCTION public.hv_attack();
-- session a
INSERT INTO public.hv_side VALUES (1);
-- clean
DROP TABLE public.hv_side;
DROP FUNCTION public.hv_attack();
