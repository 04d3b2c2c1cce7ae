"""What the provider of the tests serves, and what it says of people; for its own program alone."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUntypedBaseClass=false
from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView
from django.urls import include, path
from oauth2_provider.oauth2_validators import OAuth2Validator


class Validator(OAuth2Validator):
    """Says the mail address of somebody, and whether it was checked."""

    oidc_claim_scope = {**OAuth2Validator.oidc_claim_scope, "email": "email", "email_verified": "email"}  # noqa: RUF012

    def get_additional_claims(self, request: Any) -> dict[str, object]:
        """Of who signed in."""
        return {"email": request.user.email, "email_verified": request.user.first_name == "checked"}


urlpatterns = [
    path("login/", LoginView.as_view(template_name="login.html")),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
