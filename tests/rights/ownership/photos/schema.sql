-- A message is of whoever sent it and of whoever got it; a remark is of who wrote it, and in the copy of whose photo it is under.
CREATE SCHEMA photos;
CREATE TABLE photos.maker (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE photos.photo (id int PRIMARY KEY, maker_id int NOT NULL REFERENCES photos.maker, title text, place text);
CREATE TABLE photos.tagged (id int PRIMARY KEY, photo_id int REFERENCES photos.photo ON DELETE SET NULL, maker_id int NOT NULL REFERENCES photos.maker);
CREATE TABLE photos.remark (
    id int PRIMARY KEY, photo_id int REFERENCES photos.photo ON DELETE SET NULL, maker_id int NOT NULL REFERENCES photos.maker, words text);
CREATE TABLE photos.message (
    id int PRIMARY KEY, sender_id int REFERENCES photos.maker, recipient_id int REFERENCES photos.maker,
    words text, sender_place text, read_on text);
CREATE TABLE photos.liking (id int PRIMARY KEY, maker_id int NOT NULL REFERENCES photos.maker, photo_id int REFERENCES photos.photo ON DELETE SET NULL, mood text);
INSERT INTO photos.maker (id, name, email) VALUES (1, 'Eva Kok', 'eva@photos.example'), (2, 'Flo Prins', 'flo@photos.example'), (3, 'Gijs Boer', 'gijs@photos.example');
INSERT INTO photos.photo VALUES (1, 1, 'Harbour', 'quay'), (2, 2, 'Dunes', 'beach');
INSERT INTO photos.tagged VALUES (1, 1, 3);
INSERT INTO photos.remark VALUES (1, 1, 2, 'Fine light'), (2, 2, 2, 'My own');
INSERT INTO photos.message VALUES (1, 1, 2, 'Hello', 'quay', 'phone'), (2, 2, 1, 'Hello too', 'beach', 'tablet'), (3, 3, 3, 'To myself', 'home', 'watch');
INSERT INTO photos.liking VALUES (1, 3, 1, 'glad');
