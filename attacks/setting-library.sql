-- attack: A library is loaded into the session
-- tries: A library is loaded into the session.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
LOAD 'auto_explain';
