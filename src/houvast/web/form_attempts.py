"""Attempts on forms (C06): what a form does not declare is refused at the door, and is not stored or logged."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from houvast.app import forms
from houvast.app.project import Project
from houvast.client import Field, Form, Gate
from houvast.policy.model import Action, Necessity, PurposeKind
from houvast.proof import Attempt
from houvast.web.serve import Application

PROMISE = "C06"
SORT = "form"
EXTRA = {"bsn": "912873465", "geboortedatum": "1980-03-12 (gezocht)", "nationality": "klingon-speaker"}
"""What a form must not bring: fields that nobody declared, with values that are nowhere else."""
ACCEPTED, REFUSED, NOWHERE, FOUND = "accepted", "refused", "nowhere", "found"
AT = "/sign-up"
Search = Callable[[Sequence[str]], int]
"""In how many places of the database one of these values stands."""


def is_kept_to(project: Project, pages: Callable[[], Application], search: Search) -> Iterator[Attempt]:
    """Every such attempt: at the check of forms, at the gate before an application, and at the API of this database."""
    for form in declared(project):
        yield from _checked(project, form)
        yield from _at_the_gate(form)
    yield from _at_the_api(project, pages(), search)


def declared(project: Project) -> Iterator[Form]:
    """For each ordinary purpose that takes data of this promise in, the form of all fields that it may ask."""
    policy = project.versions[-1]
    for purpose in policy.purposes.values():
        ours = {
            name for name, category in policy.categories.items()
            if category.promise == PROMISE and purpose.kind is PurposeKind.ORDINARY
            and (use := policy.use(name, purpose.name)) and Action.INSERT in use.actions
        }  # fmt: skip
        fields = [
            Field(f"{table.name}_{column.name}", f"{table.name}.{column.name}")
            for table in project.datamap.tables.values()
            for column in table.columns.values()
            if column.categories and set(column.categories) <= ours and not column.derived_from
        ]
        if fields:
            yield Form(purpose.name, tuple(fields))


def _checked(project: Project, form: Form) -> Iterator[Attempt]:
    said = f"check the form of {form.purpose}"
    yield _attempt(
        f"the form of {form.purpose} with what it declares", said, ACCEPTED, _said(project, form), control=True
    )
    for name in EXTRA:
        for column in ("", f"{form.fields[0].column.rpartition('.')[0]}.{name}"):
            more = replace(form, fields=(*form.fields, Field(name, column)))
            yield _attempt(f"the form of {form.purpose} with {column or name}", said, REFUSED, _said(project, more))
    policy = project.versions[-1]
    for other in policy.purposes.values():
        use = [policy.use(c, other.name) for c in policy.categories if policy.categories[c].promise == PROMISE]
        if not any(one and {Action.INSERT, Action.UPDATE} & set(one.actions) for one in use):
            yield _attempt(f"the same form for {other.name}, which takes none of it in", said, REFUSED,
                           _said(project, replace(form, purpose=other.name)))  # fmt: skip
    for one in form.fields:
        answer = forms.check(project, replace(form, fields=(one,)))[0]
        if answer.necessity == Necessity.OPTIONAL.value:
            yield _attempt(f"{one.column} is required, which the policy says is optional", said, REFUSED,
                           _said(project, replace(form, fields=(replace(one, required=True),))))  # fmt: skip


def _said(project: Project, form: Form) -> str:
    return ACCEPTED if all(one.accepted for one in forms.check(project, form)) else REFUSED


def _at_the_gate(form: Form) -> Iterator[Attempt]:
    """An application that stores whatever it gets, behind the gate."""
    stored: list[bytes] = []

    def application(environ: dict[str, Any], begin: Callable[..., Any]) -> list[bytes]:
        stored.append(environ["wsgi.input"].read())
        begin("200 OK", [])
        return [b""]

    gate = Gate(application, {AT: form})
    good = {one.name: "a value" for one in form.fields}
    as_form, as_json = "application/x-www-form-urlencoded", "application/json"
    yield _attempt("a form with what it declares reaches the application", f"POST {AT}", ACCEPTED,
                   _sent(gate, stored, urlencode(good).encode(), as_form), control=True)  # fmt: skip
    tried = {
        "a form with fields more": (urlencode({**good, **EXTRA}).encode(), as_form, ""),
        "the same as JSON": (json.dumps({**good, **EXTRA}).encode(), as_json, ""),
        "with the fields in the address": (urlencode(good).encode(), as_form, urlencode(EXTRA)),
        "in a form of another sort": (urlencode({**good, **EXTRA}).encode(), "multipart/form-data; boundary=x", ""),
        "as JSON that is no object": (json.dumps([{**good, **EXTRA}]).encode(), as_json, ""),
    }
    for words, (body, kind, query) in tried.items():
        yield _attempt(
            f"{words} does not reach the application", f"POST {AT}", REFUSED, _sent(gate, stored, body, kind, query)
        )
    kept = FOUND if any(value.encode() in body for value in EXTRA.values() for body in stored) else NOWHERE
    yield _attempt("what was refused is not with the application", f"POST {AT}", NOWHERE, kept)


def _sent(gate: Gate, stored: list[bytes], body: bytes, kind: str, query: str = "") -> str:
    before = len(stored)
    status, said = _ask(gate, AT, body, kind, query)
    if any(value in said for value in EXTRA.values()):
        return "told again what was in it"
    return ACCEPTED if status == 200 and len(stored) > before else REFUSED if status == 422 else f"status {status}"


def _at_the_api(project: Project, pages: Application, search: Search) -> Iterator[Attempt]:
    """A form of our own with fields more; then the whole database, and the logs, are searched for their values."""
    lines = _Lines()
    logging.getLogger().addHandler(lines)
    body: dict[str, object] = {"address": "nobody@lakana.example", "language": "nl"}
    at = "/api/me/codes"
    try:
        status, _ = _ask(pages, at, json.dumps(body).encode(), "application/json")
        yield _attempt(
            "our own form with what it declares",
            f"POST {at}",
            ACCEPTED,
            ACCEPTED if status == 202 else str(status),
            control=True,
        )
        status, said = _ask(pages, at, json.dumps({**body, **EXTRA}).encode(), "application/json")
        yield _attempt(
            "our own form with fields more", f"POST {at}", REFUSED, REFUSED if 400 <= status < 500 else str(status)
        )
        told = [*lines.said, said]
    finally:
        logging.getLogger().removeHandler(lines)
    logged = any(value in line for value in EXTRA.values() for line in told)
    yield _attempt("what was in them is in no answer and no log", f"POST {at}", NOWHERE, FOUND if logged else NOWHERE)
    places = search(tuple(EXTRA.values()))
    yield _attempt(
        "what was in them is nowhere in the database", "search every table", NOWHERE, FOUND if places else NOWHERE
    )
    known = search((project.versions[-1].name,))
    yield _attempt(
        "what is in the database is found", "search every table", FOUND, FOUND if known else NOWHERE, control=True
    )


class _Lines(logging.Handler):
    """Keeps what was logged, for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.said.append(self.format(record))


def _ask(application: Any, at: str, body: bytes, kind: str, query: str = "") -> tuple[int, str]:  # noqa: ANN401
    said: list[str] = []

    def begin(status: str, headers: list[tuple[str, str]], error: object = None) -> None:
        said.append(status)

    host = _host()
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": at, "QUERY_STRING": query, "CONTENT_TYPE": kind, "SERVER_NAME": host,
        "SERVER_PORT": "443", "HTTP_HOST": host, "REMOTE_ADDR": "192.0.2.1", "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "https",
    }  # fmt: skip
    chunks = application(environ, begin)
    text = b"".join(chunks).decode("utf-8", "replace")
    close = getattr(chunks, "close", None)
    if close:
        close()
    return int(said[-1].split()[0]), text


def _host() -> str:
    from houvast.web import site as sites

    known = sites.known()
    return known.host if known else "localhost"


def _attempt(name: str, what: str, expected: str, seen: str, *, control: bool = False) -> Attempt:
    return Attempt(name, "visitor", what, control, expected, seen, SORT)
