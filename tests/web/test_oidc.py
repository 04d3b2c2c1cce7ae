"""Signing in elsewhere: with a real provider, and with one that does what it should not."""

from __future__ import annotations

import base64
import hmac
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from houvast.app import oidc
from houvast.app.issuers import Issuer
from houvast.database import Connection, connect
from houvast.web.limits import TRIES
from houvast.web.settings import configure
from tests.web.asking import Answer, Reader
from tests.web.conftest import Kept
from tests.web.elsewhere import (
    CLIENT,
    SECRET,
    Hostile,
    Provider,
    asked_for,
    basic_of,
    hostile,
    issuer_at,
    known,
    provided,
    strange_key,
)  # fmt: skip
from tests.web.visiting import Customer, come_in, customer

BACK = "/signed-in/acme/"
UNKNOWN = "Zo konden wij u niet binnenlaten"
AWAY = "geeft ons geen antwoord"


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    with connect(kept.target.url) as connection:
        connection.execute("TRUNCATE houvast.oidc_link, houvast.oidc_visit, houvast.oidc_issuer CASCADE")
        yield connection


@pytest.fixture
def whom(admin: Connection) -> Customer:
    return customer(admin, 7)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Generator[Provider]:
    with provided(tmp_path_factory.mktemp("provider")) as found:
        found.allow(redirect=f"http://localhost:8000{BACK}")
        yield found


@pytest.fixture
def evil() -> Generator[Hostile]:
    with hostile() as found:
        yield found


Use = Callable[..., Issuer]


@pytest.fixture
def use(kept: Kept, admin: Connection, tmp_path: Path) -> Use:
    """Have the pages know an issuer; `seen`: as does the database."""

    def one(url: str, *, seen: bool = True, **more: object) -> Issuer:
        issuer = issuer_at(url, tmp_path, **more)
        configure(replace(kept.site, issuers=(issuer,)))
        if seen:
            known(admin, issuer)
        else:
            oidc.declare(admin, [issuer])
        return issuer

    return one


def go(reader: Reader) -> Answer:
    """Go and sign in there."""
    return reader.get("/me/elsewhere/acme/")


def returned(reader: Reader, address: str) -> Answer:
    """Come back."""
    parts = urlsplit(address)
    return reader.get(f"{parts.path}?{parts.query}")


def is_in(reader: Reader, whom: Customer) -> bool:
    """Whether they see what is held of this customer."""
    return whom.address in reader.get("/me/data/").text


def test_somebody_comes_in_with_an_account_at_a_real_provider(
    reader: Reader, provider: Provider, use: Use, whom: Customer, admin: Connection
) -> None:
    use(provider.issuer)
    provider.allow(name="ann", email=whom.address.upper(), checked=True)
    there = go(reader)
    asked = asked_for(there)
    assert there.headers["Location"].startswith(f"{provider.issuer}/authorize/?")
    assert (asked["code_challenge_method"], asked["response_type"], asked["scope"]) == ("S256", "code", "openid email")
    address = provider.signed_in(there.headers["Location"], "ann")
    assert parse_qs(urlsplit(address).query)["iss"] == [provider.issuer]
    answer = returned(reader, address)
    assert (answer.status, answer.headers["Location"]) == (302, "/me/")
    assert is_in(reader, whom)
    assert admin.execute("SELECT key FROM houvast.oidc_link").fetchall() == [(whom.key,)]
    assert reader.get("/me/passkeys/").status == 200  # signed in there a moment ago
    again = Reader(reader.pages)
    provider.allow(name="ann", email="moved@else.example", checked=False)
    assert returned(again, provider.signed_in(go(again).headers["Location"], "ann")).status == 302
    assert is_in(again, whom)


def test_who_has_no_account_of_ours_and_whose_address_is_not_checked_get_the_same_answer(
    reader: Reader, provider: Provider, use: Use, whom: Customer
) -> None:
    use(provider.issuer)
    provider.allow(name="eve", email=whom.address, checked=False)
    provider.allow(name="bob", email="nobody@else.example", checked=True)
    answers = [returned(reader, provider.signed_in(go(reader).headers["Location"], name)) for name in ("eve", "bob")]
    assert [one.status for one in answers] == [422, 422]
    assert len({one.text for one in answers}) == 1
    assert UNKNOWN in answers[0].text
    assert not is_in(reader, whom)


def test_a_code_counts_once_in_the_browser_that_went_and_for_who_it_was_given(
    reader: Reader, provider: Provider, use: Use, whom: Customer
) -> None:
    use(provider.issuer)
    provider.allow(name="ann", email=whom.address, checked=True)
    address = provider.signed_in(go(reader).headers["Location"], "ann")
    other = Reader(reader.pages)
    assert returned(other, address).status == 422  # a browser that never went
    go(other)
    assert returned(other, address).status == 422  # one that went for another
    own = asked_for(go(other))["state"]
    stolen = parse_qs(urlsplit(address).query)["code"][0]
    injected = f"{BACK}?{urlencode({'code': stolen, 'state': own, 'iss': provider.issuer})}"
    assert other.get(injected).status == 422  # PKCE: the code is of another browser
    assert not is_in(other, whom)
    address = provider.signed_in(go(reader).headers["Location"], "ann")
    assert returned(reader, address).status == 302
    cookies = dict(reader.cookies)
    assert returned(reader, address).status == 422
    assert is_in(Reader(reader.pages, cookies), whom)


def tried(reader: Reader, evil: Hostile, token: str | Callable[[str], str], **more: str) -> Answer:
    """Go, and come back with a code for which the hostile provider gives this token."""
    asked = asked_for(go(reader))
    evil.say("/token", {"id_token": token(asked["nonce"]) if callable(token) else token, "token_type": "bearer"})
    return reader.get(f"{BACK}?{urlencode({'code': 'c', 'state': asked['state'], **more})}")


def test_what_a_provider_may_not_say_opens_nothing(
    reader: Reader, evil: Hostile, use: Use, whom: Customer, admin: Connection
) -> None:
    use(evil.base)
    said: dict[str, Any] = {"email": whom.address, "email_verified": True}
    stranger, shared = strange_key(), "houvast houvast houvast houvast!"
    wrong: dict[str, Callable[[str], str]] = {
        "another nonce": lambda nonce: evil.token("0" * 64, **said),
        "no nonce": lambda nonce: evil.token(nonce, **said, nonce=None),
        "another audience": lambda nonce: evil.token(nonce, **said, aud="other"),
        "two audiences": lambda nonce: evil.token(nonce, **said, aud=[CLIENT, "other"], azp=CLIENT),
        "for another party": lambda nonce: evil.token(nonce, **said, azp="other"),
        "another issuer": lambda nonce: evil.token(nonce, **said, iss="https://id.example"),
        "expired": lambda nonce: evil.token(nonce, **said, exp=int(time.time()) - 61),
        "of before": lambda nonce: evil.token(nonce, **said, iat=int(time.time()) - 600),
        "of later": lambda nonce: evil.token(nonce, **said, iat=int(time.time()) + 600),
        "another key": lambda nonce: evil.token(nonce, stranger, **said),
        "a key that is not there": lambda nonce: evil.token(nonce, head={"kid": "2"}, **said),
        "no signature": lambda nonce: unsigned(evil.token(nonce, **said)),
        "no token": lambda nonce: shared,
        "too long": lambda nonce: evil.token(nonce, **said, more="x" * 20_000),
        "no subject": lambda nonce: evil.token(nonce, **said, sub=None),
    }
    for why, token in wrong.items():
        answer = tried(reader, evil, token)
        assert (why, answer.status, UNKNOWN in answer.text) == (why, 422, True)
    admin.execute("TRUNCATE houvast_desk.tried")
    assert not is_in(reader, whom)
    assert tried(reader, evil, lambda nonce: evil.token(nonce, **said)).status == 302
    assert is_in(reader, whom)
    header, form = evil.asked[-1]
    assert basic_of(header) == f"{CLIENT}:{_quoted(SECRET)}"
    assert (form["redirect_uri"], form["grant_type"]) == ([f"http://localhost:8000{BACK}"], ["authorization_code"])


def _quoted(text: str) -> str:
    return urlencode({"": text})[1:].replace("+", "%20")


def unsigned(token: str) -> str:
    """The same claims, with alg none (RFC 8725, 2.1)."""
    return f"eyJhbGciOiJub25lIn0.{token.split('.')[1]}."


def test_a_token_signed_with_what_is_public_or_shared_opens_nothing(
    reader: Reader, evil: Hostile, use: Use, whom: Customer
) -> None:
    use(evil.base)
    for shared in (SECRET.encode(), evil.key.as_pem(private=False)):

        def token(nonce: str, shared: bytes = shared) -> str:
            said = evil.token(nonce, email=whom.address, email_verified=True).split(".")[1]
            signed = base64url(b'{"alg": "HS256", "kid": "1"}') + "." + said
            return f"{signed}.{base64url(hmac.digest(shared, signed.encode(), 'sha256'))}"

        assert tried(reader, evil, token).status == 422


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_who_comes_back_from_another_issuer_than_the_one_they_went_to_gets_nowhere(
    reader: Reader, evil: Hostile, use: Use, whom: Customer
) -> None:
    use(evil.base)
    good: Callable[[str], str] = lambda nonce: evil.token(nonce, email=whom.address, email_verified=True)  # noqa: E731
    assert tried(reader, evil, good, iss="https://id.example").status == 422
    assert tried(reader, evil, good, error="access_denied").status == 422
    evil.describe(authorization_response_iss_parameter_supported=True)
    use(evil.base)
    assert tried(reader, evil, good).status == 422  # it says that it names itself (RFC 9207), and does not
    state = asked_for(go(reader))["state"]
    assert reader.get(f"/signed-in/other/?code=c&state={state}").status == 404
    twice = f"{BACK}?code=c&code=d&state={state}&iss={evil.base}"
    assert reader.get(twice).status == 422
    assert evil.asked == []
    assert tried(reader, evil, good, iss=evil.base).status == 302


def test_nowhere_else_is_anybody_sent(reader: Reader, evil: Hostile, use: Use, whom: Customer) -> None:
    use(evil.base)
    there = "https://evil.example"
    asked = asked_for(reader.get(f"/me/elsewhere/acme/?redirect_uri={there}&next={there}"))
    assert asked["redirect_uri"] == f"http://localhost:8000{BACK}"
    evil.say("/token", {"id_token": evil.token(asked["nonce"], email=whom.address, email_verified=True)})
    more = urlencode({"code": "c", "state": asked["state"], "next": there, "redirect_uri": there})
    assert reader.get(f"{BACK}?{more}").headers["Location"] == "/me/"


def test_a_provider_that_is_down_slow_or_talks_too_much_is_said_to_be(
    reader: Reader, evil: Hostile, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(evil.base)
    monkeypatch.setattr(oidc, "PATIENCE", 1.0)
    state = asked_for(go(reader))["state"]
    for status, body in ((500, b"{}"), (200, b"x" * (oidc.MOST + 1))):
        evil.answers["/token"] = (status, body)
        answer = reader.get(f"{BACK}?code=c&state={state}")
        assert (answer.status, AWAY in answer.text, "/me/code/" in answer.text) == (503, True, True)
        state = asked_for(go(reader))["state"]
    evil.answers["/token"], evil.drips = (200, b" " * 100), frozenset({"/token"})
    began = time.monotonic()
    assert reader.get(f"{BACK}?code=c&state={state}").status == 503
    assert time.monotonic() - began < 4
    for status, body in (
        (302, b"{}"),
        (200, b"[" * 100_000),
        (200, b"[]"),
        (200, b'{"id_token": 7}'),
        (400, b'{"error": "invalid_grant"}'),
    ):
        evil.answers["/token"], evil.drips = (status, body), frozenset()
        state = asked_for(go(reader))["state"]
        assert reader.get(f"{BACK}?code=c&state={state}").status == 422


def test_a_provider_that_is_waited_for_takes_no_more_threads_and_nobody_goes_without_end(
    reader: Reader, evil: Hostile, use: Use, whom: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from houvast.web.people import oidc as pages  # Django is configured by now

    use(evil.base)
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(pages, "_room", full)
    assert tried(reader, evil, "").status == 503
    assert evil.asked == []
    statuses = [go(reader).status for _ in range(TRIES["address"])]
    assert (statuses[0], statuses[-1]) == (302, 429)


def test_an_issuer_that_was_not_seen_is_away_and_the_other_ways_stay_open(
    reader: Reader, evil: Hostile, use: Use, whom: Customer, admin: Connection
) -> None:
    use(evil.base, seen=False)
    answer = go(reader)
    assert (answer.status, AWAY in answer.text) == (503, True)
    assert "does not answer us" in reader.get("/en/me/elsewhere/acme/").text
    assert come_in(reader, admin, whom).status == 302
    assert reader.get("/me/elsewhere/other/").status == 404


def test_what_a_provider_says_of_itself_is_held_against_what_the_settings_say(evil: Hostile, tmp_path: Path) -> None:
    issuer = issuer_at(evil.base, tmp_path)
    assert oidc.describe(issuer).keys
    says: tuple[dict[str, object], ...] = (
        {"issuer": "https://id.example"},
        {"token_endpoint": "http://id.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"code_challenge_methods_supported": ["plain"]},
    )
    for said in says:
        evil.describe(**said)
        with pytest.raises(oidc.IssuerAway):
            oidc.describe(issuer)
    evil.describe()
    short, weak = {"kty": "RSA", "n": "AQAB", "e": "AQAB"}, {**evil.key.as_dict(private=False), "e": "Aw"}
    wrong: tuple[object, ...] = (
        [],
        {},
        [{"kty": "oct", "k": "AA"}],
        [short],
        [weak],
        [7],
        [{"kty": "EC", "x": 1, "y": 2}],
    )
    for keys in wrong:
        evil.say("/keys", {"keys": keys})
        with pytest.raises(oidc.IssuerAway):
            oidc.describe(issuer)
    for status, body in ((404, b"{}"), (302, b"{}"), (200, b"no json"), (200, b" " * (oidc.MOST + 1))):
        evil.answers["/.well-known/openid-configuration"] = (status, body)
        with pytest.raises(oidc.IssuerAway):
            oidc.describe(issuer)


def test_an_account_is_linked_and_taken_away_in_a_session(
    reader: Reader, provider: Provider, use: Use, whom: Customer, admin: Connection
) -> None:
    use(provider.issuer, by_mail=False)
    provider.allow(name="private", email="private@else.example", checked=True)
    other = Reader(reader.pages)
    assert returned(other, provider.signed_in(go(other).headers["Location"], "private")).status == 422
    come_in(reader, admin, whom)
    reader.get("/me/passkeys/")
    page = reader.post("/me/passkeys/", {"link": "acme"})
    assert page.status == 200
    address = page.text.split('href="http://localhost:')[1].split('"')[0].replace("&amp;", "&")
    answer = returned(reader, provider.signed_in(f"http://localhost:{address}", "private"))
    assert (answer.status, answer.headers["Location"]) == (302, "/me/passkeys/")
    assert returned(other, provider.signed_in(go(other).headers["Location"], "private")).status == 302
    assert is_in(other, whom)
    reader.get("/me/passkeys/")
    assert reader.post("/me/passkeys/", {"unlink": provider.issuer}).status == 302
    assert not is_in(other, whom)
    assert returned(other, provider.signed_in(go(other).headers["Location"], "private")).status == 422
    assert reader.post("/me/passkeys/", {"link": "other"}).status == 404
