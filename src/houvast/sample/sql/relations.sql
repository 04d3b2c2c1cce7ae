-- Keys between the tables, indexes, and what the application keeps in the database besides tables.

-- name: foreign_keys
ALTER TABLE contact ADD FOREIGN KEY (account_id) REFERENCES account ON DELETE CASCADE;
ALTER TABLE household_member ADD FOREIGN KEY (household_id) REFERENCES household ON DELETE CASCADE;
ALTER TABLE household_member ADD FOREIGN KEY (account_id) REFERENCES account ON DELETE CASCADE;
ALTER TABLE company_member ADD FOREIGN KEY (company_id) REFERENCES company ON DELETE CASCADE;
ALTER TABLE company_member ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE subscription ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE subscription ADD FOREIGN KEY (plan_id) REFERENCES plan;
ALTER TABLE licence ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE licence ADD FOREIGN KEY (product_id) REFERENCES product;
ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE order_line ADD FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE;
ALTER TABLE order_line ADD FOREIGN KEY (product_id) REFERENCES product;
ALTER TABLE invoice ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE invoice ADD FOREIGN KEY (order_id) REFERENCES orders ON DELETE SET NULL;
ALTER TABLE invoice_line ADD FOREIGN KEY (invoice_id) REFERENCES invoice ON DELETE CASCADE;
ALTER TABLE ticket ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE ticket ADD FOREIGN KEY (assigned_to) REFERENCES staff ON DELETE SET NULL;
ALTER TABLE ticket_message ADD FOREIGN KEY (ticket_id) REFERENCES ticket ON DELETE CASCADE;
ALTER TABLE mailing_member ADD FOREIGN KEY (account_id) REFERENCES account ON DELETE CASCADE;
ALTER TABLE mailing_member ADD FOREIGN KEY (list_id) REFERENCES mailing_list;
ALTER TABLE profile_value ADD FOREIGN KEY (account_id) REFERENCES account ON DELETE CASCADE;
ALTER TABLE post ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE sign_in ADD FOREIGN KEY (account_id) REFERENCES account ON DELETE CASCADE;
ALTER TABLE engagement ADD FOREIGN KEY (business_contact_id) REFERENCES business_contact;

-- name: indexes
CREATE INDEX contact_email ON contact (email);
CREATE INDEX contact_email_lower ON contact (lower(email));
CREATE INDEX contact_search ON contact (search_text text_pattern_ops);
CREATE INDEX contact_postcode ON contact (country, postcode);
CREATE INDEX household_member_account ON household_member (account_id);
CREATE INDEX company_member_account ON company_member (account_id);
CREATE INDEX subscription_account ON subscription (account_id);
CREATE INDEX licence_account ON licence (account_id);
CREATE INDEX orders_account ON orders (account_id);
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX invoice_account ON invoice (account_id);
CREATE INDEX invoice_order ON invoice (order_id);
CREATE INDEX invoice_unpaid ON invoice (issued_on) WHERE paid_at IS NULL;
CREATE INDEX ticket_account ON ticket (account_id);
CREATE INDEX ticket_open ON ticket (assigned_to) WHERE closed_at IS NULL;
CREATE INDEX ticket_message_ticket ON ticket_message (ticket_id);
CREATE INDEX ticket_message_words ON ticket_message USING gin (to_tsvector('simple', body));
CREATE INDEX mailing_member_list ON mailing_member (list_id) WHERE unsubscribed_at IS NULL;
CREATE INDEX post_account ON post (account_id);
CREATE INDEX post_community ON post (community, posted_at);
CREATE INDEX sign_in_account ON sign_in (account_id);
CREATE INDEX business_contact_email ON business_contact (lower(email));
CREATE INDEX engagement_contact ON engagement (business_contact_id);

-- name: functions
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE FUNCTION add_to_order_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders SET total = total + NEW.quantity * NEW.price WHERE id = NEW.order_id;
    RETURN NULL;
END $$;

CREATE FUNCTION monthly_total(month date) RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS $$
    SELECT coalesce(sum(total), 0) FROM invoice
    WHERE issued_on >= date_trunc('month', month) AND issued_on < date_trunc('month', month) + interval '1 month'
$$;

CREATE FUNCTION account_of_sign_in(provider text, external_id text) RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public AS $$
    SELECT s.account_id FROM sign_in s
    WHERE s.provider = account_of_sign_in.provider AND s.external_id = account_of_sign_in.external_id
$$;

CREATE FUNCTION address_lines(account bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws(E'\n', full_name, street, postcode || ' ' || city, country) FROM contact
    WHERE account_id = account
$$;

CREATE TRIGGER contact_touch BEFORE UPDATE ON contact FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER company_touch BEFORE UPDATE ON company FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER order_line_total AFTER INSERT ON order_line FOR EACH ROW EXECUTE FUNCTION add_to_order_total();

-- name: views
CREATE VIEW customer_overview AS
SELECT c.account_id, c.full_name, c.email, c.city, o.orders, o.last_order, o.spent
FROM contact c
CROSS JOIN LATERAL (
    SELECT count(*) AS orders, max(placed_at) AS last_order, coalesce(sum(total), 0) AS spent
    FROM orders WHERE account_id = c.account_id
) o;

CREATE VIEW open_tickets AS
SELECT t.id, t.subject, t.priority, t.opened_at, t.assigned_to, c.account_id, c.full_name, c.email, c.phone
FROM ticket t JOIN contact c ON c.account_id = t.account_id
WHERE t.closed_at IS NULL;

CREATE VIEW newsletter_addresses AS
SELECT l.name AS list, c.full_name, c.email, m.subscribed_at
FROM mailing_member m
JOIN mailing_list l ON l.id = m.list_id
JOIN contact c ON c.account_id = m.account_id
WHERE m.unsubscribed_at IS NULL;

CREATE MATERIALIZED VIEW sales_by_month AS
SELECT date_trunc('month', placed_at AT TIME ZONE 'Europe/Amsterdam')::date AS month,
       count(*) AS orders, sum(total) AS revenue
FROM orders WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 1;
CREATE UNIQUE INDEX sales_by_month_month ON sales_by_month (month);
