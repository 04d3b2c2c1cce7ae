-- A letter always has two names; guest 0 is nobody and stands for who left.
CREATE SCHEMA guestbook;
CREATE TABLE guestbook.guest (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE guestbook.letter (
    id int PRIMARY KEY, writer_id int NOT NULL DEFAULT 0 REFERENCES guestbook.guest, about_id int NOT NULL DEFAULT 0 REFERENCES guestbook.guest,
    words text, signed_as text NOT NULL);
INSERT INTO guestbook.guest (id, name, email) VALUES (0, NULL, NULL), (1, 'Uma Bakker', 'uma@guestbook.example'), (2, 'Vic Brouwer', 'vic@guestbook.example');
INSERT INTO guestbook.letter VALUES (1, 1, 2, 'Dear host', 'U.'), (2, 2, 1, 'Dear guest', 'V.'), (3, 1, 0, 'To nobody', 'U.');
