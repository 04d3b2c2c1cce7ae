"""Where the API is, and its description."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from houvast.web.api import agents, anybody, decisions, explaining, forms, own, people, programs, proof, staff
from houvast.web.api.describe import DESCRIPTION, Api

VERSION = "1"
api = Api(
    title="Houvast", version=VERSION, description=DESCRIPTION, openapi_url=None, docs_url=None, urls_namespace="api"
)
access = Api(title="Decisions", version=VERSION, openapi_url=None, docs_url=None, urls_namespace="access")
access.add_router("", decisions.router)
api.add_router("/me", people.router)
api.add_router("/me", own.router)
api.add_router("/anybody", anybody.router)
api.add_router("", programs.router)
api.add_router("", forms.router)
api.add_router("", explaining.router)
api.add_router("/desk", staff.router)
api.add_router("/desk", proof.router)


@cache
def description() -> str:
    """The description of the API (OpenAPI 3.1), as JSON."""
    made: dict[str, Any] = api.get_openapi_schema(path_prefix="api/")
    more: dict[str, Any] = access.get_openapi_schema(path_prefix="access/v1/")
    made["paths"] |= more["paths"]
    for name, parts in more["components"].items():
        made["components"].setdefault(name, {}).update(parts)
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description, for programs."""
    text = description()
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    response["Cache-Control"] = "public, max-age=300"
    return response


urlpatterns = [
    path("api/openapi.json", openapi, name="openapi"),
    path(".well-known/authzen-configuration", decisions.configuration, name="authzen"),
    path("v1/data-rights-request", agents.exercise, name="drp_exercise"),
    path("v1/data-rights-request/", agents.exercise),
    path("v1/data-rights-request/<uuid:number>", agents.one, name="drp_one"),
    path("v1/agent/<str:agent>", agents.pair, name="drp_agent"),
    path("api/", api.urls),
    path("access/v1/", access.urls),
]
