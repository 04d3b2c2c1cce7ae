"""The database checks what an issuer says of somebody: its signature, for whom, for which visit, and whose the account is."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.compiler.asking import Refused, rows, value
from tests.compiler.checks import BROWSER, OTHER, PEOPLE, VERA, is_live, signed_in
from tests.compiler.company import Company
from tests.compiler.test_cases import told
from tests.compiler.test_signatures import SHA, point
from tests.compiler.whole import OFFICER

ISSUER = "https://id.example"
CLIENT = "houvast"
Claims = Mapping[str, Any]


def b64(data: bytes) -> str:
    """As a token has it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Issuer:
    """An issuer with a key of its own, known to the database."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def token(self, claims: Claims, head: Claims | None = None) -> str:
        """A token that says this."""
        parts = [b64(json.dumps(one).encode()) for one in (head or {"alg": "ES256", "kid": "1"}, claims)]
        r, s = decode_dss_signature(self.key.sign(".".join(parts).encode(), SHA))
        return ".".join([*parts, b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))])


@pytest.fixture
def issuer(company: Company) -> Issuer:
    """An issuer of which the settings say that a checked mail address is enough."""
    found = Issuer()
    company.do(
        "INSERT INTO houvast.oidc_issuer (name, issuer, client, by_mail, level, acr, enter, exchange, fetched_at)"
        " VALUES ('id', %s, %s, true, 2, '{}', 'https://id.example/in', 'https://id.example/token', now())", ISSUER, CLIENT,
    )  # fmt: skip
    company.do("INSERT INTO houvast.oidc_key VALUES ('id', '1', 'ES256', %s)", point(found.key))
    return found


def gone(company: Company, browser: str = BROWSER) -> tuple[str, str]:
    """Somebody goes to the issuer: the state and the nonce."""
    ((state, nonce),) = company.do("SELECT state, nonce FROM houvast.begin_oidc('id', %s, 'nl')", browser)
    return state, nonce


def back(company: Company, state: str, browser: str = BROWSER, name: str = "id") -> bool:
    """They come back; whether they are known."""
    return bool(company.do("SELECT * FROM houvast.take_oidc(%s, %s, %s)", name, state, browser))


def claims(said_back: str, **more: object) -> dict[str, object]:
    """What an issuer says of Vera."""
    now = int(time.time())
    return {"iss": ISSUER, "aud": CLIENT, "sub": "vera-1", "email": VERA, "email_verified": True, "nonce": said_back,
            "iat": now, "exp": now + 300, "auth_time": now, **more}  # fmt: skip


def answered(company: Company, state: str, token: str, browser: str = BROWSER) -> str:
    """The secret that a token gave, right or wrong."""
    return value(company.admin, "SELECT houvast.answer_oidc(%s, %s, %s)", state, browser, token)


def come_in(company: Company, issuer: Issuer, head: Claims | None = None, **more: object) -> str:
    """The secret that somebody gets who signed in at the issuer; claims that are None are left out."""
    state, nonce = gone(company)
    assert back(company, state)
    said = {name: one for name, one in claims(nonce, **more).items() if one is not None}
    return answered(company, state, issuer.token(said, head))


def test_a_checked_address_on_file_opens_the_data_of_its_person_and_of_nobody_else(
    company: Company, issuer: Issuer
) -> None:
    secret = come_in(company, issuer)
    pages = company.session(PEOPLE)
    assert rows(pages, "SELECT kind, key FROM houvast.open_session_use(%s, 'a test')", secret) == [("customer", "1")]
    assert rows(pages, "SELECT id FROM contact") == [(1,)]
    assert told(company, "person_checked")[-1] == {"outcome": "right", "method": "oidc", "level": 2}
    assert [one for one in told(company, "person_state_changed") if one["what"] == "oidc"] == [
        {"what": "oidc", "change": "set"}
    ]
    mailed = company.do("""SELECT to_key, "values" FROM houvast.outgoing WHERE template = 'oidc'""")
    assert mailed == [("1", {"site": "id.example"})]
    ((account,),) = company.do("SELECT account FROM houvast.oidc_link")
    assert b"vera" not in bytes(account)


def test_afterwards_the_account_is_known_by_its_sub_alone(company: Company, issuer: Issuer) -> None:
    assert is_live(company, come_in(company, issuer))
    assert is_live(company, come_in(company, issuer, email=None))
    assert is_live(company, come_in(company, issuer, email="other@else.example"))
    assert not is_live(company, come_in(company, issuer, sub="somebody else"))  # whoever got Vera's address there
    assert not is_live(company, come_in(company, issuer, sub="VERA-1", email=None))


WRONG: tuple[dict[str, Any], ...] = (
    {"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}, {"email": "nobody@lakana.example"},
    {"email": ""}, {"email": None}, {"email": [VERA]}, {"email": "x" * 400 + VERA}, {"email": "a\x00b"},
    {"iss": "https://evil.example"}, {"iss": ISSUER + "/"}, {"iss": None}, {"aud": "other"}, {"aud": [CLIENT, "other"]},
    {"aud": None}, {"aud": []}, {"azp": "other"}, {"nonce": "0" * 64}, {"nonce": None}, {"exp": 1}, {"exp": None},
    {"exp": "9999999999"}, {"iat": 1}, {"iat": None}, {"iat": 9999999999}, {"nbf": 9999999999}, {"nbf": "soon"},
    {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}, {"sub": " vera"},
    {"head": {"alg": "none"}}, {"head": {"alg": "HS256", "kid": "1"}}, {"head": {"alg": "ES256", "kid": "2"}},
    {"head": {"alg": "RS256", "kid": "1"}}, {"head": {"alg": "ES256", "kid": "1", "crit": ["b64"]}}, {"head": {"kid": "1"}},
)  # fmt: skip
TOKENS = ("", "a.b.c", "e30.e30.e30", "e30.e30.", ".e30.e30", "W10.W10.AA", "e30.e30.e30.e30", "_.-._", "é.é.é",
          "e30." + "e30" * 9000 + ".AA", "e30." + b64(b"[" * 9000) + ".AA")  # fmt: skip


def test_what_is_not_said_of_them_here_and_now_opens_nothing(company: Company, issuer: Issuer) -> None:
    assert [one for one in WRONG if is_live(company, come_in(company, issuer, **one))] == []
    assert company.do("SELECT count(*) FROM houvast.oidc_link") == [(0,)]


def test_what_is_no_token_opens_nothing(company: Company, issuer: Issuer) -> None:
    for token in TOKENS:
        state, _ = gone(company)
        assert back(company, state)
        assert not is_live(company, answered(company, state, token))


def test_what_another_key_signed_and_what_was_changed_open_nothing(company: Company, issuer: Issuer) -> None:
    assert not is_live(company, come_in(company, Issuer()))
    state, nonce = gone(company)
    assert back(company, state)
    head, said, signature = issuer.token(claims(nonce)).split(".")
    forged = b64(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).replace(b"vera-1", b"vera-2"))
    assert not is_live(company, answered(company, state, f"{head}.{forged}.{signature}"))


def test_a_key_that_was_not_seen_for_a_day_is_none(company: Company, issuer: Issuer) -> None:
    company.do("UPDATE houvast.oidc_issuer SET fetched_at = now() - interval '25 hours'")
    assert not is_live(company, come_in(company, issuer))
    assert company.do("SELECT * FROM houvast.oidc_place('id')") == []


def test_a_visit_comes_back_once_in_its_browser_from_its_issuer_and_in_time(company: Company, issuer: Issuer) -> None:
    state, nonce = gone(company)
    token = issuer.token(claims(nonce))
    assert not is_live(company, answered(company, state, token))  # nobody came back yet
    assert not back(company, state, OTHER)
    assert not back(company, state, name="other")
    assert back(company, state)
    assert not back(company, state)
    assert not is_live(company, answered(company, state, token, OTHER))
    assert not is_live(company, answered(company, gone(company)[0], token))
    assert is_live(company, answered(company, state, token))
    assert not is_live(company, answered(company, state, token))
    old, nonce = gone(company)
    company.do("UPDATE houvast.oidc_visit SET until = clock_timestamp()")
    assert not back(company, old)


def test_an_address_that_has_just_changed_links_nobody(company: Company, issuer: Issuer) -> None:
    company.do("UPDATE contact SET email = 'new@lakana.example' WHERE id = 1")
    assert not is_live(company, come_in(company, issuer, email="new@lakana.example"))
    company.do("UPDATE houvast.contact_change SET at = at - interval '4 days'")
    assert is_live(company, come_in(company, issuer, email="new@lakana.example"))


def test_where_an_address_is_not_enough_somebody_links_their_account_themselves(
    company: Company, issuer: Issuer
) -> None:
    company.do("UPDATE houvast.oidc_issuer SET by_mail = false")
    assert not is_live(company, come_in(company, issuer))
    assert link(company, issuer, signed_in(company))
    assert is_live(company, come_in(company, issuer, email=None))


def link(company: Company, issuer: Issuer, secret: str, answers: str = "", **more: object) -> bool:
    """Link an account in a session; `answers`: the session in which they come back."""
    pages = company.session(PEOPLE)
    ((state, nonce),) = rows(
        pages, "SELECT state, nonce FROM houvast.begin_own_oidc(%s, 'id', %s, 'nl')", secret, BROWSER
    )
    assert back(company, state)
    token = issuer.token(claims(nonce, **more))
    assert not is_live(company, answered(company, state, token))  # it was begun to link, not to come in
    return value(pages, "SELECT houvast.add_own_oidc(%s, %s, %s, %s)", answers or secret, state, BROWSER, token)


def test_an_account_is_of_one_person_and_a_person_has_one(company: Company, issuer: Issuer) -> None:
    mine, other = signed_in(company), signed_in(company, company.do("SELECT email FROM contact WHERE id = 2")[0][0])
    assert not link(company, issuer, mine, other)
    assert link(company, issuer, mine)
    assert link(company, issuer, mine)
    assert not link(company, issuer, mine, sub="another account")
    assert not link(company, issuer, other)
    assert link(company, issuer, other, sub="of the other")


def test_who_signed_in_there_long_ago_is_not_linked(company: Company, issuer: Issuer) -> None:
    """It may be somebody else's account that stands open in their browser."""
    secret, now = signed_in(company), time.time()
    pages = company.session(PEOPLE)
    ((state, nonce),) = rows(pages, "SELECT * FROM houvast.begin_own_oidc(%s, 'id', %s, 'en')", secret, BROWSER)
    company.do("SELECT * FROM houvast.take_oidc('id', %s, %s)", state, BROWSER)
    said = {"iss": ISSUER, "aud": CLIENT, "sub": "of another", "nonce": nonce, "exp": now + 300, "iat": now}
    token = issuer.token({**said, "auth_time": now - 86400})
    assert not value(pages, "SELECT houvast.add_own_oidc(%s, %s, %s, %s)", secret, state, BROWSER, token)


def test_what_somebody_took_away_no_address_links_again(company: Company, issuer: Issuer) -> None:
    there = come_in(company, issuer)
    mine = signed_in(company)
    pages = company.session(PEOPLE)
    ((where, _, used),) = rows(pages, "SELECT * FROM houvast.own_oidc(%s)", mine)
    assert (where, used is None) == (ISSUER, False)
    remove = "SELECT houvast.remove_own_oidc(%s, %s)"
    assert value(pages, remove, mine, ISSUER) is True
    assert value(pages, remove, mine, ISSUER) is False
    assert (is_live(company, there), is_live(company, mine)) == (False, True)
    assert rows(pages, "SELECT * FROM houvast.own_oidc(%s)", mine) == []
    assert not is_live(company, come_in(company, issuer))
    assert not is_live(company, come_in(company, issuer, sub="another account"))
    assert link(company, issuer, mine)
    assert is_live(company, come_in(company, issuer))


def test_more_than_a_code_it_is_where_settings_token_and_time_say_so(company: Company, issuer: Issuer) -> None:
    level = "SELECT level FROM houvast.session_now(%s)"
    assert company.do(level, come_in(company, issuer, acr="high")) == [(2,)]
    company.do("UPDATE houvast.oidc_issuer SET level = 3, acr = '{high}'")
    assert company.do(level, come_in(company, issuer, acr="high")) == [(2,)]  # linked today
    company.do("UPDATE houvast.oidc_link SET made_at = made_at - interval '3 days'")
    assert company.do(level, come_in(company, issuer, acr="high")) == [(3,)]
    assert company.do(level, come_in(company, issuer, acr="low")) == [(2,)]
    assert company.do(level, come_in(company, issuer)) == [(2,)]


def test_it_is_of_this_moment_when_the_issuer_says_so(company: Company, issuer: Issuer) -> None:
    now = int(time.time())
    cases: dict[Any, bool] = {now: True, now - 60: True, now - 1000: False, None: False, "now": False, 9e300: False}
    fresh = "SELECT fresh FROM houvast.session_now(%s)"
    assert {at: company.do(fresh, come_in(company, issuer, auth_time=at))[0][0] for at in cases} == cases


def test_rsa_is_taken_too_and_a_key_without_a_name_when_it_is_the_only_one(company: Company, issuer: Issuer) -> None:
    key = rsa.generate_private_key(65537, 2048)
    modulus = key.public_key().public_numbers().n.to_bytes(256, "big")
    company.do("INSERT INTO houvast.oidc_key VALUES ('id', 'r', 'RS256', %s)", modulus)
    for head in ({"alg": "RS256", "kid": "r"}, {"alg": "RS256"}):
        state, nonce = gone(company)
        assert back(company, state)
        signed = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims(nonce)).encode())}"
        assert is_live(
            company, answered(company, state, f"{signed}.{b64(key.sign(signed.encode(), PKCS1v15(), hashes.SHA256()))}")
        )
    company.do("INSERT INTO houvast.oidc_key VALUES ('id', '2', 'ES256', %s)", point(Issuer().key))
    assert not is_live(company, come_in(company, issuer, {"alg": "ES256"}))


def test_no_session_is_there_before_the_commit_and_none_when_it_never_comes(company: Company, issuer: Issuer) -> None:
    state, nonce = gone(company)
    assert back(company, state)
    company.do("BEGIN")
    given = answered(company, state, issuer.token(claims(nonce)))
    assert not is_live(company, given)
    company.do("ROLLBACK")
    assert not is_live(company, given)


def test_who_is_erased_has_no_link_left(company: Company, issuer: Issuer) -> None:
    come_in(company, issuer)
    company.do(
        """INSERT INTO houvast.request (kind, key, "right", level, verified_at) VALUES ('customer', '1', 'erasure', 4, now())"""
    )
    erasing = company.using(OFFICER, "rights", person=1)
    messages = company.do("SELECT count(*) FROM message m JOIN ticket t ON t.id = m.ticket_id WHERE t.account_id = 1")[
        0
    ][0]
    rows(erasing, "BEGIN; DELETE FROM message; DELETE FROM contact")
    rows(erasing, f"SELECT houvast.tell_erasure({messages + 1}, 0, 0, 9); COMMIT")
    assert company.do("SELECT count(*) FROM houvast.oidc_link") == [(0,)]
    assert not is_live(company, come_in(company, issuer))


def test_the_pages_can_write_no_issuer_no_key_and_no_link(company: Company, issuer: Issuer) -> None:
    for text in ("SELECT * FROM houvast.oidc_link", "UPDATE houvast.oidc_issuer SET level = 3", "DELETE FROM houvast.oidc_key",
                 "SELECT houvast.link_oidc('', '', '', '', true)", "SELECT houvast.oidc_said('', '', '', now())"):  # fmt: skip
        with pytest.raises(Refused):
            rows(company.session(PEOPLE), text)
