-- attack: The name of a purpose written from right to left
-- tries: A name that looks like a purpose's, written from right to left, opens a use for it.
-- family: look-alikes
-- promises: C02 C05
-- as: use, no use, nobody, people
-- must: be refused
-- refusals: 42501
-- control: a read
-- session a
SELECT houvast.open_use(chr(8238) || reverse(@purpose@), 'houvast prove');
