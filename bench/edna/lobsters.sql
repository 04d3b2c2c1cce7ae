-- A site where people share links: 16,000 users, 120,000 stories, 300,000 comments; few write much, many write little.
CREATE TABLE users (
    id int PRIMARY KEY, username text UNIQUE, email text UNIQUE, password text, about text, created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz);
CREATE TABLE tag (id int PRIMARY KEY, tag text NOT NULL);
CREATE TABLE story (
    id int PRIMARY KEY, user_id int REFERENCES users, title text, url text, description text, score int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE tagging (story_id int REFERENCES story ON DELETE CASCADE, tag_id int REFERENCES tag, PRIMARY KEY (story_id, tag_id));
CREATE TABLE comment (
    id int PRIMARY KEY, story_id int NOT NULL REFERENCES story, user_id int REFERENCES users, parent int, body text,
    created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE vote (
    id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, story_id int NOT NULL REFERENCES story, comment_id int REFERENCES comment, vote int NOT NULL);
CREATE TABLE hidden (user_id int REFERENCES users, story_id int REFERENCES story, PRIMARY KEY (user_id, story_id));
CREATE TABLE saved (user_id int REFERENCES users, story_id int REFERENCES story, PRIMARY KEY (user_id, story_id));
CREATE TABLE read_ribbon (user_id int REFERENCES users, story_id int REFERENCES story, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (user_id, story_id));
CREATE TABLE message (
    id int PRIMARY KEY, author_id int REFERENCES users, subject text, body text, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE hat (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, hat text, granted_at timestamptz NOT NULL DEFAULT now());

INSERT INTO users (id, username, email, password, about)
SELECT n, 'user' || n, 'user' || n || '@links.example', md5(n::text), 'About ' || n FROM generate_series(1, 16000) n;
INSERT INTO tag SELECT n, 'tag' || n FROM generate_series(1, 100) n;
INSERT INTO story (id, user_id, title, url, description)
SELECT n, 1 + floor(16000 * power(abs(hashint4(n)) / 2147483648.0, 3))::int, 'Story ' || n, 'https://links.example/' || n, repeat('A link. ', 5)
FROM generate_series(1, 120000) n;
INSERT INTO tagging SELECT n, 1 + n % 100 FROM generate_series(1, 120000) n;
INSERT INTO comment (id, story_id, user_id, body)
SELECT n, 1 + abs(hashint4(n + 7)) % 120000, 1 + floor(16000 * power(abs(hashint4(n + 1)) / 2147483648.0, 3))::int, repeat('I think so. ', 15)
FROM generate_series(1, 300000) n;
INSERT INTO vote (id, user_id, story_id, vote)
SELECT n, 1 + floor(16000 * power(abs(hashint4(n + 2)) / 2147483648.0, 2))::int, 1 + abs(hashint4(n + 9)) % 120000, 1 FROM generate_series(1, 400000) n;
INSERT INTO hidden SELECT 1 + abs(hashint4(n)) % 16000, 1 + n % 120000 FROM generate_series(1, 20000) n ON CONFLICT DO NOTHING;
INSERT INTO saved SELECT 1 + abs(hashint4(n + 3)) % 16000, 1 + n % 120000 FROM generate_series(1, 20000) n ON CONFLICT DO NOTHING;
INSERT INTO read_ribbon SELECT 1 + abs(hashint4(n + 4)) % 16000, 1 + n % 120000 FROM generate_series(1, 60000) n ON CONFLICT DO NOTHING;
INSERT INTO message (id, author_id, subject, body)
SELECT n, 1 + abs(hashint4(n + 5)) % 16000, 'Hello', repeat('A message. ', 10) FROM generate_series(1, 16000) n;
INSERT INTO hat (id, user_id, hat) SELECT n, n * 31, 'hat ' || n FROM generate_series(1, 500) n;
CREATE INDEX ON story (user_id); CREATE INDEX ON comment (user_id); CREATE INDEX ON comment (story_id);
CREATE INDEX ON vote (user_id); CREATE INDEX ON vote (story_id); CREATE INDEX ON vote (comment_id);
CREATE INDEX ON message (author_id); CREATE INDEX ON hat (user_id);
