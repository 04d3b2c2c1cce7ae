-- The database of a bicycle workshop that also rents out: Dutch and English mixed. Written after the vocabulary, and
-- the vocabulary was not changed for it: it shows what to expect of a database that nobody has seen.
CREATE TABLE klanten (
    klant_id      serial PRIMARY KEY,
    naam          text NOT NULL,
    bedrijfsnaam  text,
    mobiel        text,
    mail          text,
    adres         text,
    pc            text,
    plaats        text,
    btw_nummer    text,
    opmerkingen   text,
    nieuwsbrief   boolean DEFAULT false,
    created       timestamp NOT NULL DEFAULT now(),
    gearchiveerd  timestamp
);
CREATE TABLE fietsen (
    fiets_id      serial PRIMARY KEY,
    klant_id      integer NOT NULL REFERENCES klanten,
    merk          text,
    framenummer   text,
    kleur         text,
    aankoopdatum  date,
    foto_url      text
);
CREATE TABLE monteurs (monteur_id serial PRIMARY KEY, naam text NOT NULL, tarief numeric(6, 2));
CREATE TABLE werkorders (
    werkorder_id  serial PRIMARY KEY,
    fiets_id      integer NOT NULL REFERENCES fietsen,
    monteur_id    integer REFERENCES monteurs,
    klacht        text NOT NULL,
    diagnose      text,
    status        text NOT NULL,
    ingepland     date,
    binnen_op     timestamp NOT NULL DEFAULT now(),
    klaar_op      timestamp
);
CREATE TABLE werkorder_regels (
    id            serial PRIMARY KEY,
    werkorder_id  integer NOT NULL REFERENCES werkorders,
    artikel_id    integer,
    aantal        integer NOT NULL,
    prijs         numeric(8, 2) NOT NULL
);
CREATE TABLE artikelen (artikel_id serial PRIMARY KEY, omschrijving text NOT NULL, voorraad integer, prijs numeric(8, 2));
CREATE TABLE rentals (
    id            serial PRIMARY KEY,
    klant_id      integer NOT NULL REFERENCES klanten,
    rental_bike   integer NOT NULL,
    start_date    date NOT NULL,
    end_date      date,
    deposit       numeric(8, 2),
    id_document   text
);
CREATE TABLE facturen (
    id            serial PRIMARY KEY,
    klant_id      integer NOT NULL REFERENCES klanten,
    nr            text NOT NULL,
    datum         date NOT NULL,
    totaal        numeric(10, 2) NOT NULL,
    betaald       date,
    tenaamstelling text
);
CREATE TABLE sms_log (id serial PRIMARY KEY, nummer text, tekst text, verzonden timestamp);
CREATE TABLE reviews (
    id            serial PRIMARY KEY,
    klant_id      integer REFERENCES klanten,
    sterren       integer,
    tekst         text
);
CREATE TABLE agenda (id serial PRIMARY KEY, datum date, omschrijving text, medewerker text);
CREATE TABLE openingstijden (dag text PRIMARY KEY, open time, dicht time);
