-- What the load draws from. Everything follows from (id, what for, seed) by PostgreSQL's own hash, so that
-- the same seed gives the same company. All of it is gone when the loading session ends.

-- name: dice
CREATE FUNCTION pg_temp.roll(id bigint, draw integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS
    $$ SELECT hashint8extended(id, {seed} * 1000 + draw) & 9223372036854775807 $$;
CREATE FUNCTION pg_temp.pick(id bigint, draw integer, choices integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
    $$ SELECT (pg_temp.roll(id, draw) % choices)::integer $$;
CREATE FUNCTION pg_temp.share(id bigint, draw integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS
    $$ SELECT pg_temp.pick(id, draw, 1000000) / 1000000.0::double precision $$;
CREATE FUNCTION pg_temp.one_of(id bigint, draw integer, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT choices[1 + pg_temp.pick(id, draw, cardinality(choices))] $$;
CREATE FUNCTION pg_temp.today() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
    $$ SELECT {now}::timestamptz $$;
CREATE FUNCTION pg_temp.beginning() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
    $$ SELECT '2018-06-01 00:00:00+00'::timestamptz $$;
CREATE FUNCTION pg_temp.between(since timestamptz, until timestamptz, part double precision) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE AS $$ SELECT since + (until - since) * part $$;
CREATE FUNCTION pg_temp.price(product bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    $$ SELECT ('{{19.00,49.00,79.00,99.00,129.00,149.00,199.00,249.00,299.00,399.00,599.00,899.00}}'::numeric[])[product] $$;
CREATE FUNCTION pg_temp.product_name(product bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT ('{{Notes,Calendar,Backup Home,Backup Office,Archive,Search,Mail Gate,Forms,Pages,Monitor,Cluster Kit,Analyst}}'::text[])[product] $$;

-- name: names
CREATE TEMPORARY TABLE culture (
    name text PRIMARY KEY, language char(2), given text[], family text[]
);
INSERT INTO culture VALUES
('NL', 'nl', '{Anouk,Bram,Carlijn,Daan,Eefje,Floris,Guusje,Hidde,Ilse,Jeroen,Katja,Lotte,Maarten,Nienke,Olivier,Pim,
    Quirine,Roos,Sander,Tessa,Ubbo,Veerle,Wietske,Xandra,Yvonne,Zoë,Sjoerd,Femke,Gijs,Marit,Jelle,Noor,Thijs,Saskia,
    Wouter,Fenna,Ruben,Merel,Joost,Hanneke}',
    '{de Jong,Jansen,de Vries,van den Berg,Bakker,van Dijk,Visser,Smit,Meijer,de Boer,Mulder,de Groot,Bos,Vos,Peters,
    Hendriks,van Leeuwen,Dekker,Brouwer,de Wit,Dijkstra,Smits,de Graaf,van der Meer,Kok,Jacobs,van der Linden,Vermeulen,
    Schouten,Willems,Hoekstra,Koster,Prins,Huisman,Postma,Kuipers,van ''t Hof,Terpstra,IJzerman,Blom}'),
('BE', 'nl', '{Arne,Bieke,Cédric,Delphine,Elke,Fien,Griet,Jef,Karel,Lien,Manon,Nele,Pieter,Stijn,Tine,Wim}',
    '{Peeters,Janssens,Maes,Jacobs,Mertens,Willems,Claes,Goossens,Wouters,De Smet,Dubois,Lambert,Dupont,Vandenberghe}'),
('DE', 'de', '{Anja,Björn,Claudia,Dieter,Elke,Felix,Greta,Holger,Ines,Jürgen,Katrin,Lukas,Mareike,Nils,Petra,Rüdiger}',
    '{Müller,Schmidt,Schneider,Fischer,Weber,Meyer,Wagner,Becker,Schulz,Hoffmann,Schäfer,Koch,Bauer,Richter,Groß,Vogel}'),
('FR', 'fr', '{Adèle,Benoît,Chloé,Damien,Élodie,Fabrice,Gaëlle,Hugo,Inès,Julien,Léa,Mathieu,Noémie,Olivier,Sébastien}',
    '{Martin,Bernard,Thomas,Petit,Robert,Richard,Durand,Leroy,Moreau,Simon,Laurent,Lefèvre,Michel,Garcia,François}'),
('GB', 'en', '{Alice,Ben,Charlotte,Duncan,Emily,Freya,George,Hannah,Imogen,Jack,Kirsty,Liam,Megan,Nigel,Owen,Poppy}',
    '{Smith,Jones,Taylor,Brown,Williams,Wilson,Johnson,Davies,Robinson,Wright,Evans,Walker,O''Connor,Hughes,MacLeod}'),
('TR', 'tr', '{Ayşe,Burak,Ceren,Deniz,Elif,Fatma,Gökhan,Hülya,İbrahim,Kemal,Leyla,Mehmet,Nur,Özgür,Şebnem,Yusuf}',
    '{Yılmaz,Kaya,Demir,Şahin,Çelik,Yıldız,Yıldırım,Öztürk,Aydın,Özdemir,Arslan,Doğan,Kılıç,Aslan,Çetin,Koç}'),
('MA', 'fr', '{Amina,Bilal,Chaima,Driss,Fatima,Hamza,Ikram,Jamila,Karim,Loubna,Mohamed,Nadia,Omar,Rachid,Samira,Youssef}',
    '{El Amrani,Bennani,Alaoui,El Idrissi,Bouzid,Haddad,Ait Said,Chakir,Ouali,El Fassi,Tazi,Berrada,Saidi,Zouhair}'),
('SR', 'nl', '{Anand,Chantal,Dewika,Farida,Glenn,Humphrey,Indra,Jerrel,Kiran,Lucia,Marciano,Naomi,Radjesh,Sherida,Wendell}',
    '{Ramdin,Pinas,Kartosen,Sardjoe,Wijngaarde,Soekhoe,Amatmoekrim,Vreede,Biharie,Zeegelaar,Jubithana,Tjon A Kie}'),
('PL', 'pl', '{Agnieszka,Bartosz,Celina,Dawid,Ewa,Grzegorz,Hanna,Jacek,Katarzyna,Łukasz,Małgorzata,Paweł,Rafał,Zuzanna}',
    '{Nowak,Kowalski,Wiśniewski,Wójcik,Kowalczyk,Kamiński,Lewandowski,Zieliński,Szymański,Woźniak,Dąbrowski,Kozłowski}'),
('ES', 'es', '{Alba,Beatriz,Carlos,Diego,Elena,Fernando,Gonzalo,Inés,Jesús,Lucía,Martín,Núria,Óscar,Pilar,Ramón,Sofía}',
    '{García,Fernández,González,Rodríguez,López,Martínez,Sánchez,Pérez,Gómez,Muñoz,Álvarez,Romero,Navarro,Núñez}'),
('CN', 'en', '{Wei,Fang,Jing,Lei,Min,Na,Qiang,Tao,Xiu,Yan,Ying,Jun,Hui,Ming,Ping}',
    '{Wang,Li,Zhang,Liu,Chen,Yang,Huang,Zhao,Wu,Zhou,Xu,Sun,Ma,Zhu,Hu}'),
('IN', 'en', '{Aarav,Bhavna,Chetan,Deepa,Gaurav,Isha,Jaya,Kavita,Lakshmi,Manish,Neha,Priya,Rahul,Sanjay,Uma,Vikram}',
    '{Sharma,Patel,Singh,Kumar,Gupta,Reddy,Iyer,Nair,Joshi,Mehta,Rao,Das,Chopra,Malhotra,Kapoor}');

CREATE TEMPORARY TABLE place (
    country char(2) PRIMARY KEY, language char(2), dial text, postcode text, streets text[], cities text[]
);
-- Telephone numbers and postcodes that nobody has: 0 stands where no number of that country begins with it.
INSERT INTO place VALUES
('NL', 'nl', '+31 6 0000 ', '0### AA', '{Dorpsstraat,Kerkstraat,Molenweg,Stationsstraat,Beukenlaan,Havenkade,Lindelaan,
    Schoolstraat,Industrieweg,Zandpad,Oranjeplein,Nieuwstraat}',
    '{Amsterdam,Utrecht,Rotterdam,Groningen,Eindhoven,Zwolle,Leiden,Nijmegen,Breda,Leeuwarden,Middelburg,''s-Hertogenbosch}'),
('BE', 'nl', '+32 400 00 ', '0###', '{Kerkstraat,Stationslaan,Molenstraat,Schaarbeeklei,Rue Haute}',
    '{Gent,Antwerpen,Leuven,Brugge,Namur,Liège}'),
('DE', 'de', '+49 150 0000 ', '00###', '{Hauptstraße,Bahnhofstraße,Gartenweg,Lindenallee,Schulstraße}',
    '{Köln,Hamburg,Berlin,München,Münster,Leipzig}'),
('FR', 'fr', '+33 6 39 98 ', '00###', '{Rue de l''Église,Rue du Moulin,Avenue de la Gare,Rue des Écoles}',
    '{Lille,Lyon,Paris,Nantes,Orléans,Besançon}'),
('GB', 'en', '+44 7700 900 ', 'ZZ## 0ZZ', '{High Street,Station Road,Church Lane,Mill Lane,Victoria Road}',
    '{Leeds,Bristol,Cardiff,Glasgow,Norwich,York}'),
('PL', 'pl', '+48 500 000 ', '00-###', '{ulica Szkolna,ulica Leśna,ulica Ogrodowa,ulica Kościelna}',
    '{Kraków,Łódź,Gdańsk,Wrocław,Poznań}'),
('ES', 'es', '+34 600 000 ', '00###', '{Calle Mayor,Calle Real,Avenida de la Estación,Calle Nueva}',
    '{Madrid,Sevilla,Málaga,León,Bilbao}');

CREATE TEMPORARY TABLE person (
    id bigint PRIMARY KEY, created_at timestamptz, closed_at timestamptz, last_day timestamptz, country char(2),
    language char(2), full_name text, email text, phone text, street text, postcode text, city text
);
CREATE FUNCTION pg_temp.postal(p person) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT p.street || ', ' || p.postcode || ' ' || p.city || ', ' || p.country $$;
