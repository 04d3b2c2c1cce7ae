-- Who logs in to the database of Lakana, with the rights that nobody has looked at for years.

-- name: roles
DO $$
DECLARE
    login text;
    logins text[] := '{lakana_owner, shop, portal, support, billing_run, tax_export, newsletter, account_desk,
        office, analytics, community_site, partner_desk, officer, retention_job,
        statistics, researcher, identity_desk}';
BEGIN
    FOREACH login IN ARRAY logins LOOP
        BEGIN
            IF to_regrole(login) IS NULL THEN EXECUTE format('CREATE ROLE %I LOGIN', login); END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another load was first
        END;
    END LOOP;
    BEGIN
        IF to_regrole('administrator') IS NULL THEN CREATE ROLE administrator LOGIN SUPERUSER; END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    EXECUTE format('ALTER DATABASE %I OWNER TO lakana_owner', current_database());
END $$;

-- name: grants
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop, account_desk, office;
GRANT SELECT ON ALL TABLES IN SCHEMA public
    TO portal, support, billing_run, tax_export, newsletter, analytics, officer, retention_job;
GRANT UPDATE ON contact, subscription, licence, profile_value TO portal;
GRANT INSERT, UPDATE ON ticket, ticket_message, contact TO support;
GRANT INSERT, UPDATE ON invoice, invoice_line TO billing_run;
GRANT UPDATE ON orders TO billing_run;
GRANT INSERT, UPDATE ON mailing_member TO newsletter;
GRANT SELECT ON account, contact TO community_site;
GRANT SELECT, INSERT, UPDATE, DELETE ON post, profile_value, sign_in TO community_site;
GRANT SELECT, INSERT, UPDATE, DELETE ON business_contact, engagement TO partner_desk;
GRANT SELECT ON account, contact, company, company_member TO partner_desk;
GRANT UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO officer;
GRANT DELETE ON ALL TABLES IN SCHEMA public TO retention_job;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public
    TO shop, portal, support, billing_run, account_desk, office, community_site, partner_desk;
ALTER DEFAULT PRIVILEGES FOR ROLE lakana_owner IN SCHEMA public GRANT SELECT ON TABLES TO analytics;
