"""Whether a form may ask what it asks, for an application that makes one (promise C06)."""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from houvast.app import forms
from houvast.client import Field as FormField
from houvast.client import Form
from houvast.web import site as sites
from houvast.web.api.callers import ProgramToken
from houvast.web.api.shapes import Body, Line, Name

router = Router(tags=["applications"])


class AskField(Body):
    """A field of the form, and the TABLE.COLUMN in which it is stored ("" when there is none)."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
    column: Line = ""
    required: bool = False


class AskForm(Body):
    """A form, for one purpose."""

    purpose: Name
    fields: Annotated[list[AskField], Field(min_length=1, max_length=200)]


class FieldOut(Schema):
    """Whether the field is accepted; if not, why, and what to do. `necessity`: required, optional or empty."""

    name: str
    column: str
    accepted: bool
    category: str
    necessity: str
    promise: str
    why: str
    todo: str


class FormOut(Schema):
    """Accepted when every field is."""

    accepted: bool
    fields: list[FieldOut]


@router.post("/forms/check", auth=ProgramToken("forms"), response=FormOut, operation_id="checkForm")
def check(request: HttpRequest, asked: AskForm) -> FormOut:
    """Whether policy and data map know every field, for this purpose, and whether it may be required (promise C06)."""
    form = Form(asked.purpose, tuple(FormField(one.name, one.column, one.required) for one in asked.fields))
    found = forms.check(sites.current().project(), form)
    return FormOut(accepted=all(one.accepted for one in found), fields=[FieldOut(**asdict(one)) for one in found])
