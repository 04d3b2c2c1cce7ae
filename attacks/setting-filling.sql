-- attack: The setting by which fillings tell nothing
-- tries: houvast.filling is a setting that everybody may set: what is opened then is told all the same.
-- family: settings
-- promises: C02
-- as: use
-- must: show nothing
-- refusals: none
-- control: a read
-- session a
SET houvast.filling = 'yes';
RESET ROLE;
@open@;
-- session administrator
SELECT 1 / ((SELECT count(*) FROM houvast.event WHERE kind = 'use_opened' AND sealed ->> 'use' = '@answer@') + (SELECT count(*) FROM houvast.entry WHERE kind = 'use_opened' AND sealed ->> 'use' = '@answer@'));
