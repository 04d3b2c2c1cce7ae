-- name: tables
-- The newsletter, as the agency made it that sent it first.
CREATE TABLE edition (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY, customer_number INTEGER, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, since TEXT NOT NULL DEFAULT CURRENT_DATE);
CREATE TABLE sent (
    id INTEGER PRIMARY KEY, subscriber_id INTEGER NOT NULL REFERENCES subscriber, address TEXT NOT NULL, subject TEXT NOT NULL,
    sent_at TEXT NOT NULL DEFAULT CURRENT_DATE);
CREATE INDEX sent_subscriber ON sent (subscriber_id);
INSERT INTO edition (title) VALUES ('Autumn'), ('Winter'), ('Spring');

-- name: subscriber
-- A customer who reads it.
INSERT INTO subscriber (customer_number, email, name) VALUES (?, ?, ?);

-- name: sent
-- Each reader got each edition.
INSERT INTO sent (subscriber_id, address, subject) SELECT s.id, s.email, e.title FROM subscriber s, edition e;
