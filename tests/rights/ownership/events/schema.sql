-- An outing is of who makes it and of who helps with it; those who go along have it in their copy.
CREATE SCHEMA events;
CREATE TABLE events.walker (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE events.outing (id int PRIMARY KEY, made_by int REFERENCES events.walker, title text, start text, phone text);
CREATE TABLE events.helping (outing_id int REFERENCES events.outing, walker_id int REFERENCES events.walker, left_at timestamptz, PRIMARY KEY (outing_id, walker_id));
CREATE TABLE events.going (id int PRIMARY KEY, outing_id int REFERENCES events.outing ON DELETE SET NULL, walker_id int NOT NULL REFERENCES events.walker, answer text);
CREATE TABLE events.story (id int PRIMARY KEY, walker_id int NOT NULL REFERENCES events.walker, outing_id int REFERENCES events.outing ON DELETE SET NULL, words text);
INSERT INTO events.walker (id, name, email) VALUES (1, 'Han Peters', 'han@events.example'), (2, 'Iris Vos', 'iris@events.example'), (3, 'Jo Dekker', 'jo@events.example');
INSERT INTO events.outing VALUES (1, 1, 'To the sea', 'station', '4401'), (2, NULL, 'To the hills', 'church', '4402');
INSERT INTO events.helping VALUES (1, 2, NULL), (2, 2, NULL), (2, 3, now());
INSERT INTO events.going VALUES (1, 1, 3, 'yes'), (2, 2, 1, 'no');
INSERT INTO events.story VALUES (1, 3, 1, 'Wet and fine');
