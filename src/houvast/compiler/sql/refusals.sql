-- name: ring
-- Refused calls, remembered where no rollback reaches: setval and nextval of a sequence are not undone. `refused` counts
-- them; each of 64 slots is a pair of sequences: what was refused, and a keyed hash of whom it named (promise C02).
CREATE TABLE IF NOT EXISTS houvast.ring (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), taken bigint NOT NULL DEFAULT 0, seen bigint NOT NULL DEFAULT 0,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(), seed bigint NOT NULL DEFAULT hashtextextended(gen_random_uuid()::text, 0));
COMMENT ON TABLE houvast.ring IS 'Up to which refused call they were taken into the log (promise C02).';
INSERT INTO houvast.ring DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE SEQUENCE IF NOT EXISTS houvast.refused;
COMMENT ON SEQUENCE houvast.refused IS 'How many calls were refused (promise C02).';
CREATE SEQUENCE IF NOT EXISTS houvast.refused_freed MINVALUE 0;
COMMENT ON SEQUENCE houvast.refused_freed IS 'Up to which refused call its slot may be written again (promise C02).';
CREATE SEQUENCE IF NOT EXISTS houvast.refused_beat MINVALUE 0;
COMMENT ON SEQUENCE houvast.refused_beat IS 'When somebody last took refused calls into the log, in seconds since 1970 (promise C02).';
DO $$ BEGIN
    FOR slot IN 0..63 LOOP
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS houvast.refused_what_%s MINVALUE 0', slot);
        EXECUTE format('COMMENT ON SEQUENCE houvast.refused_what_%s IS ''A refused call (promise C02).''', slot);
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS houvast.refused_whom_%s MINVALUE 0', slot);
        EXECUTE format('COMMENT ON SEQUENCE houvast.refused_whom_%s IS ''Whom it named, as a keyed hash (promise C02).''', slot);
    END LOOP;
END $$;

-- name: refuse
-- Remembers a refusal, whatever becomes of the transaction. `why` is one of `refusal_words`; `purpose` its number, NULL when
-- the policy knows no such one; `who` the person that was named, as kind:key. A slot holds, from its highest bit: the call's
-- number mod 2^14, the login's oid (32 bits), why (4), the purpose (13). Where all slots wait to be taken, the call waits
-- up to a second while somebody takes them, and is else counted only (promise C02).
CREATE OR REPLACE FUNCTION houvast.refusal_words() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['purpose unknown', 'purpose not granted', 'reason missing', 'reason personal', 'not in force',
             'person missing', 'case missing', 'no request', 'no hold', 'no such use', 'not verified', 'no session', 'over the limit'];
CREATE OR REPLACE FUNCTION houvast.person_hash(who text, seed bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN hashtextextended(who, seed) & 9223372036854775807 | 1;
CREATE OR REPLACE FUNCTION houvast.refuse(why text, purpose int, who text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    login CONSTANT bigint := (SELECT r.oid::bigint FROM pg_roles r WHERE r.rolname = session_user);
    code CONSTANT bigint := array_position(houvast.refusal_words(), refuse.why);
    known CONSTANT bigint := CASE WHEN refuse.purpose BETWEEN 1 AND 8191 THEN refuse.purpose ELSE 0 END;
    whom bigint := 0;
    call bigint;
    slot bigint;
    patience int := 50;
BEGIN
    IF pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean THEN RETURN; END IF;
    IF refuse.who <> '' THEN SELECT houvast.person_hash(refuse.who, r.seed) INTO whom FROM houvast.ring r; END IF;
    call := nextval('houvast.refused');
    slot := call % 64;
    WHILE call - 64 > coalesce(pg_sequence_last_value('houvast.refused_freed'), 0) LOOP
        IF patience = 0 OR coalesce(pg_sequence_last_value('houvast.refused_beat'), 0) < extract(epoch FROM clock_timestamp()) - 10 THEN
            RETURN;
        END IF;
        patience := patience - 1;
        PERFORM pg_sleep(0.02);
    END LOOP;
    PERFORM setval(format('houvast.refused_whom_%s', slot)::regclass, whom);
    PERFORM setval(format('houvast.refused_what_%s', slot)::regclass,
                   ((call % 16384) << 49) | (login << 17) | (code << 13) | known);
END $$;
REVOKE ALL ON FUNCTION houvast.refusal_words(), houvast.person_hash(text, bigint), houvast.refuse(text, int, text) FROM PUBLIC;

-- name: gather_refusals
-- Takes refused calls into the log, in order, and gives how many entries that makes. A slot that was taken is freed by the
-- next call, when this one has committed. A call that left no trace in its slot is waited for, 3 seconds, and then counted
-- as lost: it was cut off, or there was no room (promise C02).
CREATE OR REPLACE FUNCTION houvast.gather_refusals() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    beat CONSTANT bigint := extract(epoch FROM clock_timestamp())::bigint;
    ring houvast.ring;
    made bigint := coalesce(pg_sequence_last_value('houvast.refused'), 0);
    freed bigint := coalesce(pg_sequence_last_value('houvast.refused_freed'), 0);
    calls bigint[];
    whats bigint[];
    whoms bigint[];
    hole bigint;
    upto bigint;
    told int;
BEGIN
    IF coalesce(pg_sequence_last_value('houvast.refused_beat'), 0) <> beat THEN PERFORM setval('houvast.refused_beat', beat); END IF;
    SELECT r.* INTO ring FROM houvast.ring r;
    IF made = ring.taken AND freed = ring.taken THEN RETURN 0; END IF;
    SELECT r.* INTO ring FROM houvast.ring r FOR UPDATE;
    made := coalesce(pg_sequence_last_value('houvast.refused'), 0);
    IF made < ring.taken THEN  -- the sequences are of an older copy than the table
        UPDATE houvast.ring SET taken = made, seen = made RETURNING * INTO ring;
    END IF;
    PERFORM setval(format('houvast.refused_whom_%s', n % 64)::regclass, 0)
    FROM generate_series(greatest(freed + 1, ring.taken - 63), ring.taken) n;
    PERFORM setval('houvast.refused_freed', ring.taken);
    IF made = ring.taken THEN RETURN 0; END IF;
    SELECT coalesce(array_agg(c.n ORDER BY c.n), '{}'), coalesce(array_agg(c.what ORDER BY c.n), '{}'), coalesce(array_agg(c.whom ORDER BY c.n), '{}')
    INTO calls, whats, whoms
    FROM (SELECT s.slot, s.what, coalesce(pg_sequence_last_value(format('houvast.refused_whom_%s', s.slot)::regclass), 0) AS whom,
                 ring.taken + 1 + ((s.what >> 49) - (ring.taken + 1) % 16384 + 16384) % 16384 AS n
          FROM (SELECT slot, coalesce(pg_sequence_last_value(format('houvast.refused_what_%s', slot)::regclass), 0) AS what
                FROM generate_series(0, 63) slot) s WHERE s.what <> 0) c
    WHERE c.n <= least(made, ring.taken + 64) AND c.n % 64 = c.slot;
    SELECT min(n) INTO hole FROM generate_series(ring.taken + 1, least(made, ring.taken + 64)) n WHERE n <> ALL (calls);
    upto := CASE WHEN hole IS NULL THEN least(made, ring.taken + 64)
                 WHEN ring.seen >= hole AND ring.seen_at < clock_timestamp() - interval '3 seconds' THEN ring.seen
                 ELSE hole - 1 END;
    told := houvast.tell_refusals(calls, whats, whoms, upto, ring.seed);
    IF upto - ring.taken > told THEN
        PERFORM houvast.tell('refusals_uncounted', 'C02', jsonb_build_object('count', upto - ring.taken - told));
    END IF;
    UPDATE houvast.ring SET taken = upto, seen = CASE WHEN upto >= seen THEN made ELSE seen END,
        seen_at = CASE WHEN upto >= seen THEN clock_timestamp() ELSE seen_at END;
    RETURN told + (upto - ring.taken > told)::int;
END $$;
CREATE OR REPLACE FUNCTION houvast.tell_refusals(calls bigint[], whats bigint[], whoms bigint[], upto bigint, seed bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    words CONSTANT text[] := houvast.refusal_words();
    kinds text[] := '{}';
    keys text[] := '{}';
    hashes bigint[] := '{}';
    told int := 0;
BEGIN
    IF cardinality(array_remove(whoms, 0::bigint)) > 0 THEN
        SELECT array_agg(p.kind), array_agg(p.key), array_agg(houvast.person_hash(p.kind || ':' || p.key, seed)) INTO kinds, keys, hashes
        FROM houvast.person p WHERE houvast.person_hash(p.kind || ':' || p.key, seed) = ANY (whoms);
    END IF;
    PERFORM houvast.tell('use_refused', c.promise, jsonb_build_object('purpose', c.purpose, 'login', c.login, 'why', c.why), '{}', c.kind, c.key)
    FROM (
        SELECT w.why, coalesce(p.name, '') AS purpose, coalesce(r.rolname, 'a login that is gone') AS login,
               kinds[array_position(hashes, u.whom)] AS kind, keys[array_position(hashes, u.whom)] AS key,
               CASE WHEN w.why IN ('reason missing', 'reason personal', 'no such use') THEN 'C02' WHEN w.why IN ('not verified', 'no session') THEN 'C35' WHEN w.why = 'not in force' THEN 'C57'
                    ELSE coalesce(p.promise, 'C05') END AS promise
        FROM unnest(calls, whats, whoms) u (call, what, whom)
        CROSS JOIN LATERAL (SELECT words[(u.what >> 13) & 15] AS why) w
        LEFT JOIN houvast.purpose p ON p.number = u.what & 8191
        LEFT JOIN pg_roles r ON r.oid = ((u.what >> 17) & 4294967295)::oid
        WHERE u.call <= upto ORDER BY u.call) c;
    GET DIAGNOSTICS told = ROW_COUNT;
    RETURN told;
END $$;
REVOKE ALL ON FUNCTION houvast.gather_refusals(), houvast.tell_refusals(bigint[], bigint[], bigint[], bigint, bigint) FROM PUBLIC;
