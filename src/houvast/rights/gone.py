"""What goes of one value of a copy: the whole of it, or places in its texts. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import cast

from houvast.rights.model import Rule
from houvast.rights.texts import with_strings

WHOLE = -1
"""The number that stands for the whole of a value, where else that of a text in it stands."""


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

    def let_stand(self, part: int, begin: int, end: int) -> Gone:
        """The same without what the rules took at one place."""
        if part == WHOLE:
            return Gone(parts=self.parts)
        left = tuple(one for one in self.parts.get(part, ()) if (one.begin, one.end) != (begin, end))
        return Gone(self.whole, {**self.parts, part: left})

    def taken(self, part: int, begin: int, end: int, role: str) -> Gone:
        """The same, and one place more; what lies over it goes with it."""
        if self.whole or part == WHOLE:
            return self if self.whole else Gone((Rule.JUDGED, role))
        ours = self.parts.get(part, ())
        over = [one for one in ours if one.begin < end and one.end > begin]
        new = Span(
            min([begin, *(one.begin for one in over)]), max([end, *(one.end for one in over)]), Rule.JUDGED, role
        )
        return Gone(None, {**self.parts, part: tuple(sorted([*(one for one in ours if one not in over), new]))})


@dataclass(frozen=True)
class Judged:
    """What one of the staff judged of a place: that it goes too (`takes`), or that what a rule took stays. `part`: WHOLE, or
    the number of a text in the value."""

    number: int
    table: str
    column: str
    key: str
    part: int
    begin: int
    end: int
    takes: bool

    def said(self, value: object) -> str:
        """The text that was judged, as it is now; "" when it is no longer there."""
        if self.part == WHOLE:
            return "".join(text for _, text in spelled(value))
        return next((text for number, text in spelled(value) if number == self.part), "")

    def on(self, gone: Gone, role: str, *, same: bool) -> Gone:
        """What goes of the value with this judgement. `same`: the text is the one that was judged. If not, what was to go
        takes the whole value with it, and what was to stay goes by its rule."""
        if not self.takes:
            return gone.let_stand(self.part, self.begin, self.end) if same else gone
        return gone.taken(self.part if same else WHOLE, self.begin, self.end, role)


def spelled(value: object) -> Iterator[tuple[int | None, str]]:
    """A value as people read it, in pieces: the number of each text in it (as `texts.strings` goes), None for what is no
    text."""
    yield from _spelled(value, count(), "")


def _spelled(value: object, numbers: Iterator[int], quote: str) -> Iterator[tuple[int | None, str]]:
    if isinstance(value, str):
        text = (next(numbers), value)
        yield from ((None, quote), text, (None, quote)) if quote else (text,)
    elif isinstance(value, list):
        for number, one in enumerate(cast("list[object]", value)):
            yield None, ", " if number else "["
            yield from _spelled(one, numbers, '"')
        yield None, "]" if value else "[]"
    elif isinstance(value, dict):
        for number, (key, one) in enumerate(cast("dict[str, object]", value).items()):
            yield None, ", " if number else "{"
            yield from _spelled(key, numbers, '"')
            yield None, ": "
            yield from _spelled(one, numbers, '"')
        yield None, "}" if value else "{}"
    elif value is not None or quote:
        yield None, json.dumps(value)
