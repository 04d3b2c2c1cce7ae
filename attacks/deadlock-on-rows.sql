-- attack: A deadlock over two rows
-- tries: The error of a deadlock prints what the other side wrote.
-- family: deadlocks
-- promises: C01
-- as: use
-- must: show nothing
-- refusals: 40P01 55000 0A000 428C9
-- control: a read
-- session a
BEGIN;
UPDATE @table@ SET @cell@ = @cell@ WHERE @row@;
-- session b
BEGIN;
UPDATE @table@ SET @cell@ = @cell@ WHERE @second@;
-- session a, meanwhile
UPDATE @table@ SET @cell@ = @cell@ WHERE @second@;
-- session b
UPDATE @table@ SET @cell@ = @cell@ WHERE @row@;
ROLLBACK;
