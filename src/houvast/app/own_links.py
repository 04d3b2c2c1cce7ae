"""Accounts elsewhere that people have linked with what is held of them, in their own session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from houvast.app.own_data import own_session
from houvast.database import queries

_SQL = queries("houvast.app", "own_data.sql")


@dataclass(frozen=True)
class Link:
    """An account elsewhere. `issuer`: where."""

    issuer: str
    made: datetime
    used: datetime | None


def begin(url: str, secret: str, name: str, browser: str, language: str) -> tuple[str, str]:
    """The state and nonce with which somebody goes to link an account. Raises NotSignedIn, also when left alone."""
    with own_session(url) as session:
        state, nonce = session.execute(_SQL["begin_oidc"], (secret, name, browser, language)).fetchone() or ("", "")
        return state, nonce


def add(url: str, secret: str, state: str, browser: str, token: str) -> bool:
    """Link the account of a token; whether it is linked with them now. Raises NotSignedIn."""
    with own_session(url) as session:
        return session.execute(_SQL["add_oidc"], (secret, state, browser, token)).fetchone() == (True,)


def links(url: str, secret: str) -> tuple[Link, ...]:
    """Their linked accounts, the oldest first. Raises NotSignedIn."""
    with own_session(url) as session:
        return tuple(Link(*row) for row in session.execute(_SQL["oidc"], (secret,)).fetchall())


def remove(url: str, secret: str, issuer: str) -> bool:
    """Take one away; whether there was one. Raises NotSignedIn."""
    with own_session(url) as session:
        return session.execute(_SQL["remove_oidc"], (secret, issuer)).fetchone() == (True,)
