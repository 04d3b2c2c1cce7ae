-- attack: A rule of the tables' owner
-- tries: A rule on another table reads with the rights of that table's owner.
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
CREATE RULE hv_attack AS ON INSERT TO public.hv_side DO INSTEAD SELECT @cell@ FROM @base@ WHERE @row@;
-- session a
INSERT INTO public.hv_side VALUES (1);
-- clean
DROP TABLE public.hv_side;
