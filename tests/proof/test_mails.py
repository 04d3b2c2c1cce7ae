"""What becomes of mail to the address for privacy is proven; each weakening of what keeps it is found out."""

from __future__ import annotations

import pytest

from houvast.proof.handling import Handling
from houvast.proof.mails import SORT, mails
from houvast.proof.words import tried
from tests.proof.conftest import Sabotage
from tests.proof.test_handling import disabled

TAKES = (
    "FUNCTION houvast.take_mail(text, timestamptz, text, text, text[], jsonb, text[], text, text, text, text, boolean,"
    " uuid[])"
)
LOST = (
    f"ALTER {TAKES} RENAME TO kept_one; CREATE {TAKES} RETURNS bigint LANGUAGE sql AS $$ SELECT NULL::bigint $$",
    f"DROP {TAKES}; ALTER {TAKES.replace('take_mail', 'kept_one')} RENAME TO take_mail",
)
VERIFIES = (
    "CREATE FUNCTION houvast.believes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NEW.channel = 'mail' THEN NEW.verified_at := now(); NEW.level := 2; END IF; RETURN NEW; END $$;"
    " CREATE TRIGGER believes BEFORE INSERT ON houvast.request FOR EACH ROW EXECUTE FUNCTION houvast.believes()",
    "DROP TRIGGER believes ON houvast.request; DROP FUNCTION houvast.believes()",
)
WAYS = {
    "nothing keeps mail": disabled("hv_keep_incoming", "incoming"),
    "mail is not told": disabled("hv_tell_incoming", "incoming"),
    "mail is lost": LOST,
    "a header is believed": VERIFIES,
    "one mail is two": (
        "ALTER TABLE houvast.incoming DROP CONSTRAINT incoming_digest_key;"
        " CREATE FUNCTION houvast.another() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " NEW.digest := encode(sha256(uuid_send(gen_random_uuid())), 'hex'); RETURN NEW; END $$;"
        " CREATE TRIGGER another BEFORE INSERT ON houvast.incoming FOR EACH ROW EXECUTE FUNCTION houvast.another()",
        "DROP TRIGGER another ON houvast.incoming; DROP FUNCTION houvast.another();"
        " ALTER TABLE houvast.incoming ADD CONSTRAINT incoming_digest_key UNIQUE (digest)",
    ),
}


def test_every_attempt_goes_as_promised(handling: Handling) -> None:
    attempts = list(mails(handling))
    assert [(one.name, one.seen) for one in attempts if not one.passed] == []
    assert any(one.control for one in attempts)
    assert len(attempts) >= 20
    assert {one.sort for one in attempts} == {SORT}
    assert tried(SORT) == {"C32"}


@pytest.mark.parametrize("way", WAYS)
def test_what_no_longer_keeps_mail_is_found_out(handling: Handling, sabotaged: Sabotage, way: str) -> None:
    weaken, undo = WAYS[way]
    with sabotaged(weaken, undo):
        assert any(not one.passed for one in mails(handling))
    assert all(one.passed for one in mails(handling))


def test_nothing_that_was_tried_stays(handling: Handling) -> None:
    counted = b"SELECT (SELECT count(*) FROM houvast.incoming), (SELECT count(*) FROM houvast.outgoing)"
    before = handling.connection.execute(counted).fetchone()
    list(mails(handling))
    assert handling.connection.execute(counted).fetchone() == before
