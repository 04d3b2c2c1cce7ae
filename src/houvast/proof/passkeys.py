"""Passkeys, tried: what a device signed for another place, another moment or another browser, or did not sign.

What is signed is known beforehand (`passkeys.json`): a key that was made for this and thrown away signed it once, so that
no private key is here and `prove` needs no cryptography.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from uuid import uuid4

from houvast.database import Connection, queries
from houvast.database.connect import DatabaseError
from houvast.proof.canary import Canary
from houvast.proof.report import Attempt

_SQL = queries("houvast.proof", "passkeys.sql")
_BROWSER, _OTHER = "b" * 64, "c" * 64
_IN, _OUT = "a session", "no session"
_CREDENTIAL = b"houvast prove: a passkey"


@dataclass(frozen=True)
class Signed:
    """What a browser and a device say, and the signature."""

    client: bytes
    authenticator: bytes
    signature: bytes


@dataclass(frozen=True)
class Vectors:
    """The public key and place of a passkey, what it is asked to sign, and what was signed, by name."""

    public: bytes
    origin: str
    challenge: bytes
    signed: dict[str, Signed]


def vectors() -> Vectors:
    """What was signed beforehand."""
    found = json.loads((files("houvast.proof") / "passkeys.json").read_text("utf-8"))
    signed = {
        name: Signed(*(bytes.fromhex(one[part]) for part in ("client", "authenticator", "signature")))
        for name, one in found["signed"].items()
    }
    return Vectors(bytes.fromhex(found["public"]), found["origin"], bytes.fromhex(found["challenge"]), signed)


def passkeys(connection: Connection, canary: Canary, sort: str) -> Iterator[Attempt]:
    """Every attempt to come in as a canary by a passkey (promise C35)."""
    trying = _Trying(connection, canary, sort, vectors())
    try:
        yield from trying.every()
    finally:
        with suppress(DatabaseError):
            connection.execute(
                _SQL["clear"],
                {"secrets": trying.secrets, "ceremonies": trying.ceremonies, "credential": _CREDENTIAL},
            )


@dataclass
class _Trying:
    connection: Connection
    canary: Canary
    sort: str
    known: Vectors
    secrets: list[str] = field(default_factory=list[str])
    ceremonies: list[str] = field(default_factory=list[str])

    def every(self) -> Iterator[Attempt]:
        right = self._asked()
        yield self._tried("what a passkey signed", right, control=True)
        yield self._tried("the same signature once more", right)
        yield self._tried("what a passkey signed, in another browser", self._asked(), browser=_OTHER)
        yield self._tried("what a passkey signed, after its time", self._asked(seconds=-1))
        yield self._tried("what a passkey signed for something else", self._asked(challenge=b"x" * 32))
        yield self._tried("what a passkey signed, asked for another passkey", self._asked(mine=True))
        yield self._tried("what a passkey signed for a page that looks like ours", self._asked(), "another origin")
        yield self._tried("what a passkey signed for another place", self._asked(), "another place")
        yield self._tried("what a passkey signed without knowing who held it", self._asked(), "not recognised")
        yield self._tried("what another key signed", self._asked(), "another key")
        yield self._tried("a passkey that counts no further, as a copy does", self._asked(counter=9))
        gone = self._asked()
        self.connection.execute(_SQL["gone"], (_CREDENTIAL,))
        yield self._tried("a passkey that was taken away", gone)

    def _asked(
        self, *, counter: int = 0, seconds: int = 300, challenge: bytes | None = None, mine: bool = False
    ) -> str:
        """Something to sign; of a passkey that was used `counter` times."""
        who = {"kind": self.canary.kind, "key": self.canary.key}
        known = self.known
        self.connection.execute(
            _SQL["passkey"],
            {**who, "credential": _CREDENTIAL, "public": known.public, "origin": known.origin, "counter": counter},
        )
        number = str(uuid4())
        self.ceremonies.append(number)
        values = {
            "id": number,
            "mine": mine,
            "challenge": challenge or known.challenge,
            "browser": _BROWSER,
            "seconds": seconds,
        }
        self.connection.execute(_SQL["ceremony"], {**who, **values})
        return number

    def _tried(
        self, words: str, ceremony: str, name: str = "right", *, browser: str = _BROWSER, control: bool = False
    ) -> Attempt:
        one = self.known.signed[name]
        call = (ceremony, browser, _CREDENTIAL, one.client, one.authenticator, one.signature)
        (secret,) = self.connection.execute(_SQL["answer"], call).fetchone() or ("",)
        self.secrets.append(secret)
        (count,) = self.connection.execute(_SQL["live"], (secret,)).fetchone() or (0,)
        return Attempt(
            words, "pages", _SQL["answer"], control, _IN if control else _OUT, _IN if count else _OUT, self.sort
        )
