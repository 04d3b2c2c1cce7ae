-- name: api_decide
-- For an application: what the database shows its login now, of a person in a column, once it had a use open: of how many rows,
-- out of how many. `why` is "" when it shows all of them, else the first thing that stands in the way (promise C05).
CREATE OR REPLACE FUNCTION houvast.api_decide(token text, asked_login text, asked_purpose text, asked_table text, asked_column text, asked_person text,
    asked_case text, asked_row text, OUT shown bigint, OUT of bigint, OUT why text, OUT promise text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    p houvast.purpose;
    q houvast.person;
    asked_kind CONSTANT text := split_part(coalesce(asked_person, ''), ':', 1);
    asked_key CONSTANT text := substr(coalesce(asked_person, ''), strpos(coalesce(asked_person, ''), ':') + 1);
    said text[];
BEGIN
    SELECT w.* INTO t FROM houvast.with_api_token(token, 'decisions') w;
    shown := 0;
    of := 0;
    promise := 'C05';
    SELECT u.* INTO p FROM houvast.purpose u WHERE u.name = asked_purpose AND u.live AND u.kind <> 'migration';
    IF t.login <> asked_login THEN
        why := 'other login';  -- of others a token tells nothing
        RETURN;
    ELSIF p.number IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = p.role) OR NOT pg_has_role(t.login, p.role, 'MEMBER') THEN
        why := 'not given';
        promise := coalesce(p.promise, 'C05');
        RETURN;
    END IF;
    promise := p.promise;
    why := CASE
        WHEN NOT EXISTS (SELECT FROM houvast.version v WHERE v.effective <= statement_timestamp()) THEN 'not in force'
        WHEN p.one = 'case' AND coalesce(asked_case, '') = '' THEN 'case missing'
        WHEN p.kind = 'rights' AND NOT EXISTS (SELECT FROM houvast.request r WHERE r.kind = asked_kind AND r.key = asked_key
            AND r.closed_at IS NULL AND NOT r.session AND r.verified_at IS NOT NULL) THEN 'no request'
        WHEN p.kind = 'dispute' AND NOT EXISTS (SELECT FROM houvast.hold h WHERE h.case_key = asked_case) THEN 'no hold'
        ELSE '' END;
    IF why <> '' THEN RETURN; END IF;
    CASE asked_table
        {tables}
        ELSE why := 'no table';
    END CASE;
    IF why <> '' OR of > 0 AND shown = of THEN RETURN; END IF;
    SELECT r.* INTO q FROM houvast.person r WHERE r.kind = asked_kind AND r.key = asked_key;
    SELECT coalesce(array_agg(s.stand || ':' || s.about), '{}') INTO said FROM houvast.stand s WHERE s.kind = asked_kind AND s.key = asked_key;
    why := CASE
        WHEN of = 0 THEN 'no rows'
        WHEN shown > 0 THEN 'some rows'
        WHEN 'restricted:' = ANY (said) AND NOT 'allowed:' || p.name = ANY (said) THEN 'restricted'
        WHEN asked_table || '.' || asked_column = ANY (coalesce(q.contested, '{}')) THEN 'contested'
        WHEN EXISTS (SELECT FROM houvast.flagged f WHERE f.relation = asked_table AND f."column" = asked_column AND f.row_key = asked_row AND f.state = 'open') THEN 'flagged'
        WHEN 'objected:' || p.name = ANY (said) THEN 'objected'
        WHEN 'stopped:' = ANY (said) THEN 'stopped'
        WHEN q.closed_at IS NOT NULL THEN 'closed'
        ELSE 'not now' END;
    promise := CASE why WHEN 'restricted' THEN {restriction} WHEN 'contested' THEN {restriction} WHEN 'stopped' THEN {stop}
        WHEN 'flagged' THEN 'G16' WHEN 'closed' THEN {closing} ELSE p.promise END;
END $$;
COMMENT ON FUNCTION houvast.api_decide IS 'What the database shows a login now, for a program (promise C05)';
REVOKE ALL ON FUNCTION houvast.api_decide(text, text, text, text, text, text, text, text) FROM PUBLIC;
