-- attack: NOTIFY in Houvast's channel
-- tries: A false message makes the sequencer do something.
-- family: notifications
-- promises: C02
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
NOTIFY houvast, 'attack';
