-- attack: A message in the log of changes
-- tries: A message carries a value to whoever decodes.
-- family: logical decoding
-- promises: C01
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
SELECT pg_logical_emit_message(false, 'hv_attack', 'x') IS NOT NULL;
