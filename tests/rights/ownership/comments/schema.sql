-- Comments with answers to them: an answer stays when what it answers goes.
CREATE SCHEMA comments;
CREATE TABLE comments.visitor (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE comments.entry (
    id int PRIMARY KEY, visitor_id int NOT NULL REFERENCES comments.visitor, answers int REFERENCES comments.entry ON DELETE SET NULL, words text);
CREATE TABLE comments.subscription (id int PRIMARY KEY, visitor_id int NOT NULL REFERENCES comments.visitor, address text);
INSERT INTO comments.visitor (id, name, email) VALUES (1, 'Sam Post', 'sam@comments.example'), (2, 'Tess Kok', 'tess@comments.example');
INSERT INTO comments.entry VALUES (1, 1, NULL, 'First'), (2, 2, 1, 'Second');
INSERT INTO comments.subscription VALUES (1, 1, 'sam@comments.example');
