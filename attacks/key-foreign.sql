-- attack: A foreign key to a hidden row
-- tries: A row that refers to a hidden one is taken, one that refers to nobody is not.
-- family: key oracles
-- promises: C01
-- as: use
-- must: tell it
-- refusals: 23503
-- control: a read
-- residual: existence through keys
-- prepare
CREATE TABLE public.hv_child AS SELECT @key@ FROM @base@ WHERE false;
ALTER TABLE public.hv_child ADD FOREIGN KEY (@key@) REFERENCES @base@ (@key@);
ALTER TABLE public.hv_child OWNER TO @owner@;
GRANT INSERT ON public.hv_child TO PUBLIC;
-- session a
BEGIN;
INSERT INTO public.hv_child (@key@) SELECT @key@ FROM jsonb_populate_record(NULL::public.hv_child, @row_json@);
-- clean
DROP TABLE public.hv_child;
