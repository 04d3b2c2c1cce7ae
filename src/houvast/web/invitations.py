"""Staff come by invitation: a one-time link, made at the command line."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db import transaction

from houvast.database import queries
from houvast.errors import UsageError
from houvast.reading import did_you_mean
from houvast.web.roles import Role
from houvast.web.site import Site

HOURS = 24
_SQL = queries("houvast.web", "entry.sql")


@dataclass(frozen=True)
class Member:
    """Somebody of the staff. `ready`: has a way to sign in."""

    name: str
    roles: tuple[str, ...]
    active: bool
    ready: bool


def invite(site: Site, name: str, role: str, *, enters: bool = False) -> str:
    """A one-time link for somebody new, or again for somebody known; older links of theirs no longer count.

    `enters`: the link itself lets in, for one session, without a second factor. Only the demo makes such links.
    Raises UsageError for a role that there is none of.
    """
    if role not in set(Role):
        raise UsageError(f"There is no role `{role}`.", todo=did_you_mean(role, [str(one) for one in Role]))
    with transaction.atomic():
        user, new = User.objects.get_or_create(username=name)
        if new:
            user.set_unusable_password()
        user.is_active = True
        user.save()
        group, _ = Group.objects.get_or_create(name=role)
        user.groups.set([group])
    token = secrets.token_urlsafe(32)
    values = {"user": user.pk, "token": _hash(token), "enters": enters, "hours": HOURS}
    site.ask(lambda desk: desk.execute(_SQL["invite"], values))
    return f"{site.origin}/welcome/{token}/"


def accept(site: Site, token: str) -> tuple[User, bool] | None:
    """Whom a link lets in, and whether without a second factor; None for one used, too old or never made."""
    row = site.ask(lambda desk: desk.execute(_SQL["accept"], (_hash(token),)).fetchone())
    user = User.objects.filter(pk=row[0], is_active=True).first() if row else None
    return (user, bool(row[1])) if row and user else None


def members() -> tuple[Member, ...]:
    """All of the staff, by name."""
    from houvast.web.roles import has_factor

    found = User.objects.order_by("username").prefetch_related("groups")
    return tuple(
        Member(
            user.username,
            tuple(sorted(group.name for group in user.groups.all())),
            user.is_active,
            has_factor(user),
        )
        for user in found
    )


def dismiss(name: str) -> None:
    """Somebody may no longer come in; their sessions end at once. Raises UsageError when there is no such name."""
    from django.contrib.sessions.models import Session

    user = User.objects.filter(username=name).first()
    if user is None:
        known = list(User.objects.values_list("username", flat=True))
        raise UsageError(f"There is nobody called `{name}`.", todo=did_you_mean(name, known))
    keys = list(user.usersession_set.values_list("session_key", flat=True))  # pyright: ignore
    Session.objects.filter(session_key__in=keys).delete()
    user.delete()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
