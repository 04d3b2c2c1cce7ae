"""Forms at the door of an application: what they declare may come in, anything else is refused, and not kept.

A refusal names fields, never what was in them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl

LONGEST = 1_000_000
"""Bytes of a form that are read; a longer one is refused."""
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
        """Raise Undeclared unless all of this is declared, and all that is required is there."""
        known = {one.name for one in self.fields} | self.besides
        missing = [one.name for one in self.fields if one.required and data.get(one.name) in (None, "")]
        undeclared = [str(name) for name in data if name not in known]
        if undeclared or missing:
            raise Undeclared(undeclared, missing, self.promise)

    def asked(self) -> dict[str, object]:
        """As the API checks it."""
        fields = [{"name": one.name, "column": one.column, "required": one.required} for one in self.fields]
        return {"purpose": self.purpose, "fields": fields}


class Gate:
    """WSGI middleware: a form that is sent to one of these addresses comes through with declared fields alone.

    `forms`: address -> form. What is refused never reaches the application: 422, as problem+json, with names alone.
    """

    def __init__(self, application: Application, forms: Mapping[str, Form]) -> None:
        self._application, self._forms = application, dict(forms)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer."""
        form = self._forms.get(str(environ.get("PATH_INFO", "")))
        if form is None or environ.get("REQUEST_METHOD") in ("GET", "HEAD", "OPTIONS"):
            return self._application(environ, start_response)
        try:
            body = _read(environ)
            form.accepts(_data(body, str(environ.get("CONTENT_TYPE", "")), str(environ.get("QUERY_STRING", ""))))
        except Undeclared as error:
            return _refuse(start_response, str(error), error.promise)
        except ValueError as error:
            return _refuse(start_response, str(error), form.promise)
        environ["wsgi.input"] = io.BytesIO(body)
        return self._application(environ, start_response)


def _read(environ: Environ) -> bytes:
    given = str(environ.get("CONTENT_LENGTH") or "0")
    if not given.isdigit() or int(given) > LONGEST:
        raise ValueError("This form is too long.")
    return cast("bytes", environ["wsgi.input"].read(int(given)))


def _data(body: bytes, kind: str, query: str) -> Mapping[str, object]:
    """What a form brings, in its body and its address. Raises ValueError for what cannot be read."""
    more: dict[str, object] = dict(parse_qsl(query, keep_blank_values=True))
    if kind.startswith("application/json"):
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):  # its message would quote the body
            raise ValueError("This form cannot be read.") from None
        if not isinstance(found, dict):
            raise ValueError("This form cannot be read.")
        return {**more, **cast("dict[str, object]", found)}
    if kind.startswith("application/x-www-form-urlencoded"):
        return {**more, **dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))}
    raise ValueError("Only forms as application/x-www-form-urlencoded or application/json are let through here.")


def _refuse(start_response: Callable[..., Any], detail: str, promise: str) -> Iterable[bytes]:
    todo = "Send what the form declares. A new field is a change of the policy."
    said = {"type": "urn:houvast:problem:refused", "title": "This form is refused.", "status": 422, "detail": detail,
            "promise": promise, "todo": todo}  # fmt: skip
    start_response("422 Unprocessable Content", [("Content-Type", "application/problem+json")])
    return [json.dumps(said).encode()]
