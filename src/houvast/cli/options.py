"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
profile_option = click.option(
    "--profile",
    type=click.Choice(["fast", "portable"]),
    default="fast",
    show_default=True,
    help="How a use is recognised: by a setting (fast), or by a table where the server refuses that.",
)
as_of_option = click.option("--as-of", metavar="DATE", help="At that date, or instant, instead of now.")
project_option = click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder with policy.yaml and datamap.yaml; by default this folder, else the demo's.",
)
database_option = click.option(
    "--database", metavar="URL", help="The database; by default the demo's, started when needed."
)


def target_options(command: Command) -> Command:
    """`--project` and `--database`."""
    return project_option(database_option(command))


def example(text: str) -> Callable[[Command], Command]:
    """Add an example to the help of a command."""

    def add(command: Command) -> Command:
        lines = "\n".join(f"  {line}" for line in text.splitlines())
        command.__doc__ = f"{command.__doc__}\n\n\b\nExample:\n{lines}\n"
        return command

    return add
