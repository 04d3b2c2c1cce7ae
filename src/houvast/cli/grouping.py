"""Groups of commands whose help says each command's whole first sentence, and never half of it; a command is read when
it is used, so that none needs what only another needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click

_END = re.compile(r"(?<!\bart)\.(?=\s|$)")
"""Where a first sentence ends; `GDPR art. 20` ends none."""


class Parts(MutableMapping[str, click.Command]):
    """Commands by their names, each from its place (`module:attribute`) once somebody asks for it."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)
        self._read: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._read:
            module, _, attribute = self._places[name].partition(":")
            self._read[name] = getattr(import_module(module), attribute)
        return self._read[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._places[name], self._read[name] = "", command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._read.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Group(click.Group):
    """A group that lists its commands by their first sentences, over as many lines as they need."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list; click cuts what is longer than a line."""
        rows = [
            (name, summary(command.help or "")) for name, command in sorted(self.commands.items()) if not command.hidden
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def summary(text: str) -> str:
    """The first sentence of a help text, on one line."""
    first = " ".join(text.split("\n\n")[0].split())
    return _END.split(first, maxsplit=1)[0] + "." if first else ""
