"""What was found in files, for people at a terminal: where, which kind, and the line around it without the value."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.cli import printing
from houvast.screening.bundle import Excerpt, Member, Report
from houvast.screening.kinds import WORDS, Kind

_FILES = 50
"""Files that are told one by one; `--json` and `--html` have them all."""


def tell(report: Report, name: str, out: Path | None) -> None:
    """Say what was found in a bundle, and what was written."""
    found = sorted((one for one in report.members if one.total), key=lambda one: -one.total)
    closed = [one for one in report.members if one.not_screened]
    for member in found[:_FILES]:
        _member(member)
    if len(found) > _FILES:
        click.echo(f"... and {printing.count(len(found) - _FILES, 'more file')} with findings.")
    for member in closed[:_FILES]:
        click.echo(f"not screened: {plain(member.path)}: {member.not_screened}")
    if len(closed) > _FILES:
        click.echo(f"... and {printing.count(len(closed) - _FILES, 'more file')} that could not be screened.")
    total = sum(one.total for one in found)
    click.echo(
        f"{plain(name)}: {printing.count(total, 'finding')} in {len(found)} of "
        f"{printing.count(report.files, 'file')}; {printing.count(len(closed), 'file')} not screened."
    )
    for kind, count in report.kinds.most_common():
        click.echo(f"  {count:>9,}  {WORDS[kind]['en']}  ({kind})")
    if out is not None:
        _written(report, out)
    elif total:
        click.echo("What to do: houvast scan PATH --redact OUT writes it again without; --keep KIND lets a kind stay.")


def _member(member: Member) -> None:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(member.counts.items()))
    click.echo(f"{plain(member.path)}: {kinds}")
    for excerpt in member.excerpts:
        click.echo(excerpt_text(excerpt))


def excerpt_text(excerpt: Excerpt) -> str:
    """A line with its number, and kinds in the place of what was found."""
    parts = (f"[{one}]" if isinstance(one, Kind) else plain(one) for one in excerpt.parts)
    return f"  {excerpt.line:>7}  {''.join(parts)}"


def plain(text: str) -> str:
    """Without what a terminal would act upon."""
    return "".join(one if one.isprintable() else " " for one in text)


def _written(report: Report, out: Path) -> None:
    if not report.fit:
        click.echo(f"Nothing was written: {report.members[-1].not_screened or 'this file cannot be redacted'}.")
        return
    for member in report.again:
        kinds = ", ".join(member.counts) or member.not_screened
        click.echo(f"still there: {plain(member.path)}: {kinds}")
    if report.again:
        click.echo("Nothing was written: what was found could not all be taken out (promise C44).")
        return
    for path, why in report.left_out:
        click.echo(f"left out: {plain(path)}: {why}")
    click.echo(f"Written to {out}: looked through again, and nothing was found in it.")
