"""The certificate of an erasure: what was erased, what is kept and why, what physically remains; for people and programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from houvast.policy.law import Law
from houvast.policy.model import Policy
from houvast.policy.notices.names import Names
from houvast.policy.regime import regime
from houvast.policy.world import PersonKey
from houvast.rights.model import Elsewhere
from houvast.rights.plan import Fate, Part, Plan
from houvast.rights.trace import Place
from houvast.rights.words import wording

FORMAT = "houvast-erasure/1"


@dataclass(frozen=True)
class Absence:
    """What a search of the whole database found afterwards. `kept`: in rows that are kept; `of_others`: in rows of
    somebody else; `left`: anywhere else, which is what should not be. `values`: how many identifiers were looked for.
    `unread`: (place, why) of what could not be looked into; `closed`: kinds of files in which no text is looked for."""

    kept: tuple[Place, ...]
    of_others: tuple[Place, ...]
    left: tuple[Place, ...]
    tables: int
    values: int
    objects: int = 0
    unread: tuple[tuple[str, str], ...] = ()
    closed: tuple[tuple[str, int], ...] = ()

    @property
    def open(self) -> int:
        """How many places are not as they should be: something is left there, or nobody could look."""
        return len(self.left) + len(self.unread)

    def to_json(self) -> dict[str, object]:
        """Places and counts."""
        return {
            "tables_searched": self.tables,
            "large_objects_searched": self.objects,
            "not_searched": dict(self.unread),
            "not_opened": dict(self.closed),
            "identifiers": self.values,
            "in_kept_rows": [one.to_json() for one in self.kept],
            "in_rows_of_others": [one.to_json() for one in self.of_others],
            "left": [one.to_json() for one in self.left],
        }


@dataclass(frozen=True)
class Certificate:
    """`vacuumed`: tables of which the dead rows were cleaned; `not_vacuumed`: and those of which they could not be.
    `entries_closed`: how many entries of the log nothing opens any more, None when that is still to be done."""

    plan: Plan
    policy: Policy
    request: int
    erased_at: datetime
    absence: Absence
    vacuumed: tuple[str, ...]
    not_vacuumed: tuple[str, ...]
    entries_closed: int | None
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def waits(self) -> tuple[Elsewhere, ...]:
        """Other systems, and recipients, that have not done their part yet."""
        return tuple(one for one in self.elsewhere if not one.is_done)

    @property
    def person(self) -> PersonKey:
        """About whom it is."""
        return self.plan.person

    def to_json(self) -> dict[str, object]:
        """As `certificate.json` has it: counts, reasons and places; of the person their number alone."""
        return {
            "format": FORMAT,
            "person": ":".join(self.person),
            "policy": self.policy.name,
            "version": self.policy.version,
            "request": self.request,
            "erased_at": self.erased_at.isoformat(timespec="seconds"),
            "plan": self.plan.to_json(),
            "absence": self.absence.to_json(),
            "physically": {
                "dead_rows_cleaned": list(self.vacuumed),
                "dead_rows_left": list(self.not_vacuumed),
                "write_ahead_log": "until it is recycled",
                "backups": "until they are deleted; a database restored from one must repeat this erasure first",
            },
            "elsewhere": [one.to_json() for one in self.elsewhere],
            "log": {"entries_nothing_opens_any_more": self.entries_closed},
        }

    def text(self, language: str) -> str:
        """The same for the person, in plain words."""
        return "\n".join(_Telling(self, language).lines()) + "\n"


class _Telling:
    def __init__(self, about: Certificate, language: str) -> None:
        law: Law = regime(about.policy.regime).at(about.erased_at)
        self.about = about
        self.names = Names(about.policy, language, {}, law)
        self.says = wording(language)["certificate"]

    def lines(self) -> Iterator[str]:
        about, says = self.about, self.says
        yield says["title"]
        yield ""
        controller = about.policy.controller.get("name", about.policy.name)
        yield says["lead"].format(controller=controller, day=self.names.day(about.erased_at), request=about.request)
        for fate in (Fate.ERASED, Fate.EMPTIED, Fate.LEFT):
            parts = [part for part in about.plan.parts if part.fate is fate]
            if parts:
                yield from ("", says[fate.value], *(f"- {part.table}: {part.count}" for part in parts))
        kept = [part for part in about.plan.parts if part.fate is Fate.KEPT]
        if kept:
            yield from ("", says["kept"], *(f"- {part.table}: {part.count}. {self._why(part)}" for part in kept))
        yield from ("", self._absence(), *self._unread())
        if about.elsewhere:
            yield from ("", says["elsewhere"], *(f"- {self._system(one)}" for one in about.elsewhere))
        if about.waits:
            yield from ("", says["waits"].format(request=about.request))
        yield from ("", says["remains"])
        if about.not_vacuumed:
            yield says["dead"].format(tables=", ".join(about.not_vacuumed))
        yield from (says["wal"], says["backups"])
        yield says["log" if about.entries_closed is not None else "log_waits"]

    def _why(self, part: Part) -> str:
        said = self.says[f"why_{part.reason}"].format(grounds=", ".join(part.grounds))
        return f"{said} {self.says['until'].format(day=self.names.day(part.until))}" if part.until else said

    def _system(self, one: Elsewhere) -> str:
        looked = "told" if one.told else "looked_files" if one.files else "looked"
        key = looked if one.is_done else "not_yet"
        return self.says[key].format(name=one.name, changed=one.changed, kept=one.kept)

    def _absence(self) -> str:
        found = self.about.absence
        key = "searched_left" if found.left else "searched"
        places = ", ".join(one.at for one in found.left)
        return self.says[key].format(tables=found.tables, objects=found.objects, count=found.values, places=places)

    def _unread(self) -> Iterator[str]:
        """What the search did not reach."""
        found = self.about.absence
        if found.unread:
            yield self.says["unread"].format(places=", ".join(place for place, _ in found.unread))
        if found.closed:
            kinds = ", ".join(f"{kind} ({number})" for kind, number in found.closed)
            yield self.says["not_opened"].format(kinds=kinds)
