-- attack: The name of a purpose as a pattern
-- tries: A name that looks like a purpose's, as a pattern, opens a use for it.
-- family: look-alikes
-- promises: C02 C05
-- as: use, no use, nobody, people
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT houvast.open_use(left(@purpose@, 1) || '%', 'houvast prove');
