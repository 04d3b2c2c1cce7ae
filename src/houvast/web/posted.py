"""What somebody of the staff sent with a form of the desk: who they are, what stands in it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict

from houvast.database import Connection
from houvast.errors import HouvastError
from houvast.web import site as sites
from houvast.web.roles import Role, member, roles_of

T = TypeVar("T")


@dataclass(frozen=True)
class Posted(Generic[T]):
    """What came of a form. `given`: what there is to show; `wrong`: why it was refused; `sent`: there was one."""

    given: T | None = None
    wrong: HouvastError | None = None
    sent: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it was done, and there is nothing to show of it but the page as it is now."""
        return self.sent and self.wrong is None and self.given is None


def posted(
    request: HttpRequest, do: Callable[[Connection, str], T], refusal: type[HouvastError], *roles: Role
) -> Posted[T]:
    """Do what a form asks, by whoever sent it, for `roles` alone; what raises `refusal` is refused.

    Raises PermissionDenied, and what `do` raises beside.
    """
    if request.method != "POST":
        return Posted()
    by = sender(request, *roles)
    try:
        return Posted(sites.current().ask(lambda db: do(db, by)), sent=True)
    except refusal as error:
        return Posted(wrong=error, sent=True)


def sender(request: HttpRequest, *roles: Role) -> str:
    """The name of who asks, in one of these roles, or in any. Raises PermissionDenied."""
    user = member(request.user)
    if user is None or (roles and not {str(role) for role in roles} & set(roles_of(user))):
        raise PermissionDenied
    return user.username


def text(given: QueryDict, name: str) -> str:
    """A field of a form, without what no database takes."""
    return given.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()


def whole(said: str, digits: int = 9) -> int:
    """A number as a form or an address has it. Raises Http404 for one that no table has."""
    if not (said.isascii() and said.isdigit() and len(said) <= digits):
        raise Http404
    return int(said)
