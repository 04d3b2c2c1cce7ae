-- attack: A token cleared and restored
-- tries: RESET brings an older token back.
-- family: settings
-- promises: C02
-- as: use
-- must: show nothing
-- refusals: 42501
-- control: a read
-- session a
SELECT @cell@ FROM @table@ WHERE @row@;
DISCARD ALL;
-- from here
-- session a
RESET backtrace_functions;
SET ROLE @reader@;
SET search_path = @schema@, public;
SELECT @cell@ FROM @table@ WHERE @row@;
