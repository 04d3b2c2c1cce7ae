-- name: outgoing
-- Mail that waits to be sent: to an address, or to a person at the address on file when it is sent. `template`: which text,
-- filled with `values`; what stands in either is gone once it is sent. A blank is for an address that nobody here has: it
-- costs what a letter costs, and is not sent. Not sent either after `until` (promise C35).
CREATE TABLE IF NOT EXISTS houvast.outgoing (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), to_kind text COLLATE "C", to_key text COLLATE "C", address text,
    template text NOT NULL, language text NOT NULL DEFAULT 'nl' CHECK (language IN ('nl', 'en')),
    "values" jsonb NOT NULL DEFAULT '{}', blank boolean NOT NULL DEFAULT false,
    queued_at timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL DEFAULT 'infinity',
    tries int NOT NULL DEFAULT 0, sent_at timestamptz, dropped text CHECK (dropped IN ('blank', 'late', 'no address', 'refused')),
    CHECK ((to_kind IS NULL) = (to_key IS NULL)), CHECK (sent_at IS NULL OR dropped IS NULL),
    CHECK (blank OR sent_at IS NOT NULL OR dropped IS NOT NULL OR address IS NOT NULL OR to_key IS NOT NULL));
CREATE INDEX IF NOT EXISTS outgoing_waits ON houvast.outgoing (queued_at) WHERE sent_at IS NULL AND dropped IS NULL;
COMMENT ON TABLE houvast.outgoing IS 'Mail that waits to be sent to people, and when what went before was sent (promise C35).';
