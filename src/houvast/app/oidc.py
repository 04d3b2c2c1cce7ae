"""Asking issuers (OpenID Connect): what each says of itself and with which keys it signs, and a code for a token.

An issuer is a stranger's program: it is asked for a few seconds, followed nowhere, and a long answer is none.
"""

from __future__ import annotations

import base64
import binascii
import json
import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

from houvast.app.issuers import Issuer, is_safe
from houvast.database import Connection, queries
from houvast.errors import HouvastError

PATIENCE = 5.0
"""Seconds in which an issuer has to have answered."""
MOST = 1 << 17
"""Bytes of an answer, at most."""
KEYS = 20
"""Keys of an issuer that are looked at, at most."""
_SQL = queries("houvast.app", "oidc.sql")


class IssuerAway(HouvastError):
    """An issuer does not answer, or answers what is none of OpenID Connect. Holds nothing of what was sent."""

    code = "issuer-away"


class NoToken(HouvastError):
    """An issuer gives no token for this code."""

    code = "no-token"


@dataclass(frozen=True)
class Key:
    """A public key. `public`: of RS256 the modulus, of ES256 x and y."""

    kid: str
    alg: str
    public: bytes


@dataclass(frozen=True)
class Described:
    """What an issuer says of itself. `enter`: where people sign in; `exchange`: where a code gives a token.

    `says_issuer`: whether it names itself when people come back (RFC 9207).
    """

    enter: str
    exchange: str
    says_issuer: bool
    keys: tuple[Key, ...]


def describe(issuer: Issuer) -> Described:
    """Ask an issuer what it is (OpenID Connect Discovery 1.0) and for its keys (RFC 7517). Raises IssuerAway."""
    found = _json(issuer, f"{issuer.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer.issuer:
        raise _away(issuer, "says that it is another")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    enter, token, jwks = (one if isinstance(one := found.get(name), str) else "" for name in names)
    schemes = ("https:", "http:") if issuer.issuer.startswith("http:") else ("https:",)
    if not all(is_safe(one) and one.startswith(schemes) for one in (enter, token, jwks)):
        raise _away(issuer, "does not say where to ask it, over https")
    if "S256" not in _list(found.get("code_challenge_methods_supported", ["S256"])):
        raise _away(issuer, "does not take PKCE with S256 (RFC 7636)")
    known = tuple(filter(None, map(_key, _list(_json(issuer, jwks).get("keys"))[:KEYS])))
    if not known:
        raise _away(issuer, "has no key for RS256 or ES256")
    return Described(enter, token, found.get("authorization_response_iss_parameter_supported") is True, known)


def exchange(issuer: Issuer, place: str, code: str, verifier: str, redirect: str) -> str:
    """The ID token for a code (RFC 6749, 4.1.3), asked with our secret (client_secret_basic).

    Raises IssuerAway when it does not answer, NoToken when it gives none, UsageError when our secret is gone.
    """
    pair = f"{quote(issuer.client, safe='')}:{quote(issuer.secret(), safe='')}"
    basic = base64.b64encode(pair.encode()).decode()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    status, body = _ask(issuer, place, urlencode(form).encode(), {"Authorization": f"Basic {basic}"})
    if status >= 500:
        raise _away(issuer, f"answers with {status}")
    token = _read(body).get("id_token") if status == 200 else None
    if not isinstance(token, str):
        raise NoToken(f"`{issuer.name}` gives no token.")
    return token


def declare(connection: Connection, issuers: Sequence[Issuer]) -> None:
    """Let the database know these issuers and no others; one that changed has to be asked anew."""
    with connection.transaction():
        connection.execute(_SQL["drop"], ([one.name for one in issuers], [one.issuer for one in issuers]))
        for one in issuers:
            values = (one.name, one.issuer, one.client, one.by_mail, one.level, list(one.acr))
            connection.execute(_SQL["declare"], values)


def keep(connection: Connection, issuer: Issuer, found: Described) -> None:
    """Keep what an issuer says of itself; keys that it has no more are gone."""
    with connection.transaction():
        connection.execute(_SQL["keep"], (found.enter, found.exchange, found.says_issuer, issuer.name, issuer.issuer))
        connection.execute(_SQL["forget_keys"], (issuer.name,))
        for key in found.keys:
            connection.execute(_SQL["keep_key"], (issuer.name, key.kid, key.alg, key.public))


def there(connection: Connection) -> bool:
    """Whether a policy is kept here that knows of issuers."""
    row = connection.execute(_SQL["there"]).fetchone()
    return bool(row and row[0])


def _key(written: Any) -> Key | None:  # noqa: ANN401 - whatever a stranger sends
    """A key that signs with RS256 or ES256; None for any other."""
    try:
        if written.get("use", "sig") != "sig":
            return None
        if written.get("kty") == "RSA" and written.get("alg", "RS256") == "RS256" and written.get("e") == "AQAB":
            public, alg = _bytes(written["n"]).lstrip(b"\0"), "RS256"
            good = 256 <= len(public) <= 512
        else:
            public, alg = _bytes(written["x"]) + _bytes(written["y"]), "ES256"
            good = (written.get("kty"), written.get("crv"), len(public)) == ("EC", "P-256", 64)
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error):
        return None
    kid = written.get("kid", "")
    return Key(kid, alg, public) if good and isinstance(kid, str) and len(kid) <= 255 and "\0" not in kid else None


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _json(issuer: Issuer, url: str) -> Mapping[str, Any]:
    status, body = _ask(issuer, url)
    if status != 200:
        raise _away(issuer, f"answers with {status}")
    return _read(body)


def _read(body: bytes) -> Mapping[str, Any]:
    """An object of JSON; an empty one for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _list(found: object) -> list[Any]:
    return cast("list[Any]", found) if isinstance(found, list) else []


def _ask(
    issuer: Issuer, url: str, form: bytes | None = None, more: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """The status and the body of what is there. The whole answer has to be there in time, however it drips."""
    place = urlsplit(url)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=PATIENCE)
    late, lines = threading.Event(), list[socket.socket]()
    watch = threading.Timer(PATIENCE, _hang_up, (lines, late))
    watch.daemon = True
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    headers = {"Accept": "application/json", **({"Content-Type": "application/x-www-form-urlencoded"} if form else {})}
    watch.start()
    try:
        connection.connect()
        lines.append(connection.sock)  # kept here: the connection forgets it once the answer begins
        if late.is_set():
            raise TimeoutError
        connection.request("POST" if form else "GET", path, form, {**headers, **(more or {})})
        found = connection.getresponse()
        body = found.read(MOST + 1)
    except (OSError, HTTPException, ValueError):
        raise _away(issuer, "does not answer in time" if late.is_set() else "does not answer") from None
    finally:
        watch.cancel()
        connection.close()
    if late.is_set() or len(body) > MOST:
        raise _away(issuer, "does not answer in time" if late.is_set() else "answers too much")
    return found.status, body


def _hang_up(lines: Sequence[socket.socket], late: threading.Event) -> None:
    late.set()
    for line in lines:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def _away(issuer: Issuer, why: str) -> IssuerAway:
    return IssuerAway(f"`{issuer.name}` {why}.", todo="People can come in by the other ways.")
