"""Signed messages, as Standard Webhooks has them (https://www.standardwebhooks.com): HMAC-SHA-256 over number, time and body.

Pure. A secret is `whsec_` and 24 to 64 random bytes in Base64; a signature is `v1,` and Base64, several apart by spaces.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import datetime

from houvast.errors import HouvastError

WINDOW = 300
"""Seconds by which the time of a message may be off; within them its number tells it from one that came before."""
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_PREFIX = "whsec_"


class NotSigned(HouvastError):
    """A message is not signed by whom it says, or not of this moment."""

    code = "not-signed"


def key_of(secret: str) -> bytes:
    """The key in a secret. Raises NotSigned when it is none."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not 24 <= len(key) <= 64:
        raise NotSigned("That is no secret to sign with.", todo="Write whsec_ and 32 random bytes in Base64.")
    return key


def signature(secret: str, number: str, at: int, body: bytes) -> str:
    """The signature of a message. `at`: seconds since 1970."""
    signed = b".".join((number.encode(), str(at).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, "sha256")).decode()


def headers(secret: str, number: str, now: datetime, body: bytes) -> dict[str, str]:
    """What goes along with a message. `number`: tells it from every other; the same when it is sent again."""
    at = int(now.timestamp())
    return dict(zip(HEADERS, (number, str(at), signature(secret, number, at, body)), strict=True))


def check(secret: str, number: str, at: str, signatures: str, body: bytes, now: datetime) -> None:
    """Raise NotSigned unless one of the signatures is right, and the message of this moment."""
    if not (at.isascii() and at.isdigit() and len(at) < 16) or abs(int(at) - now.timestamp()) > WINDOW:
        raise NotSigned("This message is not of this moment.")
    expected = signature(secret, number, int(at), body)
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in signatures.split()):
        raise NotSigned("This message is not signed by whom it says.")
