-- attack: A use and a read in one string
-- tries: Several statements that are sent at once are one transaction.
-- family: settings
-- promises: C02
-- as: no use
-- must: show nothing
-- refusals: 42501 42P01
-- control: a read
-- session a
DO $$ DECLARE said text; BEGIN
PERFORM houvast.open_use('hv-no-such-purpose', 'houvast prove');
EXCEPTION WHEN OTHERS THEN NULL;
END $$;
SET ROLE @reader@;
SELECT @cell@ FROM @table@ WHERE @row@;
