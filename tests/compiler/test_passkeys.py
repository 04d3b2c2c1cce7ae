"""The database checks passkeys of people: what a device signs, for this moment, this browser and this place."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from houvast.database import DatabaseError
from tests.compiler.asking import Refused, rows, value
from tests.compiler.checks import BROWSER, OTHER, PEOPLE, is_live, signed_in
from tests.compiler.company import Company
from tests.compiler.test_cases import told
from tests.compiler.test_signatures import SHA, point
from tests.compiler.whole import OFFICER

HOST = "privacy.lakana.example"
ORIGIN = f"https://{HOST}"


@dataclass
class Device:
    """Something that keeps one passkey. `flags` 5: somebody was there, and it knew them."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    origin: str = ORIGIN
    host: str = HOST
    counter: int = 0
    flags: int = 5

    def said(self, what: str, challenge: str) -> bytes:
        """What the browser says."""
        return json.dumps({"type": f"webauthn.{what}", "challenge": challenge, "origin": self.origin}).encode()

    def here(self, more: int = 0) -> bytes:
        """What the device says."""
        return (
            hashlib.sha256(self.host.encode()).digest() + bytes([self.flags | more]) + self.counter.to_bytes(4, "big")
        )

    def made(self) -> bytes:
        """What it says when the passkey is made."""
        public = point(self.key)
        cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + public[:32] + b"\x22\x58\x20" + public[32:]
        return self.here(64) + bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cose

    def signed(self, challenge: str) -> tuple[bytes, bytes, bytes]:
        """(client, authenticator, signature)."""
        client, here = self.said("get", challenge), self.here()
        return client, here, self.key.sign(here + hashlib.sha256(client).digest(), SHA)


def add(company: Company, device: Device, secret: str) -> bool:
    """Add a passkey, as the pages do."""
    pages = company.session(PEOPLE)
    ((number, challenge),) = rows(pages, "SELECT id, challenge FROM houvast.begin_own_passkey(%s)", secret)
    said = device.said("create", challenge)
    return value(pages, "SELECT houvast.add_own_passkey(%s, %s, %s, %s)", secret, number, said, device.made())


def begun(company: Company) -> tuple[str, str]:
    """The number of something to sign, and what."""
    ((number, challenge),) = company.do("SELECT id, challenge FROM houvast.begin_passkey(%s)", BROWSER)
    return str(number), challenge


def come_in(company: Company, device: Device, credential: bytes = b"", browser: str = BROWSER) -> str:
    """The secret that a device gets, right or wrong."""
    number, challenge = begun(company)
    return answered(company, number, credential or device.credential, device.signed(challenge), browser)


def answered(
    company: Company, number: str, credential: bytes, signed: tuple[bytes, bytes, bytes], browser: str = BROWSER
) -> str:
    """The secret that this gives."""
    text = "SELECT houvast.answer_passkey(%s, %s, %s, %s, %s, %s)"
    return value(company.admin, text, number, browser, credential, *signed)


@pytest.fixture
def device(company: Company) -> Device:
    """The device of customer 1."""
    found = Device()
    assert add(company, found, signed_in(company))
    return found


def test_a_passkey_opens_the_data_of_its_person_and_of_nobody_else(company: Company, device: Device) -> None:
    secret = come_in(company, device)
    pages = company.session(PEOPLE)
    assert rows(pages, "SELECT kind, key FROM houvast.open_session_use(%s, 'a test')", secret) == [("customer", "1")]
    assert rows(pages, "SELECT id FROM contact") == [(1,)]
    assert told(company, "person_checked")[-1] == {"outcome": "right", "method": "passkey", "level": 2}
    changes = [one for one in told(company, "person_state_changed") if one["what"] == "passkey"]
    assert changes == [{"what": "passkey", "change": "set"}]
    assert company.do("SELECT to_key FROM houvast.outgoing WHERE template = 'passkey'") == [("1",)]


def test_three_days_later_it_is_as_sure_as_two_ways(company: Company, device: Device) -> None:
    company.do("UPDATE houvast.passkey SET made_at = made_at - interval '3 days'")
    level = "SELECT level, method FROM houvast.session_now(%s)"
    assert company.do(level, come_in(company, device)) == [(3, "passkey")]
    company.do("UPDATE houvast.request SET closed_at = now() WHERE session")
    number = company.do("SELECT id, code FROM houvast.take_request('customer:1', 'erasure', 'mail', 'en')")[0]
    assert (
        value(company.session(PEOPLE), "SELECT houvast.claim_case(%s, %s, 'yes')", come_in(company, device), number[1])
        == "yes"
    )


def test_what_is_not_signed_by_it_here_and_now_opens_nothing(company: Company, device: Device) -> None:
    wrong = {
        "another key": replace(device, key=ec.generate_private_key(ec.SECP256R1())),
        "another place": replace(device, origin="https://evil.example"),
        "another place that signs for another host": replace(
            device, origin="https://evil.example", host="evil.example"
        ),
        "nobody was there": replace(device, flags=4),
        "the device did not know them": replace(device, flags=1),
    }
    assert {why: is_live(company, come_in(company, one)) for why, one in wrong.items()} == dict.fromkeys(wrong, False)
    assert not is_live(company, come_in(company, device, credential=secrets.token_bytes(32)))
    assert not is_live(company, come_in(company, device, browser=OTHER))
    number, challenge = begun(company)
    signed = device.signed(challenge)
    client, here, signature = signed
    assert not is_live(company, answered(company, begun(company)[0], device.credential, signed))  # of another moment
    for spoiled in ((b"no json", here, signature), (b"\xff", here, signature), (b"[]", here, signature), (client, b"", signature),
                    (client, here, b""), (client.replace(b".get", b".create"), here, signature)):  # fmt: skip
        assert not is_live(company, answered(company, begun(company)[0], device.credential, spoiled))
    assert is_live(company, answered(company, number, device.credential, signed))
    assert not is_live(company, answered(company, number, device.credential, signed))
    old, challenge = begun(company)
    company.do("UPDATE houvast.ceremony SET until = clock_timestamp()")
    assert not is_live(company, answered(company, old, device.credential, device.signed(challenge)))


def test_a_passkey_that_was_copied_is_found_out_by_its_count(company: Company) -> None:
    device = Device(counter=5)
    add(company, device, signed_in(company))
    assert not is_live(company, come_in(company, device))
    assert is_live(company, come_in(company, replace(device, counter=6)))
    assert not is_live(company, come_in(company, replace(device, counter=6)))


def test_an_answer_is_no_session_before_it_is_committed(company: Company, device: Device) -> None:
    number, challenge = begun(company)
    with company.admin.transaction(force_rollback=True):
        secret = answered(company, number, device.credential, device.signed(challenge))
        assert not is_live(company, secret)
    assert not is_live(company, secret)


def test_only_who_is_signed_in_now_adds_one_and_takes_it_away(company: Company, device: Device) -> None:
    secret, pages = signed_in(company), company.session(PEOPLE)
    live = come_in(company, device)
    other = signed_in(company, "wim@lakana.example")
    ((name, _, used),) = rows(pages, "SELECT * FROM houvast.own_passkeys(%s)", secret)
    assert used is not None
    remove = "SELECT houvast.remove_own_passkey(%s, %s)"
    assert value(company.session(PEOPLE), remove, other, name) is False
    for nobody in ("", "0" * 64):
        with pytest.raises(Refused, match="session of nobody"):
            rows(company.session(PEOPLE), "SELECT houvast.begin_own_passkey(%s)", nobody)
    assert add(company, replace(device, credential=secrets.token_bytes(32)), secret) is True
    assert add(company, device, secret) is False  # it is there already
    for spoiled in (replace(device, flags=1), replace(device, host="evil.example")):
        assert add(company, replace(spoiled, credential=secrets.token_bytes(32)), secret) is False
    ((number, challenge),) = rows(pages, "SELECT id, challenge FROM houvast.begin_own_passkey(%s)", secret)
    values = (number, Device().said("create", challenge), Device().made())
    assert value(company.session(PEOPLE), "SELECT houvast.add_own_passkey(%s, %s, %s, %s)", other, *values) is False
    assert value(pages, remove, secret, name) is True
    assert not is_live(company, live)
    assert not is_live(company, come_in(company, device))
    company.do("UPDATE houvast.person_session SET seen_at = seen_at - interval '16 minutes'")
    with pytest.raises(DatabaseError, match="a code of this moment"):
        rows(company.session(PEOPLE), "SELECT houvast.begin_own_passkey(%s)", secret)


def test_no_more_than_five_are_kept(company: Company, device: Device) -> None:
    secret = signed_in(company)
    made = [add(company, Device(), secret) for _ in range(5)]
    assert (made, device.counter) == ([True, True, True, True, False], 0)


def test_who_is_erased_has_no_passkey_left(company: Company, device: Device) -> None:
    request = """INSERT INTO houvast.request (kind, key, "right", level, verified_at) VALUES ('customer', '1', 'erasure', 4, now())"""
    company.do(request)
    erasing = company.using(OFFICER, "rights", person=1)
    gone = (
        company.do("SELECT count(*) FROM message m JOIN ticket t ON t.id = m.ticket_id WHERE t.account_id = 1")[0][0]
        + 1
    )
    rows(erasing, "BEGIN; DELETE FROM message; DELETE FROM contact")
    rows(erasing, f"SELECT houvast.tell_erasure({gone}, 0, 0, 9); COMMIT")
    assert company.do("SELECT count(*) FROM houvast.passkey") == [(0,)]
    assert not is_live(company, come_in(company, device))


def test_the_pages_cannot_write_a_passkey_or_read_one(company: Company) -> None:
    for text in ("SELECT * FROM houvast.passkey", "DELETE FROM houvast.ceremony", "SELECT houvast.public_of('')"):
        with pytest.raises(Refused, match="permission denied"):
            rows(company.session(PEOPLE), text)
