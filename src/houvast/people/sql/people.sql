-- name: by
-- Who is known by an identifier: nobody, one or several.
SELECT f.kind, f.key, p.closed_at,
       ARRAY(SELECT DISTINCT s.stand || CASE WHEN s.about = '' THEN '' ELSE ':' || s.about END
             FROM houvast.stand s WHERE s.kind = f.kind AND s.key = f.key ORDER BY 1)
FROM houvast.persons_by(%(sort)s, %(value)s) f JOIN houvast.person p ON p.kind = f.kind AND p.key = f.key ORDER BY 1, length(f.key), 2;

-- name: known
-- Somebody by their key.
SELECT p.kind, p.key, p.closed_at,
       ARRAY(SELECT DISTINCT s.stand || CASE WHEN s.about = '' THEN '' ELSE ':' || s.about END
             FROM houvast.stand s WHERE s.kind = p.kind AND s.key = p.key ORDER BY 1)
FROM houvast.person p WHERE p.kind = %(kind)s AND p.key = %(key)s;

-- name: person
-- Since when a person's data are here, and since when their account is closed.
SELECT collected_at, closed_at FROM houvast.person WHERE kind = %(kind)s AND key = %(key)s;

-- name: stands
-- Where they stand now, and since when.
SELECT stand, about, min(since) FROM houvast.stand WHERE kind = %(kind)s AND key = %(key)s GROUP BY stand, about ORDER BY 3, 1, 2;

-- name: told
-- Everything that is recorded of where a person stood, oldest first.
SELECT at, body ->> 'what', coalesce(sealed ->> 'about', ''), body ->> 'change' FROM (
    SELECT index AS place, at, body, sealed FROM houvast.entry
    WHERE kind = 'person_state_changed' AND subject_kind = %(kind)s AND subject_key = %(key)s AND sealed IS NOT NULL
    UNION ALL SELECT 9e18 + id, at, body, sealed FROM houvast.event
    WHERE kind = 'person_state_changed' AND subject_kind = %(kind)s AND subject_key = %(key)s) s ORDER BY place;

-- name: same
-- Who else of the map is the same person.
SELECT other_kind, other_key FROM houvast.link WHERE kind = %(kind)s AND key = %(key)s ORDER BY 1, 2;

-- name: cooling
-- Which of their addresses were changed in the last days.
SELECT DISTINCT c.sort FROM houvast.contact_change c
WHERE c.kind = %(kind)s AND c.key = %(key)s AND houvast.cooling_down(c.kind, c.key, c.sort) ORDER BY 1;

-- name: lock
-- One change at a time for one person.
SELECT 1 FROM houvast.person WHERE kind = %(kind)s AND key = %(key)s FOR UPDATE;

-- name: set
-- They stand there from now on; whether they did not before.
SELECT houvast.set_stand(%(kind)s, %(key)s, %(stand)s, %(about)s, %(source)s);

-- name: end
-- They stand there no longer; whether they did.
SELECT houvast.end_stand(%(kind)s, %(key)s, %(stand)s, %(about)s);

-- name: need_request
-- Whether it was checked that they ask for something; refused when it was not.
SELECT houvast.need_request(%(kind)s, %(key)s);

-- name: weigh
-- Their objection was weighed and dismissed, in writing.
SELECT houvast.weigh(%(kind)s, %(key)s, %(purpose)s, %(reason)s);

-- name: bounced
-- Mail to them did not arrive; how often.
SELECT houvast.bounced(%(kind)s, %(key)s, %(sort)s, %(letter)s);

-- name: place
-- Where an address or column lies that they may contest.
SELECT houvast.place_of(%(kind)s, %(name)s);

-- name: link
-- They are the same person as another; whether nobody said so before.
SELECT houvast.link_persons(%(kind)s, %(key)s, %(other_kind)s, %(other_key)s);

-- name: unlink
-- They are not.
SELECT houvast.unlink_persons(%(kind)s, %(key)s, %(other_kind)s, %(other_key)s);

-- name: doubts
-- How many people are in doubt about which column, and since when the oldest is.
SELECT about, CASE WHEN source = 'bounce' THEN 'bounced' ELSE 'contested' END, count(*), min(since)
FROM houvast.stand WHERE stand = 'contested' GROUP BY 1, 2 ORDER BY 4;
