-- attack: The catalogue is opened for changes
-- tries: The catalogue is opened for changes.
-- family: settings
-- promises: C02
-- as: every
-- must: be refused
-- refusals: 42501 55P02 22023
-- control: a read
-- session a
SET allow_system_table_mods = on;
