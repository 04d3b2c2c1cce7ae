"""The only SQL of the exchange. What the database refuses comes out as Refused, with its own words."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from houvast.database import Connection, DatabaseError, queries
from houvast.diagnostics.model import (
    Asked,
    Bundle,
    Content,
    Followed,
    Opening,
    Part,
    Problem,
    Refused,
    Screening,
    Stands,
    Subcontractor,
)

_SQL = queries("houvast.diagnostics", "exchange.sql")
_PREFIX = "Houvast refuses: "
SCREENS, ENDS = 39, 48


@dataclass(frozen=True)
class Job:
    """A bundle that waits for the worker. `state`: quarantined, to be screened, or redacting."""

    number: int
    code: UUID
    state: str
    format: str
    size: int
    tries: int


@contextmanager
def refusing() -> Generator[None]:
    """Turn what the database refuses into Refused."""
    try:
        yield
    except DatabaseError as error:
        said = error.diag.message_primary or ""
        if said.startswith(_PREFIX):
            text = said.removeprefix(_PREFIX)
            raise Refused(text[:1].upper() + text[1:], todo=error.diag.message_hint or "") from None
        raise


def there(connection: Connection) -> bool:
    """Whether a policy is kept here that keeps the exchange."""
    return bool(_one(connection, "there")[0])


def alone(connection: Connection, what: int) -> bool:
    """Be the one worker who screens (SCREENS) or ends (ENDS) bundles, as long as this connection lives."""
    return bool(_one(connection, "alone", {"what": what})[0])


def ask(
    connection: Connection,
    ticket: str,
    wants: str,
    why: str,
    until: datetime,
    *,
    purpose: str,
    by: str,
    language: str = "nl",
    consumer: bool = True,
) -> tuple[int, str]:
    """Ask for diagnostic data for one problem: its number, and the token of a link that works once. Raises Refused."""
    values = {"ticket": ticket, "wants": wants, "why": why, "until": until, "purpose": purpose, "language": language,
              "consumer": consumer, "by": by}  # fmt: skip
    number, token = _one(connection, "ask", values)
    return int(number), str(token)


def link(connection: Connection, number: int, by: str) -> str:
    """Another link; those that were not used count no longer. Raises Refused."""
    return str(_one(connection, "link", {"number": number, "by": by})[0])


def asked(connection: Connection, token: str) -> Asked | None:
    """What a link asks; None for one that nobody has, or that was used."""
    row = connection.execute(_SQL["asked"], {"token": token}).fetchone()
    return Asked(*row) if row else None


def begin(connection: Connection, token: str) -> str | None:
    """Use a link: the code by which its customer follows from now on."""
    return _one(connection, "begin", {"token": token})[0]


def follow(connection: Connection, code: str) -> Followed | None:
    """How it stands, for the customer with this code."""
    found: dict[str, Any] | None = _one(connection, "follow", {"follow": code})[0]
    if found is None:
        return None
    moments = {name: _moment(found[name]) for name in ("closed", "due", "ended", "taken", "stated")}
    openings = tuple(
        Opening(datetime.fromisoformat(one["at"]), one["reason"], one["role"], one["subcontractor"] or "",
                one["country"] or "")
        for one in found["openings"]
    )  # fmt: skip
    return Followed(
        found["number"], found["ticket"], found["wants"], found["why"], datetime.fromisoformat(found["until"]),
        found["language"], found["consumer"], found["choice"], certificate=found["certificate"] or "",
        bundles=tuple(_bundle(one) for one in found["bundles"]),
        openings=openings, helpers=tuple((one["subcontractor"], one["country"]) for one in found["helpers"]), **moments,
    )  # fmt: skip


def state(connection: Connection, follow: str, language: str, statement: str, warnings: str) -> None:
    """Write down that the customer stated a text; both are SHA-256. Raises Refused."""
    _one(connection, "state", {"follow": follow, "language": language, "statement": statement, "warnings": warnings})


def send(connection: Connection, follow: str, size: int, form: str) -> UUID:
    """A bundle of so many bytes begins to come in; its code. Raises Refused."""
    return _one(connection, "send", {"follow": follow, "size": size, "format": form})[0]


def stands(connection: Connection, follow: str, code: UUID) -> Stands | None:
    """How much of a bundle is there, for its customer alone."""
    row = connection.execute(_SQL["stands"], {"follow": follow, "code": code}).fetchone()
    return Stands(*row) if row else None


def add_part(connection: Connection, follow: str, code: UUID, part: Part) -> bool:
    """Its next piece is stored; False when it is not the next one, or it is no longer awaited. Raises Refused."""
    values = {"follow": follow, "code": code, "begins": part.begins, "size": part.size, "place": part.place}
    return bool(_one(connection, "part", values)[0])


def decide(connection: Connection, follow: str, code: UUID, what: str) -> None:
    """The customer says `redact`, `submit` or `withdraw`. Raises Refused."""
    _one(connection, "decide", {"follow": follow, "code": code, "what": what})


def look(connection: Connection, follow: str, code: UUID, file: int) -> Content:
    """The customer looks at what was found in a file of a bundle: recorded first, so that it may not be within a
    transaction. Raises Refused."""
    (made,) = _one(connection, "look", {"follow": follow, "code": code, "file": file})
    return _content(_one(connection, "looked", {"follow": follow, "look": made}))


def choose(connection: Connection, follow: str, choice: str, *, taken: bool = False) -> None:
    """The customer wants it back (`return`) or destroyed (`destroy`); `taken`: they have it. Raises Refused."""
    _one(connection, "choose", {"follow": follow, "choice": choice, "taken": taken})


def content_back(connection: Connection, follow: str, code: UUID) -> Content | None:
    """Where a bundle lies that its customer takes back."""
    row = connection.execute(_SQL["return"], {"follow": follow, "code": code}).fetchone()
    return _content(row) if row else None


def judge(connection: Connection, number: int, *, accepts: bool, by: str, why: str = "") -> None:
    """Accept what the customer submitted, or refuse it. Raises Refused."""
    _one(connection, "judge", {"number": number, "accepts": accepts, "why": why, "by": by})


def opened(connection: Connection, number: int, reason: str, by: str) -> Content:
    """Open a bundle: recorded first, so that it may not be within a transaction. Raises Refused."""
    (use,) = _one(connection, "open", {"number": number, "reason": reason, "by": by})
    return _content(_one(connection, "read", {"use": use, "by": by}))


def learn(connection: Connection, number: int, product: str, version: str, error: str, times: int, by: str) -> None:
    """Take a fact about an error out of a bundle that was opened. Raises Refused."""
    values = {"number": number, "product": product, "version": version, "error": error, "times": times, "by": by}
    _one(connection, "learn", values)


def close(connection: Connection, number: int, by: str) -> datetime:
    """Close a problem; when what was sent goes at the latest. Raises Refused."""
    return _one(connection, "close", {"number": number, "by": by})[0]


def incident(connection: Connection, number: int, facts: str, by: str) -> None:
    """Write down the facts of personal data that were sent after all. Raises Refused."""
    _one(connection, "incident", {"number": number, "facts": facts, "by": by})


def record(
    connection: Connection,
    name: str,
    country: str,
    tool: str,
    since: date,
    until: date,
    announced: date | None,
    by: str,
) -> int:
    """Record a subcontractor: `tool` one of eea, adequacy, clauses, rules. Its number. Raises Refused."""
    values = {"name": name, "country": country, "tool": tool, "since": since, "until": until, "announced": announced,
              "by": by}  # fmt: skip
    return int(_one(connection, "record", values)[0])


def approve(connection: Connection, number: int, by: str, code: str) -> None:
    """Approve a subcontractor that another officer recorded, with a code. Raises Refused."""
    _one(connection, "approve", {"number": number, "by": by, "code": code})


def end(connection: Connection, number: int, by: str) -> None:
    """A subcontractor helps no longer. Raises Refused."""
    _one(connection, "end", {"number": number, "by": by})


def grant(connection: Connection, number: int, who: str, by: str, *, gives: bool = True) -> None:
    """Let one person open what was sent for one problem, or take that back. Raises Refused."""
    _one(connection, "grant", {"number": number, "who": who, "gives": gives, "by": by})


def confirm(connection: Connection, number: int, by: str) -> None:
    """Somebody of a subcontractor confirms that its copies are gone. Raises Refused."""
    _one(connection, "confirm", {"number": number, "by": by})


def problems(connection: Connection, by: str) -> tuple[Problem, ...]:
    """The problems that somebody may help with, open ones first. Raises Refused."""
    with refusing():
        rows: list[Any] = connection.execute(_SQL["mine"], {"by": by}).fetchall()
    return tuple(Problem(*row[:-1], bundles=tuple(row[-1])) for row in rows)


def subcontractors(connection: Connection) -> tuple[Subcontractor, ...]:
    """The register."""
    return tuple(Subcontractor(*row) for row in connection.execute(_SQL["register"]).fetchall())


def place_staff(connection: Connection, name: str, country: str, subcontractor: int | None) -> bool:
    """Where one of the staff works, and for which subcontractor; False when there is nobody of this name."""
    with refusing():
        values = {"name": name, "country": country, "subcontractor": subcontractor}
        return connection.execute(_SQL["place_staff"], values).fetchone() is not None


def sweep(connection: Connection) -> None:
    """End what had its time: uploads that stopped, what nobody closed, what was accepted for problems that are over."""
    for name in ("expire", "overdue", "due", "forget"):
        connection.execute(_SQL[name])


def to_destroy(connection: Connection) -> list[tuple[int, UUID]]:
    """(number, code) of bundles that have ended and whose keys are still there."""
    return [(row[0], row[1]) for row in connection.execute(_SQL["ended"]).fetchall()]


def destroyed(connection: Connection, number: int) -> None:
    """The key of a bundle is destroyed: where it lay, and in which files something was found, goes too."""
    with connection.transaction():
        for name in ("forget_parts", "forget_members", "key_gone"):
            connection.execute(_SQL[name], {"number": number})


def known(connection: Connection) -> frozenset[UUID]:
    """Of which bundles there may be a key."""
    return frozenset(row[0] for row in connection.execute(_SQL["known"]).fetchall())


def following(connection: Connection) -> Job | None:
    """What the worker does next."""
    row = connection.execute(_SQL["next"]).fetchone()
    return Job(*row) if row else None


def waits(connection: Connection, number: int) -> bool:
    """Whether a bundle still waits for the worker: it was not withdrawn meanwhile."""
    return connection.execute(_SQL["waits"], {"number": number}).fetchone() is not None


def content(connection: Connection, job: Job) -> Content:
    """Where a bundle lies that waits for the worker."""
    parts = tuple(Part(*row) for row in connection.execute(_SQL["parts"], {"number": job.number}).fetchall())
    return Content(job.code, job.format, job.size, parts)


def screened(connection: Connection, number: int, found: Screening, sha256: str | None) -> None:
    """What was found in a bundle. Raises Refused when it has ended meanwhile."""
    values = {"number": number, "detectors": found.detectors, "outcome": found.outcome, "why": found.why,
              "bytes": found.bytes, "found": found.found, "kinds": json.dumps(found.kinds),
              "members": json.dumps(found.members)}  # fmt: skip
    with refusing(), connection.transaction():
        connection.execute(_SQL["found"], values)
        connection.execute(_SQL["screened"], {"number": number, "sha256": sha256})


def redaction(connection: Connection, number: int) -> tuple[int, UUID]:
    """A redacted bundle begins, in a transaction; what an earlier try left ends. (number, code). Raises Refused."""
    with refusing():
        connection.execute(_SQL["left"], {"number": number})
        row = connection.execute(_SQL["redact"], {"number": number}).fetchone()
    if row is None:
        raise Refused("There is no such bundle.")
    return row[0], row[1]


def left(connection: Connection, number: int) -> None:
    """What a redaction had made that did not end goes, so that there is room again."""
    connection.execute(_SQL["left"], {"number": number})


def redacted_part(connection: Connection, number: int, part: Part) -> None:
    """A piece of it is stored."""
    values = {"number": number, "begins": part.begins, "size": part.size, "place": part.place}
    connection.execute(_SQL["redacted_part"], values)


def redacted(connection: Connection, number: int, size: int) -> None:
    """It is whole, and stands in the place of the other. Raises Refused when that was withdrawn meanwhile."""
    with refusing(), connection.transaction():
        row = connection.execute(_SQL["redacted"], {"number": number, "size": size}).fetchone()
        if row is None:
            raise Refused("The bundle was withdrawn meanwhile.")
        connection.execute(_SQL["quarantine"], {"number": number})
        connection.execute(_SQL["replaced"], {"number": row[1]})


def certifiable(connection: Connection) -> list[int]:
    """The problems of which everything is gone, and confirmed."""
    return [row[0] for row in connection.execute(_SQL["to_certify"]).fetchall()]


def certify(connection: Connection, number: int) -> str:
    """Give the certificate of a problem: its text. Raises Refused."""
    with refusing(), connection.transaction():
        told = _one(connection, "certificate", {"number": number})[0]
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        connection.execute(_SQL["certify"], {"number": number, "text": text})
    return text


def unconfirmed(connection: Connection) -> int:
    """How many grants of subcontractors still wait for a confirmation, of problems whose term is over."""
    return int(_one(connection, "unconfirmed")[0])


def _one(connection: Connection, name: str, values: Mapping[str, object] | None = None) -> tuple[Any, ...]:
    with refusing():
        row = connection.execute(_SQL[name], values or {}).fetchone()
    if row is None:
        raise Refused("There is no such bundle, or no such problem.", todo="houvast exchange list shows them.")
    return row


def _content(row: tuple[Any, ...]) -> Content:
    code, form, size, parts = row
    return Content(code, form, size, tuple(Part(*one) for one in parts))


def _bundle(one: Mapping[str, Any]) -> Bundle:
    found = one["screening"]
    screening = (
        Screening(found["outcome"], found["detectors"], found["bytes"], found["found"], found["kinds"],
                  tuple(found["members"]), found["why"])
        if found
        else None
    )  # fmt: skip
    return Bundle(UUID(one["code"]), one["state"], one["size"], one["received"], one["format"], one["redacted"],
                  one["why"], datetime.fromisoformat(one["begun"]), _moment(one["ended"]), screening,
                  one["looks"])  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
