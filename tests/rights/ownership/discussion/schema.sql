-- Two kinds of people: what a commenter writes is in the copy of whose site it is on, without the address that it came from.
CREATE SCHEMA discussion;
CREATE TABLE discussion.host (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE discussion.commenter (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE discussion.site (id int PRIMARY KEY, host_id int NOT NULL REFERENCES discussion.host, title text);
CREATE TABLE discussion.page (id int PRIMARY KEY, site_id int NOT NULL REFERENCES discussion.site ON DELETE CASCADE, path text);
CREATE TABLE discussion.comment (
    id int PRIMARY KEY, page_id int REFERENCES discussion.page ON DELETE SET NULL, commenter_id int NOT NULL REFERENCES discussion.commenter,
    judged_by int REFERENCES discussion.host ON DELETE SET NULL, words text, came_from text);
CREATE TABLE discussion.vote (id int PRIMARY KEY, comment_id int REFERENCES discussion.comment ON DELETE SET NULL, commenter_id int NOT NULL REFERENCES discussion.commenter, way text);
INSERT INTO discussion.host (id, name, email) VALUES (1, 'Kim Jansen', 'kim@discussion.example'), (2, 'Lot Meijer', 'lot@discussion.example');
INSERT INTO discussion.commenter (id, name, email) VALUES (1, 'Max Visser', 'max@discussion.example'), (2, 'Noa Maas', 'noa@discussion.example');
INSERT INTO discussion.site VALUES (1, 1, 'Gardens'), (2, 2, 'Boats');
INSERT INTO discussion.page VALUES (1, 1, '/roses'), (2, 2, '/sails');
INSERT INTO discussion.comment VALUES (1, 1, 1, 2, 'Water them', '192.0.2.1'), (2, 1, 2, NULL, 'Not too much', '192.0.2.2'), (3, 2, 1, NULL, 'Reef early', '192.0.2.1');
INSERT INTO discussion.vote VALUES (1, 1, 2, 'up');
