-- name: normal
-- One way of writing an identifier, in which two that are the same are equal (promise C33).
CREATE OR REPLACE FUNCTION houvast.normal(sort text, value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE sort
    WHEN 'email' THEN pg_catalog.lower(pg_catalog.btrim(value))
    WHEN 'phone' THEN pg_catalog.regexp_replace(pg_catalog.regexp_replace(value, '\D', '', 'g'), '^00', '')
    ELSE pg_catalog.btrim(value) END;
COMMENT ON FUNCTION houvast.normal(text, text) IS 'An identifier as it is compared (promise C33)';
REVOKE ALL ON FUNCTION houvast.normal(text, text) FROM PUBLIC;

-- name: suppressed
-- Addresses to which nothing is marketed, as digests that outlive the person: whoever comes back is known by them.
CREATE TABLE IF NOT EXISTS houvast.suppressed (
    hash bytea CHECK (length(hash) = 32), purpose text, since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (hash, purpose));
COMMENT ON TABLE houvast.suppressed IS 'Addresses that objected to marketing, as keyed digests; they outlive an erasure (promise C13).';

-- name: keyed_hash
-- HMAC-SHA-256 of an address (RFC 2104), from the two halves of its key (promise C13).
CREATE OR REPLACE FUNCTION houvast.keyed_hash(inside bytea, outside bytea, sort text, value text) RETURNS bytea LANGUAGE sql STABLE
RETURN CASE WHEN houvast.normal(sort, value) <> '' THEN
    sha256(outside || decode('5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c', 'hex')
           || sha256(inside || decode('3636363636363636363636363636363636363636363636363636363636363636', 'hex')
                     || convert_to(sort || ':' || houvast.normal(sort, value), 'UTF8'))) END;
COMMENT ON FUNCTION houvast.keyed_hash(bytea, bytea, text, text) IS 'HMAC-SHA-256 of an address with a given key (promise C13)';
REVOKE ALL ON FUNCTION houvast.keyed_hash(bytea, bytea, text, text) FROM PUBLIC;

-- name: address_hash
-- HMAC-SHA-256 of an address, with a key that never leaves this database: without it nobody can try addresses. The key
-- lies as its inner and outer half (RFC 2104), each XORed with its constant.
DO $$
DECLARE
    secret bytea := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
    inside bytea := secret;
    outside bytea := secret;
BEGIN
    FOR n IN 0..31 LOOP
        inside := set_byte(inside, n, get_byte(secret, n) # 54);
        outside := set_byte(outside, n, get_byte(secret, n) # 92);
    END LOOP;
    IF NOT EXISTS (SELECT FROM houvast.secret s WHERE s.kind = 'houvast' AND s.key = 'suppression inside') THEN
        INSERT INTO houvast.secret VALUES ('houvast', 'suppression inside', inside), ('houvast', 'suppression outside', outside);
    END IF;
END $$;
CREATE OR REPLACE FUNCTION houvast.address_hash(sort text, value text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.keyed_hash(i.secret, o.secret, sort, value) FROM houvast.secret i, houvast.secret o
    WHERE i.kind = 'houvast' AND i.key = 'suppression inside' AND o.kind = 'houvast' AND o.key = 'suppression outside'
$$;
COMMENT ON FUNCTION houvast.address_hash(text, text) IS 'The keyed digest of an address; NULL for none (promise C13)';
REVOKE ALL ON FUNCTION houvast.address_hash(text, text) FROM PUBLIC;

-- name: contact_change
-- That an address or number was changed, for codes and copies do not go to a new one at once.
CREATE TABLE IF NOT EXISTS houvast.contact_change (
    kind text COLLATE "C", key text COLLATE "C", sort text, at timestamptz DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, key, sort, at));
ALTER TABLE houvast.contact_change DROP COLUMN IF EXISTS was;
COMMENT ON TABLE houvast.contact_change IS 'When a person''s address was changed or taken away; no address (promise C37).';

-- name: bounce
-- Mail that did not arrive at the address that a person has now.
CREATE TABLE IF NOT EXISTS houvast.bounce (
    kind text COLLATE "C", key text COLLATE "C", sort text, at timestamptz DEFAULT clock_timestamp(),
    letter boolean NOT NULL DEFAULT false, PRIMARY KEY (kind, key, sort, at));
COMMENT ON TABLE houvast.bounce IS 'Mail that did not arrive: three times, or one letter, and the address is in doubt (promise C37).';

-- name: asked_by
-- Whether a request of a person is open of which it was checked that it is theirs, their own session included (promise C35).
CREATE OR REPLACE FUNCTION houvast.asked_by(kind text, key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM houvast.request q WHERE q.kind = asked_by.kind AND q.key = asked_by.key AND q.closed_at IS NULL
                   AND q.verified_at IS NOT NULL)
$$;
COMMENT ON FUNCTION houvast.asked_by(text, text) IS 'Whether a checked request of a person is open (promise C35)';
REVOKE ALL ON FUNCTION houvast.asked_by(text, text) FROM PUBLIC;

-- name: need_request
-- Refuses what is done in somebody's name by hand before it was checked that they ask it (promise C35).
CREATE OR REPLACE FUNCTION houvast.need_request(kind text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT houvast.asked_by(kind, key) THEN
        RAISE EXCEPTION 'Houvast refuses: nobody has checked that this person asks for it (promise C35).' USING ERRCODE = 'insufficient_privilege',
            HINT = 'Register their request and check whose it is: houvast request add, houvast request verify. On your own doubt, what only takes away goes without: --own-doubt.';
    END IF;
END $$;
COMMENT ON FUNCTION houvast.need_request(text, text) IS 'Refuses what nobody was checked to have asked for (promise C35)';
REVOKE ALL ON FUNCTION houvast.need_request(text, text) FROM PUBLIC;

-- name: was_told
-- Whether a person was sent the letter that their restriction ends, after it began (GDPR art. 18(3); promise G06).
CREATE OR REPLACE FUNCTION houvast.was_told(kind text, key text, since timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM houvast.letter l JOIN houvast.request q ON q.id = l.request
                   WHERE q.kind = was_told.kind AND q.key = was_told.key AND l.kind = 'lifting' AND l.sent_at >= was_told.since);
END $$;
COMMENT ON FUNCTION houvast.was_told(text, text, timestamptz) IS 'Whether a person was told that their restriction ends (promise G06)';
REVOKE ALL ON FUNCTION houvast.was_told(text, text, timestamptz) FROM PUBLIC;

-- name: set_stand
-- A person stands somewhere from now on; false when they did already. Withdrawing takes every yes to that purpose away,
-- wherever it came from, and to marketing it is an objection too; a new yes ends a withdrawal (promises C13, C30, C32). Only with a
-- checked request of the person; an officer's own doubt, the post and links of the person's own only take away (promise C35).
CREATE OR REPLACE FUNCTION houvast.set_stand(kind text, key text, stand text, about text DEFAULT '', source text DEFAULT 'houvast')
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed boolean;
BEGIN
    PERFORM FROM houvast.person p WHERE p.kind = set_stand.kind AND p.key = set_stand.key FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: nobody is known by this number (promise C33).'
            USING ERRCODE = 'no_data_found', HINT = 'Find the person first: houvast person find.';
    END IF;
    IF set_stand.stand IN ('objected', 'consented', 'own_customer', 'allowed', 'withdrawn')
       AND NOT EXISTS (SELECT FROM houvast.purpose q WHERE q.name = set_stand.about) THEN
        RAISE EXCEPTION 'Houvast refuses: the policy knows no such purpose (promise C05).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name one of the purposes of the policy.';
    END IF;
    IF set_stand.stand NOT IN ('objected', 'restricted', 'stopped', 'withdrawn', 'contested')
       OR set_stand.source NOT IN ('officer', 'bounce', 'linked', 'opt-out link') THEN
        PERFORM houvast.need_request(set_stand.kind, set_stand.key);
    END IF;
    IF set_stand.stand = 'withdrawn' THEN
        DELETE FROM houvast.stand s WHERE s.kind = set_stand.kind AND s.key = set_stand.key AND s.about = set_stand.about
            AND s.stand IN ('consented', 'own_customer', 'allowed');
        changed := FOUND;
        IF houvast.is_marketing(set_stand.about) THEN
            changed := houvast.set_stand(kind, key, 'objected', about, source) OR changed;
        END IF;
    ELSIF set_stand.stand IN ('consented', 'own_customer') THEN
        DELETE FROM houvast.stand s WHERE s.kind = set_stand.kind AND s.key = set_stand.key AND s.about = set_stand.about
            AND s.stand = 'withdrawn';
    END IF;
    INSERT INTO houvast.stand (kind, key, stand, about, source)
    SELECT set_stand.kind, set_stand.key, set_stand.stand, set_stand.about, set_stand.source
    WHERE NOT EXISTS (SELECT FROM houvast.stand s WHERE s.kind = set_stand.kind AND s.key = set_stand.key
                      AND s.stand = set_stand.stand AND s.about = set_stand.about AND s.source NOT LIKE '%#%');
    changed := FOUND OR coalesce(changed, false);
    IF changed AND set_stand.stand = 'objected' AND set_stand.source <> 'linked' AND houvast.is_marketing(set_stand.about) THEN
        PERFORM houvast.set_stand(l.other_kind, l.other_key, 'objected', set_stand.about, 'linked') FROM houvast.link l
        WHERE l.kind = set_stand.kind AND l.key = set_stand.key;
    END IF;
    RETURN changed;
END $$;
COMMENT ON FUNCTION houvast.set_stand(text, text, text, text, text) IS 'Where a person stands from now on, told in the log (promise C13)';
REVOKE ALL ON FUNCTION houvast.set_stand(text, text, text, text, text) FROM PUBLIC;

-- name: end_stand
-- A person stands somewhere no longer; false when they did not. Of whatever source, or of one. A restriction ends only when
-- a letter told the person before (GDPR art. 18(3)); what they said themselves, only with a checked request of theirs. An objection to marketing that the person takes back frees their addresses
-- (promises C13, G06).
CREATE OR REPLACE FUNCTION houvast.end_stand(kind text, key text, stand text, about text DEFAULT '', source text DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed boolean;
BEGIN
    PERFORM FROM houvast.person p WHERE p.kind = end_stand.kind AND p.key = end_stand.key FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: nobody is known by this number (promise C33).'
            USING ERRCODE = 'no_data_found', HINT = 'Find the person first: houvast person find.';
    END IF;
    IF end_stand.stand = 'restricted' THEN
        IF EXISTS (SELECT FROM houvast.stand r WHERE r.kind = end_stand.kind AND r.key = end_stand.key AND r.stand = 'restricted'
              AND (end_stand.source IS NULL OR r.source = end_stand.source) AND NOT houvast.was_told(r.kind, r.key, r.since)) THEN
            RAISE EXCEPTION 'Houvast refuses: whoever has restricted their data is told before that ends (promise G06).'
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Send them the letter first: houvast request lifting NUMBER, approved by another.';
        END IF;
    ELSIF EXISTS (SELECT FROM houvast.stand s WHERE s.kind = end_stand.kind AND s.key = end_stand.key AND s.stand = end_stand.stand
            AND s.about = end_stand.about AND (end_stand.source IS NULL OR s.source = end_stand.source)
            AND s.source NOT IN ('officer', 'bounce')) THEN
        PERFORM houvast.need_request(end_stand.kind, end_stand.key);
    END IF;
    DELETE FROM houvast.stand s WHERE s.kind = end_stand.kind AND s.key = end_stand.key AND s.stand = end_stand.stand
        AND s.about = end_stand.about AND (end_stand.source IS NULL OR s.source = end_stand.source);
    changed := FOUND;
    IF end_stand.stand = 'restricted' THEN
        DELETE FROM houvast.stand s WHERE s.kind = end_stand.kind AND s.key = end_stand.key AND s.stand IN ('told', 'allowed');
    ELSIF end_stand.stand = 'objected' AND houvast.is_marketing(end_stand.about) AND NOT EXISTS (
        SELECT FROM houvast.stand s WHERE s.kind = end_stand.kind AND s.key = end_stand.key AND s.stand = 'objected'
            AND houvast.is_marketing(s.about)) THEN
        DELETE FROM houvast.suppressed u WHERE u.hash IN (
            SELECT houvast.address_hash(a.sort, a.value) FROM houvast.addresses_of(end_stand.kind, end_stand.key) a);
    END IF;
    RETURN changed;
END $$;
COMMENT ON FUNCTION houvast.end_stand(text, text, text, text, text) IS 'Where a person stands no longer, told in the log (promise C13)';
REVOKE ALL ON FUNCTION houvast.end_stand(text, text, text, text, text) FROM PUBLIC;

-- name: remember_objections
-- Whoever objects to marketing is remembered by their addresses too, in the same transaction; what was there when a policy
-- is applied is filled after it, and made-up people are not remembered (promise C13).
CREATE OR REPLACE FUNCTION houvast.remember_objections() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.is_filling() THEN RETURN NULL; END IF;
    INSERT INTO houvast.suppressed (hash, purpose)
    SELECT DISTINCT h.hash, c.about FROM came c CROSS JOIN LATERAL houvast.addresses_of(c.kind, c.key) a
    CROSS JOIN LATERAL (SELECT houvast.address_hash(a.sort, a.value) AS hash) h
    WHERE c.stand = 'objected' AND houvast.is_marketing(c.about) AND a.sort IN ('email', 'phone') AND h.hash IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.remember_objections() IS 'Keeps promise C13';

-- name: cools_until
-- Until when nothing goes to a person's address of this sort, because it was changed in the last three days; NULL when it may.
CREATE OR REPLACE FUNCTION houvast.cools_until(kind text, key text, sort text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT max(c.at) + interval '3 days' FROM houvast.contact_change c WHERE c.kind = cools_until.kind AND c.key = cools_until.key
        AND c.sort = cools_until.sort AND c.at > statement_timestamp() - interval '3 days'
$$;
COMMENT ON FUNCTION houvast.cools_until(text, text, text) IS 'Until when an address is too new for codes, copies and letters (promise C37)';
REVOKE ALL ON FUNCTION houvast.cools_until(text, text, text) FROM PUBLIC;

-- name: cooling_down
-- Whether a person's address of this sort was changed in the last three days: codes, copies and letters then do not go to it.
CREATE OR REPLACE FUNCTION houvast.cooling_down(kind text, key text, sort text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT houvast.cools_until(kind, key, sort) IS NOT NULL
$$;
COMMENT ON FUNCTION houvast.cooling_down(text, text, text) IS 'Whether an address is too new for codes, copies and letters (promise C37)';
REVOKE ALL ON FUNCTION houvast.cooling_down(text, text, text) FROM PUBLIC;

-- name: notify_changed
-- The old address hears that it was changed, so that nobody's mail is moved behind their back; of made-up people nobody does. It
-- is known whose it is, so that an erasure takes it along. At most three an hour for a person, and to an address (promise C37).
CREATE OR REPLACE FUNCTION houvast.notify_changed(kind text, key text, address text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_person boolean;
    to_address boolean;
BEGIN
    IF coalesce(address, '') = '' OR houvast.is_filling() THEN RETURN; END IF;
    of_person := houvast.counted('notice of', kind || ':' || key, 3);
    to_address := houvast.counted('notice to', houvast.normal('email', address), 3);
    IF of_person AND to_address THEN
        INSERT INTO houvast.outgoing (address, to_kind, to_key, template) VALUES (address, kind, key, 'contact_changed');
    END IF;
END $$;
COMMENT ON FUNCTION houvast.notify_changed(text, text, text) IS 'Tells the old address that it was changed (promise C37)';
REVOKE ALL ON FUNCTION houvast.notify_changed(text, text, text) FROM PUBLIC;

-- name: bounced
-- Mail to a person did not arrive: the third time, or with one returned letter, the address is in doubt, and no purpose but
-- the person's own uses it until it is settled or changed. Gives how often it has happened (promise C37).
CREATE OR REPLACE FUNCTION houvast.bounced(kind text, key text, sort text DEFAULT 'email', letter boolean DEFAULT false)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lies text := houvast.place_of(bounced.kind, bounced.sort);
    times int;
BEGIN
    PERFORM FROM houvast.person p WHERE p.kind = bounced.kind AND p.key = bounced.key FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: nobody is known by this number (promise C33).'
            USING ERRCODE = 'no_data_found', HINT = 'Find the person first: houvast person find.';
    ELSIF lies IS NULL THEN
        RAISE EXCEPTION 'Houvast refuses: the data map says of no such address where it lies, or that it can be contested (promise C37).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name it under `identifiers:` of these people, and mark its column `contestable: yes`.';
    END IF;
    INSERT INTO houvast.bounce (kind, key, sort, letter) VALUES (bounced.kind, bounced.key, bounced.sort, bounced.letter);
    SELECT count(*) INTO times FROM houvast.bounce b WHERE b.kind = bounced.kind AND b.key = bounced.key AND b.sort = bounced.sort;
    IF times >= 3 OR bounced.letter THEN PERFORM houvast.set_stand(bounced.kind, bounced.key, 'contested', lies, 'bounce'); END IF;
    RETURN times;
END $$;
COMMENT ON FUNCTION houvast.bounced(text, text, text, boolean) IS 'Mail that did not arrive puts an address in doubt (promise C37)';
REVOKE ALL ON FUNCTION houvast.bounced(text, text, text, boolean) FROM PUBLIC;

-- name: link
-- Two people of the map who are one: a customer who is a supplier's contact too.
CREATE TABLE IF NOT EXISTS houvast.link (
    kind text COLLATE "C", key text COLLATE "C", other_kind text COLLATE "C", other_key text COLLATE "C",
    since timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (kind, key, other_kind, other_key),
    CHECK ((kind, key) <> (other_kind, other_key)));
COMMENT ON TABLE houvast.link IS 'Two people of the map who are one, each way; made when both were verified (promise C35).';

-- name: link_persons
-- Says that two are one person; only when it was checked of both who they are. False when that was said before.
CREATE OR REPLACE FUNCTION houvast.link_persons(kind text, key text, other_kind text, other_key text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT count(DISTINCT (q.kind, q.key)) FROM houvast.request q JOIN houvast.person p ON p.kind = q.kind AND p.key = q.key
        WHERE q.closed_at IS NULL AND q.verified_at IS NOT NULL AND q.level > 0
          AND ((q.kind, q.key) = (link_persons.kind, link_persons.key) OR (q.kind, q.key) = (other_kind, other_key))) < 2 THEN
        RAISE EXCEPTION 'Houvast refuses: two are linked when it was checked of both who they are (promise C35).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Register a request of each, and check who asks; both must be open.';
    END IF;
    INSERT INTO houvast.link (kind, key, other_kind, other_key)
    VALUES (link_persons.kind, link_persons.key, link_persons.other_kind, link_persons.other_key),
           (link_persons.other_kind, link_persons.other_key, link_persons.kind, link_persons.key) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION houvast.link_persons(text, text, text, text) IS 'Links two people who are one (promise C35)';
REVOKE ALL ON FUNCTION houvast.link_persons(text, text, text, text) FROM PUBLIC;

-- name: unlink_persons
-- Says no longer that two are one person; false when nobody said so.
CREATE OR REPLACE FUNCTION houvast.unlink_persons(kind text, key text, other_kind text, other_key text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM houvast.link l
    WHERE (l.kind, l.key, l.other_kind, l.other_key) = (unlink_persons.kind, unlink_persons.key, unlink_persons.other_kind, unlink_persons.other_key)
       OR (l.other_kind, l.other_key, l.kind, l.key) = (unlink_persons.kind, unlink_persons.key, unlink_persons.other_kind, unlink_persons.other_key);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION houvast.unlink_persons(text, text, text, text) IS 'Takes a link between two people back (promise C35)';
REVOKE ALL ON FUNCTION houvast.unlink_persons(text, text, text, text) FROM PUBLIC;

-- name: weigh
-- An objection to a legitimate interest is weighed and dismissed, in writing; marketing is never weighed (GDPR art. 21).
CREATE OR REPLACE FUNCTION houvast.weigh(kind text, key text, purpose text, reason text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF houvast.is_marketing(purpose) THEN
        RAISE EXCEPTION 'Houvast refuses: an objection to marketing holds for ever and is not weighed (promise C13).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Only the person can take it back.';
    ELSIF length(btrim(coalesce(reason, ''))) < 10 OR houvast.personal_in(reason) IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: an objection is dismissed in writing, without personal data in it (promise C13).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Say which interest outweighs the objection, and why.';
    END IF;
    DELETE FROM houvast.stand s WHERE s.kind = weigh.kind AND s.key = weigh.key AND s.stand = 'objected' AND s.about = weigh.purpose;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Houvast refuses: this person has no objection to that purpose (promise C13).'
            USING ERRCODE = 'no_data_found', HINT = 'See where they stand: houvast person state.';
    END IF;
    PERFORM houvast.tell('objection_weighed', 'C13', jsonb_build_object('purpose', weigh.purpose),
                         jsonb_build_object('reason', btrim(weigh.reason)), weigh.kind, weigh.key);
END $$;
COMMENT ON FUNCTION houvast.weigh(text, text, text, text) IS 'Dismisses an objection in writing (promise C13)';
REVOKE ALL ON FUNCTION houvast.weigh(text, text, text, text) FROM PUBLIC;

-- name: opt_out_code
-- For each person who may be marketed to, what stands in the link by which they end that: it says nothing of them.
CREATE TABLE IF NOT EXISTS houvast.opt_out_code (
    kind text COLLATE "C", key text COLLATE "C", purpose text, code uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    PRIMARY KEY (kind, key, purpose));
COMMENT ON TABLE houvast.opt_out_code IS 'What stands in the opt-out link of each message to a person (promise C13).';

-- name: message
-- What was sent to whom, on which ground, at that moment.
CREATE TABLE IF NOT EXISTS houvast.message (
    kind text COLLATE "C", key text COLLATE "C", purpose text, message text, ground text NOT NULL, since timestamptz,
    at timestamptz DEFAULT clock_timestamp(), PRIMARY KEY (kind, key, purpose, message, at));
COMMENT ON TABLE houvast.message IS 'Which message went to whom, when, and on what ground since when (promise C13).';

-- name: give_opt_outs
-- Whoever says yes to marketing, or buys, has an opt-out link from then on (promise C13).
CREATE OR REPLACE FUNCTION houvast.give_opt_outs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO houvast.opt_out_code (kind, key, purpose)
    SELECT DISTINCT c.kind, c.key, c.about FROM came c
    WHERE c.stand IN ('consented', 'own_customer') AND houvast.is_marketing(c.about) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION houvast.give_opt_outs() IS 'Keeps promise C13';

-- name: opt_out
-- The link in a message: an objection to marketing without signing in. It answers the same whatever the code (promise C13).
CREATE OR REPLACE FUNCTION houvast.opt_out(code uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM houvast.set_stand(c.kind, c.key, 'objected', c.purpose, 'opt-out link')
    FROM houvast.opt_out_code c WHERE c.code = opt_out.code;
END $$;
COMMENT ON FUNCTION houvast.opt_out(uuid) IS 'Objects to marketing by the link in a message (promise C13)';
REVOKE ALL ON FUNCTION houvast.opt_out(uuid) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'houvast_web') THEN
        GRANT EXECUTE ON FUNCTION houvast.opt_out(uuid) TO houvast_web;
    END IF;
END $$;

-- name: may_send
-- On what ground a person may be sent a marketing message at this moment, or why not (promise C13).
CREATE OR REPLACE FUNCTION houvast.may_send(kind text, key text, purpose text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p houvast.person;
    said text[];
    address text := houvast.reach_of(kind, key);
    yes timestamptz;
BEGIN
    IF NOT houvast.is_marketing(purpose) THEN RETURN 'refused: no purpose of marketing'; END IF;
    IF NOT houvast.may_reach(purpose, kind) THEN RETURN 'refused: never to these people'; END IF;
    SELECT q.* INTO p FROM houvast.person q WHERE q.kind = may_send.kind AND q.key = may_send.key;
    IF NOT FOUND THEN RETURN 'refused: no ground'; END IF;
    SELECT coalesce(array_agg(s.stand || ':' || s.about), '{}'), max(s.since) FILTER (WHERE s.stand = 'consented' AND s.about = may_send.purpose)
    INTO said, yes FROM houvast.stand s WHERE s.kind = may_send.kind AND s.key = may_send.key;
    IF EXISTS (SELECT FROM unnest(said) one WHERE one ^@ 'objected:' AND houvast.is_marketing(substr(one, 10))) THEN RETURN 'refused: objected'; END IF;
    IF 'restricted:' = ANY (said) AND NOT 'allowed:' || purpose = ANY (said) THEN RETURN 'refused: restricted'; END IF;
    IF p.closed_at IS NOT NULL THEN RETURN 'refused: account closed'; END IF;
    IF address IS NULL THEN RETURN 'refused: no address'; END IF;
    IF houvast.place_of(kind, 'email') = ANY (p.contested) THEN RETURN 'refused: address in doubt'; END IF;
    IF EXISTS (SELECT FROM houvast.suppressed u WHERE u.hash = houvast.address_hash('email', address)
               AND (yes IS NULL OR yes < u.since)) THEN RETURN 'refused: objected'; END IF;
    RETURN CASE WHEN yes IS NOT NULL THEN 'consent' WHEN 'own_customer:' || purpose = ANY (said) THEN 'own customer' ELSE 'refused: no ground' END;
END $$;
COMMENT ON FUNCTION houvast.may_send(text, text, text) IS 'On what ground a person may be sent a message, or why not (promise C13)';
REVOKE ALL ON FUNCTION houvast.may_send(text, text, text) FROM PUBLIC;
