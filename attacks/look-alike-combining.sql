-- attack: The name of a purpose with a mark on its last letter
-- tries: A name that looks like a purpose's, with a mark on its last letter, opens a use for it.
-- family: look-alikes
-- promises: C02 C05
-- as: use, no use, nobody, people
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT houvast.open_use(@purpose@ || chr(776), 'houvast prove');
