"""Where people stand, as frozen values. No address, number or name of anybody is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from houvast.policy.sight import Said
from houvast.policy.world import PersonKey


def _instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="seconds") if value else None


@dataclass(frozen=True)
class Known:
    """Somebody who is known by an identifier. `stands`: where they stand, as `stand` or `stand:about`."""

    person: PersonKey
    closed_at: datetime | None
    stands: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {"person": ":".join(self.person), "closed_at": _instant(self.closed_at), "stands": list(self.stands)}


@dataclass(frozen=True)
class State:
    """Where a person stands now and stood before; `seen_by`: purpose -> categories that it may see now.

    `same`: who else of the map is the same person. `cooling`: sorts of address that are too new for codes and copies.
    """

    person: PersonKey
    since: datetime | None
    closed_at: datetime | None
    history: tuple[Said, ...]
    seen_by: Mapping[str, tuple[str, ...]]
    same: tuple[PersonKey, ...]
    cooling: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "person": ":".join(self.person),
            "since": _instant(self.since),
            "closed_at": _instant(self.closed_at),
            "stands": [
                {"stand": one.what, "about": one.about, "since": _instant(one.since), "until": _instant(one.until)}
                for one in self.history
            ],
            "seen_by": {purpose: list(categories) for purpose, categories in self.seen_by.items()},
            "same_person": [":".join(one) for one in self.same],
            "addresses_cooling_down": list(self.cooling),
        }


@dataclass(frozen=True)
class Change:
    """What was done, and what followed. `closed`, `opened`: purpose -> categories that it sees no longer, or again.
    `note`: what to know of it, a line each."""

    person: PersonKey
    did: str
    about: str
    changed: bool
    closed: Mapping[str, tuple[str, ...]]
    opened: Mapping[str, tuple[str, ...]]
    note: str = ""

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {**asdict(self), "person": ":".join(self.person)}


@dataclass(frozen=True)
class Doubt:
    """How many people contest a column or are in doubt about it, by source, and since when the oldest waits."""

    place: str
    source: str
    people: int
    oldest: datetime

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {**asdict(self), "oldest": _instant(self.oldest)}
