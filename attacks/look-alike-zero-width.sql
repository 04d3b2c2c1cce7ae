-- attack: The name of a purpose with a zero-width space
-- tries: A name that looks like a purpose's, with a zero-width space, opens a use for it.
-- family: look-alikes
-- promises: C02 C05
-- as: use, no use, nobody, people
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT houvast.open_use(@purpose@ || chr(8203), 'houvast prove');
