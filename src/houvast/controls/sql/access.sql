-- name: there
-- Whether access is reviewed in this database.
SELECT to_regclass('houvast.public_access_review') IS NOT NULL;

-- name: lines
-- Who can do what now, in the order in which it is hashed, with each line as it is hashed.
SELECT l.* FROM (SELECT a.*, json_build_array(a.kind, a.who, a.what, a.how)::text AS line FROM houvast.public_access a) l ORDER BY l.line COLLATE "C";

-- name: last
-- The newest review, and whether it still says what is so.
SELECT sha256, lines, who, at, same FROM houvast.public_access_review ORDER BY id DESC LIMIT 1;

-- name: sign
-- One of the staff signs what they looked at.
SELECT houvast.sign_access(%(seen)s, %(by)s, %(code)s);
