"""Who of the staff may see which page: one decorator, and nothing else decides."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

View = Callable[..., HttpResponseBase]
ENTERED = "houvast_entered"
"""In the session of somebody who came by the demo's one-time link, which stands for a second factor there."""


class Role(StrEnum):
    """What somebody does here. A role is a group in the desk's database."""

    OFFICER = "officer"
    SUPPORT = "support"
    FINANCE = "finance"
    AUDITOR = "auditor"
    SUBCONTRACTOR = "subcontractor"


ALL = (Role.OFFICER, Role.SUPPORT, Role.FINANCE, Role.AUDITOR)
"""Our own people. A subcontractor sees the problems that it helps with, and nothing else."""
guarded: dict[str, tuple[Role, ...]] = {}
"""Every view that is for staff, with the roles that may see it."""


def staff(*roles: Role) -> Callable[[View], View]:
    """For these roles only, signed in with a passkey, or a password and a code.

    Who is not signed in is asked to; who has no second factor sets one up first; others are refused (403).
    """

    def decorate(view: View) -> View:
        guarded[view.__name__] = roles

        @wraps(view)
        def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
            user = member(request.user)
            if user is None:
                return redirect_to_login(request.get_full_path())
            if not may_enter(request, user):
                return HttpResponseRedirect(reverse("set_up"))
            if not {str(role) for role in roles} & set(roles_of(user)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guard

    return decorate


def member(user: AbstractBaseUser | AnonymousUser) -> User | None:
    """Somebody of the staff; None for whoever is not signed in."""
    return user if isinstance(user, User) and user.is_authenticated and user.is_active else None


def roles_of(user: User) -> tuple[str, ...]:
    """The roles of somebody, one question to the database per request."""
    found: tuple[str, ...] | None = getattr(user, "houvast_roles", None)
    if found is None:
        found = tuple(user.groups.order_by("name").values_list("name", flat=True))
        user.houvast_roles = found  # pyright: ignore[reportAttributeAccessIssue]
    return found


def first_page(user: User | None) -> str:
    """Where somebody of the staff begins."""
    return "exchanges" if user is not None and roles_of(user) == (str(Role.SUBCONTRACTOR),) else "today"


def has_factor(user: User) -> bool:
    """Whether they have a passkey or an app with codes."""
    from allauth.mfa.utils import is_mfa_enabled  # pyright: ignore[reportUnknownVariableType]

    return bool(is_mfa_enabled(user))


def may_enter(request: HttpRequest, user: User) -> bool:
    """Whether this session proved enough: a second factor, or the demo's one-time link."""
    return has_factor(user) or bool(request.session.get(ENTERED))
