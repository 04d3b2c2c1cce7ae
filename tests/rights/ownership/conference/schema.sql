-- Papers belong to all who are named as authors; a reviewer writes alone, and who that was stays hidden from the authors.
CREATE SCHEMA conference;
CREATE TABLE conference.researcher (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE conference.paper (id int PRIMARY KEY, title text, abstract text);
CREATE TABLE conference.authorship (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, paper_id int NOT NULL REFERENCES conference.paper,
    researcher_id int NOT NULL REFERENCES conference.researcher, role text NOT NULL);
CREATE TABLE conference.review (
    id int PRIMARY KEY, paper_id int REFERENCES conference.paper ON DELETE SET NULL,
    reviewer_id int NOT NULL REFERENCES conference.researcher, verdict text, to_the_chairs text);
CREATE TABLE conference.conflict (
    id int PRIMARY KEY, researcher_id int NOT NULL REFERENCES conference.researcher, with_whom text);
CREATE TABLE conference.rebuttal (id int PRIMARY KEY, paper_id int NOT NULL REFERENCES conference.paper, words text);
INSERT INTO conference.researcher (id, name, email) VALUES
    (1, 'Ada Vries', 'ada@conference.example'), (2, 'Bo Mulder', 'bo@conference.example'),
    (3, 'Cem Smit', 'cem@conference.example'), (4, 'Dee Bos', 'dee@conference.example');
INSERT INTO conference.paper VALUES (1, 'On ropes', 'Ropes hold.'), (2, 'On knots', 'Knots hold ropes.');
INSERT INTO conference.authorship (paper_id, researcher_id, role) VALUES
    (1, 1, 'author'), (1, 2, 'author'), (2, 2, 'author'), (2, 1, 'contact'), (1, 1, 'contact');
INSERT INTO conference.review VALUES (1, 1, 3, 'Accept.', 'Weak, but short.'), (2, 2, 4, 'Reject.', 'Seen before.');
INSERT INTO conference.conflict VALUES (1, 3, 'a former student');
INSERT INTO conference.rebuttal VALUES (1, 1, 'It is not weak.');
