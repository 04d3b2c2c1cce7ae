"""One tree of errors. Each has a public half (what a caller may read) and says what to do next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file: 1-based line and column, as editors count them."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("", 0, 0)


class HouvastError(Exception):
    """Something that Houvast was asked to do could not be done.

    `exit_code` is what the command exits with: 1 a finding or refusal, 2 wrong usage.
    """

    code = "houvast"
    exit_code = 1

    def __init__(self, message: str, *, todo: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.todo = todo
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        todo = f"\n  What to do: {self.todo}" if self.todo else ""
        return f"{where}{self.message}{todo}"


class UsageError(HouvastError):
    """The command or call was made wrongly."""

    code = "usage"
    exit_code = 2


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a file, in the words of who wrote it.

    `code` is a stable short name ("quote-lost"), `promise` the promise or duty concerned ("" if none).
    """

    code: str
    place: Place
    message: str
    todo: str = ""
    promise: str = ""

    def __str__(self) -> str:
        todo = f"\n  What to do: {self.todo}" if self.todo else ""
        return f"{self.place}: {self.message}{todo}"


class FileErrors(HouvastError):
    """One or more files hold mistakes; every one is listed with its place."""

    code = "file"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class DatabaseRefusal(HouvastError):
    """The database is not in a state in which this may be done; nothing was changed."""

    code = "database"


class ServerError(HouvastError):
    """The embedded PostgreSQL server could not be started or reached."""

    code = "server"
