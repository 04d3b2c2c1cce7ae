"""Pieces by which the database itself checks who somebody is: codes, sessions of people, and the mail that carries codes.

The pages for people connect as login `houvast_people`: it can open a use of the purpose for people's rights for the person
of a live session and nobody else, in a role of its own that reads what the purpose shows and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.serving import login_piece
from houvast.compiler.words import ident, literal
from houvast.database.queries import queries

PROMISE = "C35"
LOGIN = "houvast_people"
"""The login of the pages for people."""
TABLES = ("outgoing", "checking", "checked", "person_session")


def people_login() -> Piece:
    """The login of the pages for people."""
    return login_piece(LOGIN, "the pages for people read as this login, in the session of a person alone", PROMISE)


def check_pieces() -> list[Piece]:
    """Each table and function of `sql/checks.sql`, in its order."""
    return [
        Piece(f"{kind} {name}", kind, Phase.GROUND, text, "", PROMISE, protects=True, as_keeper=True, replaces=True)
        for name, text in queries("houvast.compiler", "checks.sql").items()
        for kind in ("table" if name in TABLES else "function",)
    ]


def people_members(roles: Iterable[tuple[str, str]], *, options: str) -> list[Piece]:
    """The login of the pages for people may take the roles in which people see their own data, and inherits nothing of
    them. `roles`: each with the role of the purpose itself, of which it was once a member."""
    return [
        Piece(f"member {LOGIN} of {own}", "member", Phase.OPEN, f"GRANT {ident(own)} TO {LOGIN}{options}",
              f"REVOKE {ident(own)} FROM {LOGIN}", PROMISE, opens=True, protects=True, needs=f"member {literal(LOGIN)}",
              instead=(f"member {LOGIN} of {reader}",))
        for own, reader in roles
    ]  # fmt: skip
