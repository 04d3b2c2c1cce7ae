-- A room and its notices are of all who are in it; a line is of who wrote it, and in the copy of everybody in the room.
CREATE SCHEMA chat;
CREATE TABLE chat.chatter (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE chat.room (id int PRIMARY KEY, title text, topic text);
CREATE TABLE chat.member (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, room_id int REFERENCES chat.room, chatter_id int NOT NULL REFERENCES chat.chatter, since text);
CREATE TABLE chat.notice (id int PRIMARY KEY, room_id int NOT NULL REFERENCES chat.room, words text);
CREATE TABLE chat.seen (id int PRIMARY KEY, notice_id int NOT NULL REFERENCES chat.notice, words text);
CREATE TABLE chat.line (id int PRIMARY KEY, room_id int REFERENCES chat.room ON DELETE SET NULL, chatter_id int NOT NULL REFERENCES chat.chatter, words text, device text);
CREATE TABLE chat.whisper (id int PRIMARY KEY, from_id int REFERENCES chat.chatter, to_id int REFERENCES chat.chatter, words text);
INSERT INTO chat.chatter (id, name, email) VALUES (1, 'Ona Smits', 'ona@chat.example'), (2, 'Pim Kuiper', 'pim@chat.example'), (3, 'Roos Blom', 'roos@chat.example');
INSERT INTO chat.room VALUES (1, 'Kitchen', 'soup'), (2, 'Cellar', 'wine');
INSERT INTO chat.member (room_id, chatter_id, since) VALUES (1, 1, 'May'), (1, 2, 'June'), (2, 3, 'July'), (1, 1, 'again');
INSERT INTO chat.notice VALUES (1, 1, 'Wash up'), (2, 2, 'Keep dark');
INSERT INTO chat.seen VALUES (1, 1, 'by most'), (2, 2, 'by one');
INSERT INTO chat.line VALUES (1, 1, 1, 'More salt', 'phone'), (2, 1, 2, 'Less salt', 'laptop'), (3, 2, 3, 'Red', 'phone');
INSERT INTO chat.whisper VALUES (1, 1, 2, 'Too salt'), (2, 2, 3, 'Is there wine');
