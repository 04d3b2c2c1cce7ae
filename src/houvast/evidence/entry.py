"""An entry of the log: canonical bytes that say what happened, and commitments to what only a receipt shows."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from houvast.evidence.canonical import canonical, written
from houvast.evidence.kinds import SUBJECT, EntryRefused, kind

VERSION = 1
MOST_BYTES = 64 * 1024 - 1
"""An entry's length is 16 bits in a bundle (C2SP tlog-tiles)."""
_KEYS = frozenset({"v", "kind", "time", "nonce", "promise", "body", "sealed"})
_TIME = "%Y-%m-%dT%H:%M:00Z"
_PROMISE = re.compile(r"(?:[A-Za-z][A-Za-z0-9_-]{0,39})?", re.ASCII)
_NONCE = re.compile(r"[0-9a-f]{32}")
_SEAL = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Entry:
    """What an entry says. `time`: aware, cut to the minute; `nonce`: 32 hexadecimal digits; `sealed`: name -> seal."""

    kind: str
    time: datetime
    nonce: str
    promise: str
    body: Mapping[str, Any]
    sealed: Mapping[str, str]


def build(
    name: str,
    at: datetime,
    nonce: UUID,
    promise: str,
    body: Mapping[str, object],
    values: Mapping[str, object],
    secret: bytes,
    subject: str = "",
) -> bytes:
    """The canonical bytes (RFC 8785) of an entry of kind `name`, which become a leaf of the tree.

    `values`: of the sealed fields. `subject`: `kind:key` of the person, or "". `secret`: 32 bytes, of that person, or
    of the log itself where there is none. Raises EntryRefused for what its kind does not allow, and for one too long.
    """
    everything = {**values, **({SUBJECT: subject} if subject else {})}
    kind(name).check(body, everything)
    if not _PROMISE.fullmatch(promise):
        raise EntryRefused("That is no promise.")
    digits = nonce.hex
    sealed = {field: seal(opening(secret, digits, field), value) for field, value in everything.items()}
    found = written({"v": VERSION, "kind": name, "time": _minute(at.replace(second=0, microsecond=0)), "nonce": digits,
                     "promise": promise, "body": dict(body), "sealed": sealed})  # fmt: skip
    if len(found) > MOST_BYTES:
        raise EntryRefused(f"An entry of {len(found):,} bytes is too long.", todo=f"At most {MOST_BYTES:,} bytes.")
    return found


@lru_cache(64)
def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_TIME)


def opening(secret: bytes, nonce: str, field: str) -> bytes:
    """The salt that opens one field of one entry, and nothing else: HMAC-SHA256 (RFC 2104) of the person's secret."""
    return hmac.digest(secret, f"{field}\n{nonce}".encode(), "sha256")


def seal(salt: bytes, value: object) -> str:
    """The commitment to a value: base64url without padding (RFC 4648) of HMAC-SHA256 under its salt."""
    return encode(hmac.digest(salt, canonical(value), "sha256"))


def opens(entry: Entry, field: str, salt: bytes, value: object) -> bool:
    """Whether salt and value are what a sealed field commits to."""
    return hmac.compare_digest(entry.sealed.get(field, ""), seal(salt, value))


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parse(data: bytes) -> Entry:
    """The entry in a leaf. Raises EntryRefused for anything but the canonical bytes of an entry of a known kind."""
    found = _object(data)
    if found.keys() != _KEYS or found["v"] != VERSION or type(found["v"]) is not int:
        raise EntryRefused("An entry has other fields than an entry of version 1.")
    _texts(found)
    body, sealed = found["body"], found["sealed"]
    kind(found["kind"]).check(body, sealed)
    entry = Entry(found["kind"], _time(found["time"]), found["nonce"], found["promise"], body, sealed)
    if canonical(found) != data:
        raise EntryRefused("An entry is not in canonical form (RFC 8785).")
    return entry


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise EntryRefused("An entry is too long.")
    try:
        found: object = json.loads(data)
    except (ValueError, RecursionError):
        raise EntryRefused("An entry is no JSON.") from None
    if not isinstance(found, dict):
        raise EntryRefused("An entry is no JSON object.")
    return cast("dict[str, Any]", found)


def _texts(found: Mapping[str, Any]) -> None:
    for name, form in (("promise", _PROMISE), ("nonce", _NONCE)):
        if not isinstance(found[name], str) or not form.fullmatch(found[name]):
            raise EntryRefused(f"The {name} of an entry is none.")
    if not (isinstance(found["kind"], str) and isinstance(found["time"], str)):
        raise EntryRefused("Kind and time of an entry are texts.")
    if not (isinstance(found["body"], dict) and isinstance(found["sealed"], dict)):
        raise EntryRefused("Body and sealed fields of an entry are objects.")
    seals = cast("Mapping[str, object]", found["sealed"]).values()
    if not all(isinstance(one, str) and _SEAL.fullmatch(one) for one in seals):
        raise EntryRefused("A seal is 43 characters of base64url.")


def _time(text: str) -> datetime:
    try:
        found = datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise EntryRefused("The time of an entry is no minute in UTC.") from None
    if found.strftime(_TIME) != text:
        raise EntryRefused("The time of an entry is no minute in UTC.")
    return found
