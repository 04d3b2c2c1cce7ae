"""What is told of the files of a bundle: kinds, places and reasons, never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from houvast.screening.bundle.texts import Excerpt
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a bundle.

    `path`: where it is in the bundle; what is personal in it is replaced by its kind (`[email].log`); `size`: its
    bytes, unpacked; `findings`: the first thousand, by their places in the file; `counts`: all, by kind, those in the
    name too (`in_path`); `not_screened`: why not all of it was looked into, if so; `excerpts`: lines for its owner,
    when they were asked for; `is_archive`: what is in it are files of their own.
    """

    path: str
    size: int
    findings: tuple[Finding, ...] = ()
    counts: Mapping[Kind, int] = field(default_factory=dict[Kind, int])
    in_path: Mapping[Kind, int] = field(default_factory=dict[Kind, int])
    not_screened: str | None = None
    excerpts: tuple[Excerpt, ...] = ()
    is_archive: bool = False

    @property
    def total(self) -> int:
        """How much was found, in the file and in its name."""
        return sum(self.counts.values())

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "path": self.path,
            "bytes": self.size,
            "kinds": {str(kind): count for kind, count in sorted(self.counts.items())},
            "in_path": {str(kind): count for kind, count in sorted(self.in_path.items())},
            "findings": [
                {"kind": str(one.kind), "offset": one.offset, "length": one.length, "confidence": one.confidence}
                for one in self.findings
            ],
            "not_screened": self.not_screened,
        }


@dataclass(slots=True)
class Report:
    """What a bundle holds. `left_out`: what is not in what was written, and why; `fit`: whether what was written may be
    used; `again`: in which of its files something was found when it was looked through once more."""

    members: list[Member] = field(default_factory=list[Member])
    left_out: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    fit: bool = False
    again: list[Member] = field(default_factory=list[Member])

    @property
    def kinds(self) -> Counter[Kind]:
        """How often each kind was found."""
        total: Counter[Kind] = Counter()
        for member in self.members:
            total.update(member.counts)
        return total

    @property
    def files(self) -> int:
        """How many files it has, archives aside: their files count."""
        return sum(1 for member in self.members if not member.is_archive)

    @property
    def outcome(self) -> str:
        """`findings`, else `not_screened`, else `clean`."""
        if any(member.total for member in self.members):
            return "findings"
        return "not_screened" if any(member.not_screened for member in self.members) else "clean"

    @property
    def size(self) -> int:
        """Bytes that were looked through."""
        return sum(member.size for member in self.members)


def leads_out(name: bytes, link: bytes = b"") -> bool:
    """Whether a name is not below the place where its archive is unpacked."""
    if name.startswith((b"/", b"\\")) or link.startswith((b"/", b"\\")) or name[1:3] in (b":\\", b":/"):
        return True
    depth = 0
    for part in name.replace(b"\\", b"/").split(b"/"):
        depth += -1 if part == b".." else part not in {b"", b"."}
        if depth < 0:
            return True
    return False
