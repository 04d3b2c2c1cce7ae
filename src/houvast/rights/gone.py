"""What goes of one value of a copy: the whole of it, or places in its texts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from houvast.rights.model import Rule
from houvast.rights.texts import with_strings


@dataclass(frozen=True, order=True)
class Span:
    """A place in a text, the rule by which it goes, and the role that stands there instead."""

    begin: int
    end: int
    rule: Rule
    role: str


@dataclass(frozen=True)
class Gone:
    """`whole`: rule and role when nothing of the value stays. `parts`: number of a text in the value (`texts.strings`) ->
    its places, in their order, which do not overlap."""

    whole: tuple[Rule, str] | None = None
    parts: Mapping[int, tuple[Span, ...]] = field(default_factory=dict[int, tuple[Span, ...]])

    @property
    def rules(self) -> Iterator[Rule]:
        """The rule of each place."""
        if self.whole:
            yield self.whole[0]
        for spans in self.parts.values():
            yield from (one.rule for one in spans)

    def out_of(self, value: object) -> object:
        """The value without what goes."""
        if self.whole:
            return self.whole[1]
        number = count()

        def without(text: str) -> str:
            for one in reversed(self.parts.get(next(number), ())):
                text = f"{text[: one.begin]}[{one.role}]{text[one.end :]}"
            return text

        return with_strings(value, without)
