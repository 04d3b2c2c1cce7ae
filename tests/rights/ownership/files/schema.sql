-- Who may write in a file owns it too; who may only read it has it in their copy.
CREATE SCHEMA files;
CREATE TABLE files.keeper (id int PRIMARY KEY, name text, email text, created_at timestamptz DEFAULT now(), closed_at timestamptz);
CREATE TABLE files.file (id int PRIMARY KEY, keeper_id int REFERENCES files.keeper, name text, password text);
CREATE TABLE files.share (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, file_id int REFERENCES files.file, keeper_id int NOT NULL REFERENCES files.keeper, may text);
CREATE TABLE files.note (id int PRIMARY KEY, file_id int NOT NULL REFERENCES files.file, words text);
INSERT INTO files.keeper (id, name, email) VALUES (1, 'Wil Groen', 'wil@files.example'), (2, 'Xi Vink', 'xi@files.example'), (3, 'Yara Zwart', 'yara@files.example');
INSERT INTO files.file VALUES (1, 1, 'plan.txt', 'rope'), (2, 1, 'list.txt', 'knot'), (3, 2, 'own.txt', 'hitch');
INSERT INTO files.share (file_id, keeper_id, may) VALUES (1, 2, 'write'), (1, 3, 'read'), (2, 3, 'read'), (1, 2, 'read');
INSERT INTO files.note VALUES (1, 1, 'Add a rope'), (2, 2, 'Too long');
