"""What an application asks Houvast, over HTTP with its token."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from houvast.client.forms import Form

TIMEOUT = 10.0
"""Seconds that an answer is waited for."""
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Refused(Exception):
    """Houvast says no, or cannot answer. `status`: of HTTP, 0 when there was no answer; `promise`: that forbids it."""

    def __init__(self, status: int, detail: str, promise: str = "", todo: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.promise, self.todo = status, detail, promise, todo

    def __str__(self) -> str:
        """For people."""
        return (
            self.detail
            + (f" (promise {self.promise})" if self.promise else "")
            + (f" {self.todo}" if self.todo else "")
        )


@dataclass(frozen=True)
class Decision:
    """Whether a login may see something now. `code` says what is in the way; `promise` which promise."""

    permitted: bool
    code: str
    promise: str
    reason: str


@dataclass(frozen=True)
class Recipient:
    """Somebody (`KIND:KEY`) whom a message may go to now; `opt_out` belongs in the message."""

    person: str
    ground: str
    opt_out: str


@dataclass(frozen=True)
class Taken:
    """A request that was handed on: the code to follow it by, and the last day for the answer (ISO)."""

    number: int
    code: str
    due: str


@dataclass(frozen=True)
class Houvast:
    """One API and one token. Every call raises Refused when Houvast says no or is not reached: nothing is assumed."""

    url: str
    token: str

    def decide(self, login: str, purpose: str, column: str, person: str, *, case: str = "") -> Decision:
        """May this login, for this purpose, see this column (TABLE.COLUMN) of this person (KIND:KEY) now?"""
        properties = {"person": person, **({"case": case} if case else {})}
        found = self._post("/access/v1/evaluation", {
            "subject": {"type": "login", "id": login, "properties": {"purpose": purpose}},
            "action": {"name": "use"},
            "resource": {"type": "column", "id": column, "properties": properties},
        })  # fmt: skip
        context = found["context"]
        return Decision(found["decision"] is True, context["code"], context["promise"], context["reason"]["en"])

    def recipients(self, purpose: str, reason: str) -> Iterator[Recipient]:
        """Everybody whom a message may go to now; asked page by page."""
        after = ""
        while after is not None:
            page = self._post(
                "/api/mail/recipients", {"purpose": purpose, "reason": reason, "after": after, "limit": 500}
            )
            yield from (Recipient(one["person"], one["ground"], one["opt_out"]) for one in page["items"])
            after = page["next"]

    def may_send(self, purpose: str, person: str) -> bool:
        """Whether this person may be sent a message at this moment."""
        return self._post("/api/mail/may-send", {"purpose": purpose, "person": person})["may"] is True

    def sent(self, purpose: str, person: str, message: str, products_of: str, *, key: str = "") -> str:
        """Say that a message goes now, just before it goes: its ground. With a `key` it is said once."""
        body = {"purpose": purpose, "person": person, "message": message, "products_of": products_of}
        return str(self._post("/api/mail/sent", body, key)["ground"])

    def register(self, right: str, person: str = "", *, text: str = "", language: str = "nl", key: str = "") -> Taken:
        """Hand on what somebody asked about their data."""
        body = {"right": right, "person": person, "text": text, "language": language}
        found = self._post("/api/requests", body, key)
        return Taken(found["number"], found["code"], found["due"])

    def check(self, form: Form) -> Form:
        """The same form, when policy and data map know all that it asks. Raises Refused: the first that they do not."""
        found = self._post("/api/forms/check", form.asked())
        for one in found["fields"]:
            if not one["accepted"]:
                raise Refused(409, f"Field {one['name']}: {one['why']}", one["promise"], one["todo"])
        return form

    def _post(self, path: str, body: Mapping[str, object], key: str = "") -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        if key:
            headers["Idempotency-Key"] = key
        if not _is_safe(self.url):
            raise Refused(0, "A token travels by https alone.", todo="Give an address that begins with https://.")
        asked = urllib.request.Request(self.url.rstrip("/") + path, json.dumps(body).encode(), headers)  # noqa: S310
        try:
            with _DIRECT.open(asked, timeout=TIMEOUT) as answer:
                return cast("dict[str, Any]", json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error.code, error.read()) from None
        except (OSError, ValueError) as error:
            raise Refused(0, f"Houvast does not answer ({type(error).__name__}).", todo="Try again later.") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the token would go along, to whomever."""

    def redirect_request(self, *_: object, **__: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Nowhere; so that the redirect is an answer like any other refusal."""


_DIRECT = urllib.request.build_opener(_NoRedirects())


def _is_safe(url: str) -> bool:
    """Whether a token may travel there: by https, or on this very machine."""
    try:
        place = urlsplit(url)
    except ValueError:
        return False
    return place.scheme == "https" or (place.scheme == "http" and place.hostname in _HERE and not place.username)


def _refused(status: int, body: bytes) -> Refused:
    try:
        said: dict[str, Any] = json.loads(body)
        return Refused(status, str(said["detail"]), str(said["promise"]), str(said["todo"]))
    except (ValueError, KeyError, TypeError):
        return Refused(status, f"Houvast answered {status}.")
