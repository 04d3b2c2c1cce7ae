-- A company that has been trading since June 2018, when its policy was in force. Each query fills one table: first what there is once, then,
-- for the people %(first)s to %(last)s, what belongs to them.

-- name: product
INSERT INTO product (id, sku, name, price)
SELECT n, 'LK-' || lpad(n::text, 3, '0'), 'Lakana ' || pg_temp.product_name(n), pg_temp.price(n)
FROM generate_series(1, 12) n

-- name: plan
INSERT INTO plan (id, name, monthly_price) VALUES
(1, 'Solo', 6.00), (2, 'Household', 9.00), (3, 'Studio', 24.00), (4, 'Office', 79.00), (5, 'Hosted cluster', 249.00)

-- name: mailing_list
INSERT INTO mailing_list (id, name) VALUES (1, 'Lakana news'), (2, 'Offers for customers'), (3, 'Webinars')

-- name: staff
INSERT INTO staff (id, full_name, work_email, team, active)
SELECT n, pg_temp.one_of(n, 1, given) || ' ' || pg_temp.one_of(n, 2, family), 'desk' || n || '@lakana.example',
       (ARRAY['support', 'support', 'billing', 'sales', 'engineering'])[1 + mod(n, 5)], mod(n, 9) <> 0
FROM generate_series(1, 40) n JOIN culture ON culture.name = 'NL' ORDER BY n

-- name: business_contact
INSERT INTO business_contact (id, organisation, full_name, email, phone, role, created_at, relation_ended_at)
SELECT n, pg_temp.one_of(n, 903, family) || ' ' || pg_temp.one_of(n, 904, '{Media,Reclame,Systems,Partners,Advies}'),
       pg_temp.one_of(n, 901, given) || ' ' || pg_temp.one_of(n, 902, family), 'contact' || n || '@partner.example',
       '+31 20 000 ' || lpad(pg_temp.pick(n, 905, 10000)::text, 4, '0'),
       pg_temp.one_of(n, 906, '{buyer,account manager,director,marketing,engineer}'), started_at, ended_at
FROM (
    SELECT n, begun.started_at, (ARRAY['NL', 'BE', 'DE', 'GB', 'TR'])[1 + pg_temp.pick(n, 900, 5)] AS culture,
           CASE WHEN pg_temp.pick(n, 908, 100) < 45
                THEN pg_temp.between(begun.started_at, pg_temp.today(), pg_temp.share(n, 909)) END AS ended_at
    FROM generate_series(1, greatest(20, %(people)s::bigint / 50)) n
    CROSS JOIN LATERAL (
        SELECT pg_temp.between(pg_temp.beginning(), pg_temp.today(), pg_temp.share(n, 907)) AS started_at
    ) begun
) deal JOIN culture ON culture.name = deal.culture ORDER BY n

-- name: engagement
INSERT INTO engagement (id, business_contact_id, kind, status, started_at, ended_at, notes, terms)
SELECT id, id, (ARRAY['partner', 'advertiser'])[1 + pg_temp.pick(id, 910, 2)],
       CASE WHEN relation_ended_at IS NULL THEN pg_temp.one_of(id, 911, '{running,running,running,applied}')
            ELSE pg_temp.one_of(id, 911, '{ended,ended,rejected}') END,
       created_at, relation_ended_at,
       full_name || ' ' || pg_temp.one_of(id, 912, '{prefers e-mail.,asked for a new quote.,signs in spring.,calls on Monday.}'),
       (5 + pg_temp.pick(id, 913, 20)) || ' per cent off, paid within ' || (14 + pg_temp.pick(id, 914, 3) * 8) || ' days'
FROM business_contact ORDER BY id

-- name: forget_persons
TRUNCATE person

-- name: person
INSERT INTO person
SELECT id, created_at, closed_at, coalesce(closed_at, pg_temp.today()), country,
       coalesce(nullif(culture.language, 'tr'), place.language), name.given || ' ' || name.family,
       translate(lower(replace(name.given || '.' || name.family, ' ', '')),
                 'àâäáãçćčéèêëğíìîïıłñńóòôöõşśšßúùûüýÿźżąęåæœ''’', 'aaaaaccceeeegiiiiilnnooooosssuuuuyyzzaeaao')
           || id || '@' || pg_temp.one_of(id, 20, '{mail,post,brieven,webmail,thuis}') || '.example',
       dial || lpad(pg_temp.pick(id, 21, 10000)::text, 4, '0'),
       pg_temp.one_of(home, 22, streets) || ' ' || 1 + pg_temp.pick(home, 23, 240),
       regexp_replace(postcode, '#+', lpad(pg_temp.pick(home, 24, 1000)::text, length(regexp_replace(postcode, '[^#]', '', 'g')), '0')),
       pg_temp.one_of(home, 25, cities)
FROM (
    SELECT base.*, CASE WHEN pg_temp.pick(id, 11, 100) < 12
                        THEN pg_temp.between(created_at, pg_temp.today(), pg_temp.share(id, 12)) END AS closed_at,
           CASE WHEN pg_temp.pick(id, 13, 100) < 75 THEN country
                ELSE pg_temp.one_of(id, 14, '{NL,BE,DE,FR,GB,TR,TR,MA,MA,SR,SR,PL,ES,CN,IN}') END AS culture
    FROM (
        SELECT id, id - CASE WHEN mod(id, 10) = 2 THEN 1 ELSE 0 END AS home,
               pg_temp.between(pg_temp.beginning(), pg_temp.today(),
                               (id - 1 + pg_temp.share(id, 10)) / %(people)s::double precision) AS created_at,
               pg_temp.one_of(id - CASE WHEN mod(id, 10) = 2 THEN 1 ELSE 0 END, 15,
                              '{NL,NL,NL,NL,NL,NL,NL,NL,NL,NL,NL,NL,BE,BE,DE,DE,FR,GB,PL,ES}') AS country
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) id
    ) base
) someone
JOIN place USING (country)
JOIN culture ON culture.name = someone.culture
CROSS JOIN LATERAL (
    SELECT pg_temp.one_of(id, 18, culture.given) AS given, pg_temp.one_of(id, 19, culture.family) AS family
) name
ORDER BY id

-- name: account
INSERT INTO account (id, login, country, language, created_at, closed_at)
SELECT id, split_part(email, '@', 1), country, language, created_at, closed_at FROM person ORDER BY id

-- name: contact
INSERT INTO contact (id, account_id, full_name, email, phone, street, postcode, city, country, created_at, updated_at)
SELECT id, id, full_name, email, phone, street, postcode, city, country, created_at,
       pg_temp.between(created_at, last_day, pg_temp.share(id, 30))
FROM person ORDER BY id

-- name: household
INSERT INTO household (id, name, street, postcode, city, country, created_at)
SELECT id / 10 + 1, 'Household ' || substring(full_name FROM ' (.*)$'), street, postcode, city, country, created_at
FROM person WHERE mod(id, 10) = 1 ORDER BY id

-- name: household_member
INSERT INTO household_member (household_id, account_id, joined_at, left_at)
SELECT id / 10 + 1, id, created_at,
       CASE WHEN mod(id, 10) = 2 AND pg_temp.pick(id, 40, 100) < 15
            THEN pg_temp.between(created_at, last_day, pg_temp.share(id, 41)) END
FROM person WHERE mod(id, 10) IN (1, 2) ORDER BY id

-- name: company
INSERT INTO company (id, name, vat_number, billing_email, notes, created_at, updated_at)
SELECT id / 20 + 1, substring(full_name FROM ' (.*)$') || ' ' || pg_temp.one_of(id, 50, '{BV,Installatie,Ontwerp,& Zonen,Advies}'),
       'NL000000000B' || lpad(mod(id, 100)::text, 2, '0'), 'administratie' || id || '@bedrijf.example',
       CASE WHEN pg_temp.pick(id, 51, 3) = 0 THEN 'Invoices to the attention of ' || full_name || '.' END,
       created_at, created_at
FROM person WHERE mod(id, 20) = 5 ORDER BY id

-- name: company_member
INSERT INTO company_member (company_id, account_id, role, joined_at, left_at)
SELECT id / 20 + 1, id, (ARRAY['owner', 'buyer', 'member'])[mod(id, 20) - 4], created_at,
       CASE WHEN mod(id, 20) = 7 AND pg_temp.pick(id, 52, 4) = 0
            THEN pg_temp.between(created_at, last_day, pg_temp.share(id, 53)) END
FROM person WHERE mod(id, 20) BETWEEN 5 AND 7 ORDER BY id

-- name: subscription
INSERT INTO subscription (id, account_id, plan_id, status, starts_at, ends_at, cancelled_at)
SELECT (SELECT coalesce(max(id), 0) FROM subscription) + row_number() OVER (ORDER BY id), id,
       1 + pg_temp.pick(id, 61, 5), status, starts_at,
       CASE WHEN status IN ('cancelled', 'expired') THEN stopped
            WHEN status = 'trial' THEN pg_temp.today() + interval '14 days' END,
       CASE WHEN status = 'cancelled' THEN stopped END
FROM (
    SELECT id, chosen.status, starts_at, pg_temp.between(starts_at, last_day, pg_temp.share(id, 63)) AS stopped
    FROM person
    CROSS JOIN LATERAL (SELECT pg_temp.between(created_at, last_day, pg_temp.share(id, 62) / 2) AS starts_at) begun
    CROSS JOIN LATERAL (
        SELECT CASE WHEN closed_at IS NOT NULL THEN 'cancelled' WHEN pg_temp.pick(id, 60, 1000) < 575 THEN 'active'
                    WHEN pg_temp.pick(id, 60, 1000) < 625 THEN 'trial' WHEN pg_temp.pick(id, 60, 1000) < 650 THEN 'paused'
                    WHEN pg_temp.pick(id, 60, 1000) < 720 THEN 'cancelled' ELSE 'expired' END::subscription_status AS status
    ) chosen
    WHERE pg_temp.pick(id, 60, 1000) < 760
) taken ORDER BY id

-- name: licence
INSERT INTO licence (id, account_id, product_id, key, seats, starts_at, ends_at)
SELECT (SELECT coalesce(max(id), 0) FROM licence) + row_number() OVER (ORDER BY id), id, 1 + pg_temp.pick(id, 71, 12),
       upper('LK-' || id || '-' || to_hex(pg_temp.roll(id, 72))), 1 + pg_temp.pick(id, 73, 5), starts_at,
       CASE WHEN pg_temp.pick(id, 75, 5) > 0 THEN starts_at + make_interval(years => 1 + pg_temp.pick(id, 75, 5)) END
FROM person
CROSS JOIN LATERAL (SELECT pg_temp.between(created_at, last_day, pg_temp.share(id, 74)) AS starts_at) begun
WHERE pg_temp.pick(id, 70, 100) < 40 ORDER BY id

-- name: orders
INSERT INTO orders (id, account_id, status, placed_at, completed_at, delivery_name, delivery_address, total)
SELECT id, person_id, status, placed_at,
       CASE WHEN status = 'completed' THEN least(placed_at + make_interval(days => 1 + pg_temp.pick(id, 83, 12)), pg_temp.today()) END,
       full_name, address,
       (SELECT sum((1 + pg_temp.pick(id * 4 + line, 86, 3)) * pg_temp.price(1 + pg_temp.pick(id * 4 + line, 85, 12)))
        FROM generate_series(0, pg_temp.pick(id, 84, 3) / 2) line)
FROM (
    SELECT made.*, CASE WHEN placed_at > pg_temp.today() - interval '28 days' AND open_yet
                        THEN (ARRAY['new', 'new', 'paid', 'shipped'])[1 + pg_temp.pick(id, 82, 4)]
                        WHEN pg_temp.pick(id, 82, 100) < 8 THEN 'cancelled' ELSE 'completed' END::order_status AS status
    FROM (
        SELECT (SELECT coalesce(max(id), 0) FROM orders) + row_number() OVER (ORDER BY p.id, k) AS id, p.id AS person_id,
               pg_temp.between(p.created_at, p.last_day, pg_temp.share(p.id * 8 + k, 81)) AS placed_at,
               p.closed_at IS NULL AS open_yet, p.full_name, pg_temp.postal(p) AS address
        FROM person p
        CROSS JOIN LATERAL generate_series(1, ('{0,1,1,2,3,3,4,5,5,6}'::integer[])[1 + pg_temp.pick(p.id, 80, 10)]) k
    ) made
) placed ORDER BY id

-- name: order_line
INSERT INTO order_line (order_id, line, product_id, quantity, price)
SELECT id, line + 1, 1 + pg_temp.pick(id * 4 + line, 85, 12), 1 + pg_temp.pick(id * 4 + line, 86, 3),
       pg_temp.price(1 + pg_temp.pick(id * 4 + line, 85, 12))
FROM generate_series((SELECT coalesce(max(order_id), 0) + 1 FROM order_line), (SELECT max(id) FROM orders)) id
CROSS JOIN LATERAL generate_series(0, pg_temp.pick(id, 84, 3) / 2) line ORDER BY id, line

-- name: invoice
INSERT INTO invoice (id, account_id, order_id, number, issued_on, paid_at, billing_name, billing_address, total, created_at)
SELECT (SELECT coalesce(max(id), 0) FROM invoice) + row_number() OVER (ORDER BY o.id), account_id, o.id,
       'LK' || to_char(placed_at AT TIME ZONE 'Europe/Amsterdam', 'YYYY') || '-' || lpad(o.id::text, 8, '0'),
       (placed_at AT TIME ZONE 'Europe/Amsterdam')::date,
       CASE WHEN pg_temp.pick(o.id, 91, 100) < 97 THEN pg_temp.between(placed_at, least(placed_at + interval '20 days', pg_temp.today()), pg_temp.share(o.id, 92)) END,
       delivery_name, delivery_address, total, placed_at
FROM orders o
WHERE o.id > coalesce((SELECT order_id FROM invoice ORDER BY id DESC LIMIT 1), 0) AND status IN ('paid', 'shipped', 'completed')
  AND pg_temp.pick(o.id, 90, 100) < 74
ORDER BY o.id

-- name: invoice_line
INSERT INTO invoice_line (invoice_id, line, description, quantity, price, vat_rate)
SELECT i.id, l.line, 'Lakana ' || pg_temp.product_name(l.product_id), l.quantity, l.price, 21
FROM invoice i JOIN order_line l USING (order_id)
WHERE i.id > (SELECT coalesce(max(invoice_id), 0) FROM invoice_line)
  AND l.order_id >= (SELECT min(order_id) FROM invoice WHERE id > (SELECT coalesce(max(invoice_id), 0) FROM invoice_line))
ORDER BY i.id, l.line

-- name: ticket
INSERT INTO ticket (id, account_id, subject, priority, assigned_to, opened_at, closed_at)
SELECT (SELECT coalesce(max(id), 0) FROM ticket) + row_number() OVER (ORDER BY id, k), id,
       pg_temp.one_of(id * 4 + k, 102, '{Cannot sign in,Question about my invoice,Backup stopped at night,How do I move my data?,
           Licence key not accepted,Wrong address on parcel,Slow search,Wish: dark colours,Change of plan,Printer not found}'),
       pg_temp.one_of(id * 4 + k, 103, '{low,normal,normal,normal,high}'),
       CASE WHEN pg_temp.pick(id * 4 + k, 104, 10) > 0 THEN 1 + pg_temp.pick(id * 4 + k, 105, 40) END, opened_at,
       CASE WHEN closed_at IS NOT NULL OR pg_temp.pick(id * 4 + k, 106, 100) >= CASE WHEN opened_at > pg_temp.today() - interval '60 days' THEN 60 ELSE 5 END
            THEN least(opened_at + interval '1 hour' * (1 + pg_temp.pick(id * 4 + k, 107, 400)), pg_temp.today()) END
FROM person
CROSS JOIN LATERAL generate_series(1, 1 + pg_temp.pick(id, 101, 2)) k
CROSS JOIN LATERAL (SELECT pg_temp.between(created_at, last_day, pg_temp.share(id * 4 + k, 108)) AS opened_at) begun
WHERE pg_temp.pick(id, 100, 100) < 30 ORDER BY id, k

-- name: ticket_message
INSERT INTO ticket_message (id, ticket_id, author, body, sent_at)
SELECT (SELECT coalesce(max(id), 0) FROM ticket_message) + row_number() OVER (ORDER BY t.id, k), t.id,
       CASE WHEN mod(k, 2) = 1 THEN p.full_name ELSE 'Lakana support' END,
       CASE mod(k, 2) WHEN 1 THEN
           pg_temp.one_of(t.id * 8 + k, 110, '{Hello,Dear Lakana,Goedemiddag,Hi there}') || ', ' ||
           pg_temp.one_of(t.id * 8 + k, 111, '{since yesterday nothing works any more.,the amount is not what we agreed.,
               my neighbour has the same problem.,I moved house and the parcel went to my old address.,
               it says that my key has been used before.,after the update the screen stays white.}') ||
           ' ' || pg_temp.one_of(t.id * 8 + k, 112, '{You can call me on,My number is,Bel mij gerust op}') || ' ' || p.phone || E'.\n' || p.full_name
       ELSE 'Dear ' || p.full_name || ', ' ||
           pg_temp.one_of(t.id * 8 + k, 113, '{we are looking into it.,could you try once more?,we corrected it.,a colleague will call you.}')
       END,
       t.opened_at + (least(coalesce(t.closed_at, pg_temp.today()), t.opened_at + interval '9 days') - t.opened_at) * ((k - 1) / 4.0)
FROM ticket t JOIN person p ON p.id = t.account_id
CROSS JOIN LATERAL generate_series(1, 1 + pg_temp.pick(t.id, 109, 4)) k
WHERE t.id > coalesce((SELECT ticket_id FROM ticket_message ORDER BY id DESC LIMIT 1), 0) ORDER BY t.id, k

-- name: mailing_member
INSERT INTO mailing_member (account_id, list_id, how, subscribed_at, unsubscribed_at)
SELECT id, CASE how WHEN 'sale' THEN 2 ELSE 1 + 2 * pg_temp.pick(id, 122, 2) END, how, subscribed_at,
       CASE WHEN closed_at IS NOT NULL THEN closed_at
            WHEN pg_temp.pick(id, 124, 100) < 22 THEN pg_temp.between(subscribed_at, last_day, pg_temp.share(id, 125)) END
FROM person
CROSS JOIN LATERAL (
    SELECT CASE WHEN pg_temp.pick(id, 121, 100) < 35 THEN 'sale' ELSE 'opt-in' END AS how,
           pg_temp.between(created_at, last_day, pg_temp.share(id, 123) / 3) AS subscribed_at
) joined
WHERE pg_temp.pick(id, 120, 100) < 45 ORDER BY id

-- name: profile_value
INSERT INTO profile_value (id, account_id, purpose, field, value, given_at, withdrawn_at)
SELECT (SELECT coalesce(max(id), 0) FROM profile_value) + row_number() OVER (ORDER BY p.id, w.n), p.id, w.purpose, w.field,
       pg_temp.one_of(p.id * 8 + w.n, 132, w.answers), given_at,
       CASE WHEN closed_at IS NOT NULL THEN closed_at
            WHEN pg_temp.pick(p.id * 8 + w.n, 133, 100) < 10 THEN pg_temp.between(given_at, last_day, pg_temp.share(p.id, 134)) END
FROM person p
CROSS JOIN (VALUES
    (1, 'community', 'nickname', '{zeemeeuw,kaasplank,nachtuil,waterland,klompje}'::text[]),
    (2, 'community', 'about me', '{I repair old bicycles.,Sings in a choir.,Vegetable garden and two cats.}'),
    (3, 'beta', 'equipment', '{an old laptop,a rack at home,three telephones}'),
    (4, 'event', 'diet', '{no fish,vegetarian,none,halal,gluten-free}'),
    (5, 'event', 'access', '{wheelchair,none,sign language}')
) w (n, purpose, field, answers)
CROSS JOIN LATERAL (SELECT pg_temp.between(created_at, last_day, pg_temp.share(p.id, 135)) AS given_at) given
WHERE pg_temp.pick(p.id, 130, 100) < 25 AND pg_temp.pick(p.id * 8 + w.n, 131, 100) < 45 ORDER BY p.id, w.n

-- name: post
INSERT INTO post (id, account_id, community, body, posted_at, removed_at)
SELECT (SELECT coalesce(max(id), 0) FROM post) + row_number() OVER (ORDER BY id, k), id,
       pg_temp.one_of(id * 4 + k, 142, '{tools,hosting,ideas}'),
       pg_temp.one_of(id * 4 + k, 143, '{Has anybody got this to run at home?,Thanks to all who helped last week.,
           Here is my script; use it as you like.,Could the calendar show week numbers?,It works again since the update.}')
           || ' ' || split_part(full_name, ' ', 1),
       pg_temp.between(created_at, last_day, pg_temp.share(id * 4 + k, 144)), closed_at
FROM person CROSS JOIN LATERAL generate_series(1, 1 + pg_temp.pick(id, 141, 3)) k
WHERE pg_temp.pick(id, 140, 100) < 10 ORDER BY id, k

-- name: sign_in
INSERT INTO sign_in (id, account_id, provider, external_id, linked_at)
SELECT (SELECT coalesce(max(id), 0) FROM sign_in) + row_number() OVER (ORDER BY id), id,
       pg_temp.one_of(id, 151, '{login.example,id.example}'), to_hex(pg_temp.roll(id, 152)) || to_hex(id), created_at
FROM person WHERE pg_temp.pick(id, 150, 100) < 20 ORDER BY id

-- name: sequences
SELECT setval(pg_get_serial_sequence(%(table)s, 'id'), %(last)s::bigint)
