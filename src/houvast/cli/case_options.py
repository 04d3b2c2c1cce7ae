"""Options and input that the commands for cases share."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from houvast.errors import UsageError

by_option = click.option(
    "--by", default=lambda: getpass.getuser(), metavar="NAME", help="Who does it; by default who is logged in here."
)
code_option = click.option(
    "--code", default="", metavar="CODE", help="The code that your authenticator app shows now; - reads it."
)
explain_option = click.option(
    "--explain", metavar="TEXT", help="What the letter says in your own words; - reads it from standard input."
)
language_option = click.option(
    "--lang", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="In which language they wrote."
)
text_option = click.option(
    "--text",
    metavar="FILE",
    help="What they wrote, as a file; - reads standard input. It is kept apart, never in the log.",
)


def text_of(file: str | None) -> str:
    """The text of a file, or of standard input for "-"; "" for none. Raises UsageError."""
    if not file:
        return ""
    try:
        return (sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")).strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file} is no text that can be read.", todo="Give a file in UTF-8, or -.") from None


def words_of(given: str | None) -> str:
    """Words of an option, or of standard input for "-"."""
    return sys.stdin.read().strip() if given == "-" else (given or "")
