"""The API as Django Ninja makes it, with problems instead of its own errors, and a description that says so."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from houvast.web.api.problems import TYPE, Problem, problem_of

DESCRIPTION = """What people, applications and the staff of an organisation ask its privacy policy by a program.

Programs show a token (`houvast token add`). People ask a code by mail, and get a session. In a browser the cookie of a
session of the pages serves, with the token of a form as X-CSRFToken. People are named in bodies, never in addresses."""
_PROBLEM: Mapping[str, Any] = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "promise", "todo"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in a sentence. Never a value."},
        "promise": {
            "type": "string",
            "description": "The promise of the policy that refuses it; empty when it is none.",
        },
        "todo": {"type": "string", "description": "What to do instead."},
        "wrong": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "what"],
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}
_KEY: Mapping[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same call with the same key is done once, and answered the same, for a day.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,100}$"},
}
_SEE = "See the description: /api/openapi.json."
ONCE = "x-once"
"""In what Ninja is told of an operation: it takes an Idempotency-Key."""


FILE = "x-file"
"""The same, of one that answers with a file: of what type."""


class Api(NinjaAPI):
    """One description, one way to say what is wrong."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> Any:  # noqa: ANN401
        """The description (OpenAPI 3.1)."""
        made = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        made["components"].setdefault("schemas", {})["Problem"] = dict(_PROBLEM)
        content = {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in made["paths"].values():
            for method, one in list(operations.items()):
                one = operations[method] = json.loads(json.dumps(one))
                one["responses"] = {str(code): said for code, said in one["responses"].items()}
                one["responses"]["default"] = {
                    "description": "It was not done; nothing was changed.",
                    "content": content,
                }
                if kind := one.pop(FILE, ""):
                    file = {"schema": {"type": "string", "format": "binary"}}
                    one["responses"]["200"] = {"description": "OK", "content": {kind: file}}
                if one.pop(ONCE, False):
                    one["parameters"].append(dict(_KEY))
        return made

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:  # noqa: ANN401 - as Ninja has it
        """What goes wrong, as a problem. Raises what nobody foresaw."""
        if isinstance(exc, AuthenticationError):
            return Problem(401, promise="C38", todo="Show a token as Authorization: Bearer, or sign in.").response()
        if isinstance(exc, ValidationError):
            wrong = [(".".join(str(part) for part in one["loc"])[:100], str(one["type"])) for one in exc.errors]
            return Problem(422, todo=_SEE, wrong=wrong).response()
        if isinstance(exc, (HttpError, Http404)):
            return Problem(exc.status_code if isinstance(exc, HttpError) else 404, todo=_SEE).response()
        found = problem_of(exc)
        if found is None:
            raise exc
        return found.response()
