"""The only SQL by which the compiler remembers in a database what it made there."""

from __future__ import annotations

from typing import Any

from houvast.compiler.knowing import Known
from houvast.compiler.piece import Piece
from houvast.compiler.plan import Registered
from houvast.compiler.words import literal
from houvast.database import Connection, queries

_SQL = queries("houvast.compiler", "registry.sql")


def installed(connection: Connection) -> bool:
    """Whether Houvast keeps something in this database."""
    row = connection.execute(_SQL["installed"]).fetchone()
    return bool(row and row[0])


def completed(connection: Connection) -> bool:
    """Whether an apply has ever ended here: then something is protected."""
    row = connection.execute(_SQL["completed"]).fetchone() if installed(connection) else None
    return bool(row and row[0])


def setting(connection: Connection, name: str) -> str:
    """A setting of the installation, "" if there is none."""
    row = connection.execute(_SQL["setting"], (name,)).fetchone() if installed(connection) else None
    return row[0] if row else ""


def known(connection: Connection, profile: str) -> Known:
    """The numbers that an earlier apply gave out."""
    if not installed(connection):
        return Known(profile=profile)
    purposes: list[Any] = connection.execute(_SQL["purposes"]).fetchall()
    bits: list[Any] = connection.execute(_SQL["bits"]).fetchall()
    asked: list[Any] = connection.execute(_SQL["asked"]).fetchall()
    marked = bool((connection.execute(_SQL["marked"]).fetchone() or (False,))[0])
    return Known(dict(purposes), dict(bits), setting(connection, "profile") or profile, dict(asked), marked)


def registered(connection: Connection) -> dict[str, Registered]:
    """Everything that an earlier apply made, in the order of making."""
    if not installed(connection):
        return {}
    return {row[0]: Registered(*row) for row in connection.execute(_SQL["registered"]).fetchall()}


def register(*pieces: Piece) -> str:
    """SQL that remembers pieces of different names, in this order."""
    return _SQL["register"] % ",\n".join(_values(number, piece) for number, piece in enumerate(pieces, 1))


def _values(number: int, piece: Piece) -> str:
    texts = (piece.name, piece.kind, piece.definition, piece.undo, piece.promise)
    return f"({number}, {', '.join(map(literal, texts))}, {piece.opens}, {literal(piece.needs)})"


def forget(name: str) -> str:
    """SQL that forgets a piece that was taken away."""
    return _SQL["forget"] % literal(name)


def expect(name: str) -> str:
    """SQL that remembers of a piece that was taken away that it is about to be made anew, and what it demanded."""
    return _SQL["expect"] % literal(name)


def begin(connection: Connection) -> None:
    """Remember that an apply is under way, until `remember` says that it ended."""
    connection.execute(_SQL["begin"])


def is_unfinished(connection: Connection) -> bool:
    """Whether an apply began here that has not ended."""
    return setting(connection, "unfinished") != ""


def pages(connection: Connection, table: str) -> list[tuple[str, int]]:
    """Each (quoted) partition of a (quoted) table that holds rows, with how many pages it has; "" = the table itself."""
    return connection.execute(_SQL["pages"], {"table": table}).fetchall()


def application(connection: Connection) -> frozenset[str]:
    """The application's relations with their columns, what others may do with them, and what runs with its owner's rights;
    of that nothing that Houvast made."""
    known = connection.execute(_SQL["roles"]).fetchall() if installed(connection) else []
    found = connection.execute(_SQL["application"], {"ours": [name for (name,) in known]}).fetchall()
    return frozenset(line for (line,) in found)


def try_lock(connection: Connection) -> bool:
    """Be the only one who applies here, until `unlock` or the end of the connection."""
    row = connection.execute(_SQL["lock"]).fetchone()
    return bool(row and row[0])


def unlock(connection: Connection) -> None:
    """Let others apply."""
    connection.execute(_SQL["unlock"])


def rights(connection: Connection) -> tuple[bool, bool]:
    """(is superuser, may create roles)."""
    row = connection.execute(_SQL["rights"]).fetchone()
    return (bool(row[0]), bool(row[1])) if row else (False, False)
