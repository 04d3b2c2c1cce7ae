-- A conference: 3,080 people, 80 of them reviewers, 550 papers, four reviews of each.
CREATE TABLE person (
    id int PRIMARY KEY, email text UNIQUE, first_name text NOT NULL DEFAULT '', last_name text NOT NULL DEFAULT '',
    affiliation text NOT NULL DEFAULT '', collaborators text, password text, reviewer boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(), disabled_at timestamptz);
CREATE TABLE paper (
    id int PRIMARY KEY, lead int REFERENCES person, title text, abstract text, submitted_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE conflict (
    paper_id int REFERENCES paper ON DELETE CASCADE, person_id int REFERENCES person, kind int NOT NULL, PRIMARY KEY (paper_id, person_id));
CREATE TABLE preference (
    paper_id int REFERENCES paper ON DELETE CASCADE, person_id int REFERENCES person, preference int NOT NULL,
    expertise int, PRIMARY KEY (paper_id, person_id));
CREATE TABLE review (
    id int PRIMARY KEY, paper_id int NOT NULL REFERENCES paper ON DELETE CASCADE, person_id int REFERENCES person,
    overall int, body text, submitted_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE rating (
    review_id int REFERENCES review ON DELETE CASCADE, person_id int REFERENCES person, rating int NOT NULL, PRIMARY KEY (review_id, person_id));
CREATE TABLE comment (
    id int PRIMARY KEY, paper_id int NOT NULL REFERENCES paper ON DELETE CASCADE, person_id int REFERENCES person, body text,
    written_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE watch (
    paper_id int REFERENCES paper ON DELETE CASCADE, person_id int REFERENCES person, kind int NOT NULL, PRIMARY KEY (paper_id, person_id));
CREATE TABLE capability (id int PRIMARY KEY, person_id int NOT NULL REFERENCES person, salt text NOT NULL, used_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE action (id bigint PRIMARY KEY, person_id int REFERENCES person, paper_id int, what text NOT NULL, at timestamptz NOT NULL DEFAULT now());

INSERT INTO person (id, email, first_name, last_name, affiliation, collaborators, password, reviewer)
SELECT n, 'person' || n || '@conference.example', 'First' || n, 'Last' || n, 'University ' || n % 97, 'None of ' || n, md5(n::text), n <= 80
FROM generate_series(1, 3080) n;
INSERT INTO paper (id, lead, title, abstract)
SELECT n, 81 + (n * 7919) % 3000, 'Paper ' || n, repeat('What it is about. ', 40) FROM generate_series(1, 550) n;
INSERT INTO conflict SELECT p, 1 + (p * 31 + k * 977) % 3080, k FROM generate_series(1, 550) p, generate_series(1, 6) k ON CONFLICT DO NOTHING;
INSERT INTO preference SELECT p, r, (p * r) % 40 - 20, p % 3 FROM generate_series(1, 550) p, generate_series(1, 80) r WHERE (p + r) % 3 = 0;
INSERT INTO review (id, paper_id, person_id, overall, body)
SELECT (p - 1) * 4 + k, p, 1 + (p * 13 + k * 29) % 80, 1 + (p + k) % 5, repeat('I would accept this. ', 60)
FROM generate_series(1, 550) p, generate_series(1, 4) k;
INSERT INTO rating SELECT id, 1 + (id * 37 + k * 11) % 80, 1 FROM review, generate_series(1, 3) k ON CONFLICT DO NOTHING;
INSERT INTO comment (id, paper_id, person_id, body)
SELECT (p - 1) * 3 + k, p, 1 + (p * 17 + k * 41) % 80, repeat('We discussed. ', 20) FROM generate_series(1, 550) p, generate_series(1, 3) k;
INSERT INTO watch SELECT p, 1 + (p * 43 + k * 61) % 3080, 1 FROM generate_series(1, 550) p, generate_series(1, 4) k ON CONFLICT DO NOTHING;
INSERT INTO capability (id, person_id, salt) SELECT n, 1 + (n * 11) % 3080, md5('c' || n) FROM generate_series(1, 3080) n;
INSERT INTO action (id, person_id, paper_id, what)
SELECT n, CASE WHEN n % 2 = 0 THEN 1 + n % 80 ELSE 1 + (n * 7) % 3080 END, n % 550, 'edit' FROM generate_series(1, 20000) n;
CREATE INDEX ON paper (lead); CREATE INDEX ON conflict (person_id); CREATE INDEX ON preference (person_id);
CREATE INDEX ON review (person_id); CREATE INDEX ON review (paper_id); CREATE INDEX ON rating (person_id);
CREATE INDEX ON comment (person_id); CREATE INDEX ON comment (paper_id); CREATE INDEX ON watch (person_id);
CREATE INDEX ON capability (person_id); CREATE INDEX ON action (person_id);
