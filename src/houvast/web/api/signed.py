"""Signed messages of agents: an Ed25519 signature, then JSON, together as base64 (Data Rights Protocol 1.0, 3.07.1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from houvast.app.agents import Message

LONGEST = 65_536
"""Bytes of a message; a longer one is not read."""
_SIGNATURE = 64
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
VERSIONS = frozenset({"1.0", "0.9.4"})
"""Of the protocol: 1.0 changed nothing of 0.9.4 but the number."""


class Malformed(ValueError):
    """This is no message: it is said why, without a word of what stands in it."""


class Forged(ValueError):
    """The signature is not of this key."""


def opened(body: bytes, key: bytes) -> tuple[Mapping[str, Any], bytes]:
    """What a message says, and the digest of what was signed. Raises Malformed, Forged."""
    try:
        raw = base64.b64decode(body.strip(), validate=True)
    except (ValueError, binascii.Error):
        raise Malformed("This is not base64.") from None
    signature, text = raw[:_SIGNATURE], raw[_SIGNATURE:]
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
    except InvalidSignature:
        raise Forged("The key of this agent did not sign this.") from None
    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Malformed("What was signed is no JSON object, or a name stands in it twice.")
    return cast("dict[str, Any]", found), hashlib.sha256(text).digest()


def message(found: Mapping[str, Any], digest: bytes) -> Message:
    """The part of it that says whose it is, for whom, and when it counts. Raises Malformed."""
    if text(found, "drp.version", 20) not in VERSIONS:
        raise Malformed("drp.version is 1.0 here.")
    return Message(
        text(found, "agent-id", 100),
        text(found, "business-id", 100),
        _instant(found, "issued-at"),
        _instant(found, "expires-at"),
        digest,
    )


def text(found: Mapping[str, Any], name: str, longest: int, *, needed: bool = True) -> str:
    """A text of a message; "" when it may lack and does. Raises Malformed."""
    value = found.get(name, None if needed else "")
    if not isinstance(value, str) or len(value) > longest or not (value.isprintable() and (value or not needed)):
        raise Malformed(f"{name} is a text of at most {longest} characters.")
    return value


def _instant(found: Mapping[str, Any], name: str) -> datetime:
    value = text(found, name, 40)
    try:
        if not _INSTANT.fullmatch(value):
            raise ValueError
        return datetime.fromisoformat(value)
    except ValueError:
        raise Malformed(f"{name} is an instant of ISO 8601 with its zone.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)
