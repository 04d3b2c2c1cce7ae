-- attack: A library is loaded into sessions to come
-- tries: A library is loaded into sessions to come.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
SET session_preload_libraries = 'auto_explain';
