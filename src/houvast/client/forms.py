"""Forms at the door of an application: what they declare may come in, anything else is refused, and not kept.

A refusal names fields, never what was in them.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl

from houvast.client.addresses import pattern, written

LONGEST = 1_000_000
"""Bytes of a form that are read; a longer one is refused."""
_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
_UTF8 = re.compile(r"(charset=\"?(utf-?8|us-ascii)\"?)?")
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Field:
    """A field that a form declares. `column`: TABLE.COLUMN of the data map, where it is stored."""

    name: str
    column: str
    required: bool = False


class Undeclared(ValueError):
    """A form brought fields that it does not declare, or lacks one that it must have. Its text holds names alone."""

    def __init__(self, undeclared: Iterable[str], missing: Iterable[str] = (), promise: str = "C06") -> None:
        self.undeclared = tuple(sorted(one[:60] for one in undeclared))
        self.missing = tuple(sorted(missing))
        self.promise = promise
        said = [f"this form does not declare {', '.join(self.undeclared)}"] if self.undeclared else []
        said += [f"this form needs {', '.join(self.missing)}"] if self.missing else []
        super().__init__(f"Houvast refuses: {'; '.join(said)} (promise {promise}).")


@dataclass(frozen=True)
class Form:
    """The fields that a form declares, for one purpose. `besides`: technical fields that are not stored."""

    purpose: str
    fields: tuple[Field, ...]
    besides: frozenset[str] = frozenset()
    promise: str = "C06"

    def accepts(self, data: Mapping[str, object]) -> None:
        """Raise Undeclared unless all of this is declared, and all that is required is there.

        What is inside an object is a field of its own, by its path: `address.street`.
        """
        self.knows(data)
        found = dict(_flat(data))
        if missing := [one.name for one in self.fields if one.required and found.get(one.name) in (None, "")]:
            raise Undeclared((), missing, self.promise)

    def knows(self, data: Mapping[str, object]) -> None:
        """Raise Undeclared unless all of this is declared; what is required may lack."""
        known = {one.name for one in self.fields} | self.besides
        if undeclared := [name for name, _ in _flat(data) if name not in known]:
            raise Undeclared(undeclared, (), self.promise)

    def asked(self) -> dict[str, object]:
        """As the API checks it."""
        fields = [{"name": one.name, "column": one.column, "required": one.required} for one in self.fields]
        return {"purpose": self.purpose, "fields": fields}


class Gate:
    """WSGI middleware: what is sent to one of these addresses comes through with declared fields alone.

    `forms`: address -> form; {name} in an address stands for any one segment. However an address is written and
    whatever the method is, the fields in address and body are looked at. What is refused never reaches the application:
    422, as problem+json, with names alone. Headers and cookies are not looked at.
    """

    def __init__(self, application: Application, forms: Mapping[str, Form]) -> None:
        """Raise ValueError when two addresses are one, or an address is none."""
        self._application = application
        self._forms = [(pattern(address), form) for address, form in forms.items()]
        if len({one.pattern for one, _ in self._forms}) < len(self._forms):
            raise ValueError("Two of these addresses are the same, however they are written.")

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer."""
        promise = "C06"
        try:
            for form in self._asked(environ):
                promise = form.promise
                _check(form, environ)
        except Undeclared as error:
            return _refuse(start_response, str(error), error.promise)
        except ValueError as error:
            return _refuse(start_response, str(error), promise)
        return self._application(environ, start_response)

    def _asked(self, environ: Environ) -> list[Form]:
        """Every form that this address may lead to. Raises Odd."""
        ways = set(written(str(environ.get("SCRIPT_NAME", "")), str(environ.get("PATH_INFO", ""))))
        return [form for one, form in self._forms if any(one.fullmatch(way) for way in ways)]


def _check(form: Form, environ: Environ) -> None:
    """Raise ValueError unless the request brings what the form declares. What was read is there to be read again."""
    query = _pairs(str(environ.get("QUERY_STRING", "")))
    body = _read(environ)
    looks = environ.get("REQUEST_METHOD") in _LOOKS and not body
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    if looks:
        return form.knows(query)
    if body:
        query |= _data(body, str(environ.get("CONTENT_TYPE", "")))
    return form.accepts(query)


def _read(environ: Environ) -> bytes:
    given = str(environ.get("CONTENT_LENGTH") or "0")
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise ValueError("A form says how long it is.")
    if not (given.isascii() and given.isdigit()) or len(given) > 9 or int(given) > LONGEST:
        raise ValueError("This form is too long.")
    return cast("bytes", environ["wsgi.input"].read(int(given)))


def _data(body: bytes, kind: str) -> Mapping[str, object]:
    """What a form brings in its body. Raises ValueError for what cannot be read, or could be read in two ways."""
    media, _, more = kind.lower().partition(";")
    if not _UTF8.fullmatch(more.strip()):
        raise ValueError("Only forms in UTF-8 are let through here.")
    if media.strip() == "application/json":
        try:
            found = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
        except (ValueError, RecursionError):  # its message would quote the body
            raise ValueError("This form cannot be read.") from None
        if not isinstance(found, dict):
            raise ValueError("This form cannot be read.")
        return cast("dict[str, object]", found)
    if media.strip() == "application/x-www-form-urlencoded":
        return _pairs(body.decode("utf-8", "replace"))
    raise ValueError("Only forms as application/x-www-form-urlencoded or application/json are let through here.")


def _pairs(text: str) -> dict[str, object]:
    """The fields of an address or a body. Some programs part them by a semicolon too: so they are parted here."""
    return dict(parse_qsl(text.replace(";", "&"), keep_blank_values=True))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object in which every name stands once: of two, one program takes the first and another the last."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)


def _flat(data: object, at: str = "") -> Iterator[tuple[str, object]]:
    """Every field with its value, those inside objects and lists by their path."""
    if isinstance(data, Mapping) and (data or not at):
        for name, value in cast("Mapping[object, object]", data).items():
            yield from _flat(value, f"{at}.{name}" if at else str(name))
    elif isinstance(data, (list, tuple)) and data:
        for value in cast("Sequence[object]", data):
            yield from _flat(value, at)
    else:
        yield at, data


def _refuse(start_response: Callable[..., Any], detail: str, promise: str) -> Iterable[bytes]:
    todo = "Send what the form declares. A new field is a change of the policy."
    said = {"type": "urn:houvast:problem:refused", "title": "This form is refused.", "status": 422, "detail": detail,
            "promise": promise, "todo": todo}  # fmt: skip
    start_response("422 Unprocessable Content", [("Content-Type", "application/problem+json")])
    return [json.dumps(said).encode()]
