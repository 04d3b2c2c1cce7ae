"""What the command does when something fails: one clear message, an exit code, never a traceback."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from houvast.cli.command import houvast
from houvast.cli.printing import seen_from_here
from houvast.errors import HouvastError

if TYPE_CHECKING:
    from houvast.database.connect import DatabaseError

INTERRUPTED = 130
REFUSED = 1
SELDOM = (100_000, 20, 50)
"""When Python looks for circles: a command makes many values and few of them, and the look was an eighth of `plan`."""


def main() -> None:
    """Run the command with what stands on the command line."""
    gc.set_threshold(*SELDOM)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command; its exit code."""
    try:
        return houvast.main(list(arguments), prog_name="houvast", standalone_mode=False) or 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except HouvastError as error:
        click.echo(seen_from_here(str(error)), err=True)
        return error.exit_code
    except _database_error() as error:
        click.echo(said_by_database(error), err=True)
        return REFUSED
    except BrokenPipeError:
        _close_output()
        return REFUSED


def _database_error() -> type[DatabaseError]:
    """The error of the door to PostgreSQL, read when something failed: `houvast scan FILE` needs no database."""
    from houvast.database.connect import DatabaseError

    return DatabaseError


def said_by_database(error: DatabaseError) -> str:
    """The first line of what PostgreSQL says. Its details may quote rows, so they stay unsaid."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"PostgreSQL refused ({error.sqlstate}): {first}" if error.sqlstate else f"PostgreSQL: {first}"


def _close_output() -> None:
    """Nobody reads on; Python would complain about it while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
