-- attack: A set of totals of one's own
-- tries: Whoever writes there says what others read.
-- family: forms
-- promises: C05 C38
-- as: every
-- must: be refused
-- refusals: 42501 42P01
-- control: a read
-- session a
INSERT INTO houvast.release (total, period, made_by, groups) VALUES ('x', current_date, '1', '[]');
