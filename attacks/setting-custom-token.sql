-- attack: The setting of the other profile
-- tries: houvast.use is a setting that everybody may set.
-- family: settings
-- promises: C02
-- as: every
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
SET houvast.use = @token@;
SELECT @cell@ FROM @table@ WHERE @row@;
