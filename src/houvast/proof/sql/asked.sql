-- name: request
-- A request of a canary that waits until it is known whose it is; its reference.
WITH made AS (
    INSERT INTO houvast.request (id, kind, key) OVERRIDING SYSTEM VALUE VALUES (%(number)s, %(kind)s, %(key)s) RETURNING code
)
SELECT code::text FROM made;

-- name: waits
-- It waits.
UPDATE houvast.request SET state = 'identity' WHERE id = %(number)s;

-- name: code
-- A code in a letter about it, which is known here.
INSERT INTO houvast.case_code (request, salt, code) VALUES (%(number)s, 'salt', sha256('salt'::bytea || houvast.typed_code(%(code)s)));

-- name: old
-- Its time is over.
UPDATE houvast.case_code SET until = clock_timestamp() WHERE request = %(number)s;

-- name: try
-- Try a code.
SELECT houvast.answer_case_code(%(reference)s::uuid, %(code)s);

-- name: settle
-- What follows from it.
SELECT houvast.settle_case_code(%(reference)s::uuid, 'yes');

-- name: stands
-- Whether it was checked whose it is.
SELECT CASE WHEN closed_at IS NOT NULL THEN 'ended' WHEN verified_at IS NOT NULL THEN 'checked' ELSE 'not checked' END FROM houvast.request WHERE id = %(number)s;

-- name: mandate
-- Somebody says that they may ask it for them.
WITH made AS (
    INSERT INTO houvast.mandate (kind, key, sort, holder, address, rights, until, token)
    VALUES (%(kind)s, %(key)s, 'lawyer', 'Houvast prove', 'prove@canary.example', '{access}', clock_timestamp() + interval '1 day',
            sha256(convert_to(%(token)s, 'UTF8'))) RETURNING id
)
INSERT INTO houvast.by_mandate (request, mandate) SELECT %(number)s, id FROM made;

-- name: by_hand
-- Somebody of the staff writes down that it was checked.
UPDATE houvast.request SET verified_at = clock_timestamp(), level = 4 WHERE id = %(number)s;

-- name: says
-- The person answers by the link in their mail.
SELECT houvast.answer_mandate(%(token)s, %(choice)s);

-- name: not_me
-- The person did not ask it.
SELECT houvast.not_me(%(reference)s::uuid);

-- name: clear
-- What these attempts left goes.
WITH mandates AS (DELETE FROM houvast.mandate WHERE address = 'prove@canary.example')
DELETE FROM houvast.request WHERE id BETWEEN -471199 AND -471101;
