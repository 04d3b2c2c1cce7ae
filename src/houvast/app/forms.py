"""Whether a form asks what the policy and the data map know, for a purpose that may have it, and no more than it must.

Pure: a form, a project in, an answer for each field out. It names fields, and has no values to name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, cast

from houvast.app.project import Project
from houvast.client import Field, Form
from houvast.datamap.model import Column
from houvast.errors import UsageError
from houvast.policy import Policy
from houvast.policy.model import Action, Necessity
from houvast.reading import did_you_mean

PROMISE = "C06"
TECHNICAL = frozenset({"csrfmiddlewaretoken", "csrf_token", "_csrf", "submit"})
"""Fields of forms that nothing stores."""


@dataclass(frozen=True)
class FieldAnswer:
    """A field: accepted or not, its category, whether people have to give it (""), and why it is refused."""

    name: str
    column: str
    accepted: bool
    category: str = ""
    necessity: str = ""
    promise: str = PROMISE
    why: str = ""
    todo: str = ""


def check(project: Project, form: Form) -> tuple[FieldAnswer, ...]:
    """An answer for each field. Raises UsageError for a purpose that the policy does not have."""
    policy = project.versions[-1]
    if form.purpose not in policy.purposes:
        raise UsageError(
            f"The policy has no purpose `{form.purpose}`.", todo=did_you_mean(form.purpose, tuple(policy.purposes))
        )
    return tuple(_field(project, policy, form.purpose, one) for one in form.fields)


def _field(project: Project, policy: Policy, purpose: str, asked: Field) -> FieldAnswer:
    def refused(why: str, todo: str, *, category: str = "", promise: str = PROMISE) -> FieldAnswer:
        return FieldAnswer(asked.name, asked.column, False, category, "", promise, why, todo)

    name, _, column_name = asked.column.rpartition(".")
    table = project.datamap.tables.get(name)
    column = table.columns.get(column_name) if table else None
    if table is None or column is None:
        known = tuple(f"{one}.{c}" for one, t in project.datamap.tables.items() for c in t.columns)
        hint = did_you_mean(asked.column, known) if asked.column else ""
        return refused("nobody declared this field", hint or "leave it out: a new field is a change of the policy.")
    if not column.categories:
        return FieldAnswer(asked.name, asked.column, True)
    for category in column.categories:
        use, never = policy.use(category, purpose), policy.never(category, purpose)
        if never is not None:
            return refused(
                f"{category} is never used for {purpose}", "leave it out.", category=category, promise=never.promise
            )
        if use is None or not {Action.INSERT, Action.UPDATE} & set(use.actions):
            promise = policy.categories[category].promise or PROMISE
            return refused(f"{purpose} takes no {category} in", "leave it out, or name the purpose that it is for.",
                           category=category, promise=promise)  # fmt: skip
    return _needed(policy, column, asked)


def _needed(policy: Policy, column: Column, asked: Field) -> FieldAnswer:
    """Whether the form asks it as the policy says: required only what is required, and nothing that is observed."""
    category = policy.categories[column.categories[0]]
    need = category.need(column.holds or column.name)
    promise = category.promise or PROMISE
    answer = FieldAnswer(asked.name, asked.column, True, category.name, need.value if need else "", promise)
    if need is Necessity.OBSERVED:
        return FieldAnswer(*_place(answer), promise, "this is observed, and not asked", "leave it out.")
    if asked.required and need is Necessity.OPTIONAL:
        return FieldAnswer(
            *_place(answer), promise, "people may leave this empty, the policy says", "do not require it."
        )
    return answer


def _place(answer: FieldAnswer) -> tuple[str, str, bool, str, str]:
    return answer.name, answer.column, False, answer.category, answer.necessity


def read(text: str, purpose: str = "") -> tuple[Form, ...]:
    """The forms in a file: JSON as the API takes it, or HTML with `data-purpose` and `data-table` at each form.

    `purpose`: what they are for, whatever the file says.

    Raises UsageError for anything else.
    """
    forms = tuple(_of_json(text, purpose)) if text.lstrip().startswith("{") else tuple(_of_html(text, purpose))
    if not forms:
        raise UsageError("There is no form in this file.", todo="Give HTML with a form, or JSON: {purpose, fields}.")
    return forms


def _of_json(text: str, purpose: str) -> Iterator[Form]:
    wrong = UsageError(
        "This is no form.", todo='Write {"purpose": "order", "fields": [{"name": "email", "column": "contact.email"}]}.'
    )
    try:
        found = cast("dict[str, Any]", json.loads(text))
        fields = tuple(
            Field(str(one["name"]), str(one.get("column", "")), one.get("required") is True) for one in found["fields"]
        )
        yield Form(purpose or str(found["purpose"]), fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise wrong from None


def _of_html(text: str, purpose: str) -> Iterator[Form]:
    reader = _Forms()
    reader.feed(text)
    for said, fields in reader.found:
        if not (purpose or said):
            raise UsageError(
                "A form does not say what it is for.", todo='Write <form data-purpose="order" data-table="contact">.'
            )
        yield Form(purpose or said, tuple(fields), TECHNICAL)


class _Forms(HTMLParser):
    """Forms with their fields. A field names its column with `data-column`, or has its name in the form's table."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[Field]]] = []
        self._table = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form or a field."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("data-purpose", ""), []))
            self._table = given.get("data-table", "")
        name = given.get("name", "")
        if tag not in ("input", "select", "textarea") or not name or name in TECHNICAL or given.get("type") == "submit":
            return
        if not self.found:
            self.found.append(("", []))
        if name in {one.name for one in self.found[-1][1]}:
            return  # one of several buttons of a choice
        column = given.get("data-column") or (f"{self._table}.{name}" if self._table else "")
        self.found[-1][1].append(Field(name, column, "required" in given))
