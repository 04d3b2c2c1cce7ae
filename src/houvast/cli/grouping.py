"""Groups of commands whose help says each command's whole first sentence, and never half of it."""

from __future__ import annotations

import re

import click

_END = re.compile(r"(?<!\bart)\.(?=\s|$)")
"""Where a first sentence ends; `GDPR art. 20` ends none."""


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
