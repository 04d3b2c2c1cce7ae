-- attack: The name of a purpose with a soft hyphen in it
-- tries: A name that looks like a purpose's, with a soft hyphen in it, opens a use for it.
-- family: look-alikes
-- promises: C02 C05
-- as: use, no use, nobody, people
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT houvast.open_use(left(@purpose@, 2) || chr(173) || substr(@purpose@, 3), 'houvast prove');
