"""`houvast visits release`: reports of visits, paid for out of a budget, published once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from houvast.app import find_target
from houvast.cli import printing
from houvast.cli.case_options import by_option, code_option, words_of
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.errors import UsageError

if TYPE_CHECKING:
    from houvast.visits.release.model import Question

_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(dir_okay=False, path_type=Path)
_KEYS = ("day", "week", "month", "hour", "site", "page", "browser", "language", "referrer")
_FORMATS = ("json", "csv", "pdf", "receipt")
_asked = (
    click.option("--by-key", "keys", type=click.Choice(_KEYS), multiple=True, required=True, help="Count by this."),
    click.option("--since", type=_DAY, required=True, metavar="DAY", help="The first day (UTC)."),
    click.option("--until", type=_DAY, required=True, metavar="DAY", help="The last day; it is over."),
    click.option("--share", type=click.IntRange(1, 100), default=15, show_default=True,
                 help="How much of the budget it may cost, in percent."),
    click.option("--site", default="", metavar="NAME", help="Only of this site."),
)  # fmt: skip


def _question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for one in reversed(_asked):
        command = one(command)
    return command


@click.group(cls=Group)
@example("houvast visits release compose --by-key day --by-key browser --since 2026-10-01 --until 2026-10-31")
def release() -> None:
    """Reports of visits that can be published: numbers of many, with noise, out of a budget (promise C24)."""


@release.command()
@_question_options
@target_options
@json_option
@example("houvast visits release compose --by-key day --by-key browser --since 2026-10-01 --until 2026-10-31")
def compose(
    keys: tuple[str, ...], since: datetime, until: datetime, share: int, site: str, project: Path | None,
    database: str | None, as_json: bool,
) -> None:  # fmt: skip
    """What a report would cost, and how sure its numbers would be. No visit is looked at."""
    from houvast.app import releasing

    found = releasing.compose(find_target(project, database), _question(keys, since, until, share, site))
    if as_json:
        return printing.as_json({
            "rho": found.cost.rho, "delta": found.cost.delta, "epsilon": found.cost.epsilon, "fits": found.fits,
            "within": found.within, "least": found.least, "most": found.most, "published": found.published,
            "left_rho": found.budget.left / 10**6, "cap_rho": found.budget.cap / 10**6, "days": found.budget.period,
        })  # fmt: skip
    if found.published is not None:
        click.echo(f"Published already, as report {found.published}. Reading it costs nothing.")
        return None
    click.echo(f"It costs rho {found.cost.rho:g} and delta {found.cost.delta:.3g}; left for these days: rho"
               f" {found.budget.left / 10**6:g} of {found.budget.cap / 10**6:g}.")  # fmt: skip
    click.echo(f"Of 100 numbers 95 are off by at most {found.within}; no number below {found.least} is shown.")
    click.echo("The budget allows it." if found.fits else "The budget does not allow it.")
    return None


@release.command()
@_question_options
@by_option
@code_option
@target_options
@json_option
@example("houvast visits release publish --by-key day --since 2026-10-01 --until 2026-10-31 --by anna --code 123456")
def publish(
    keys: tuple[str, ...], since: datetime, until: datetime, share: int, site: str, by: str, code: str,
    project: Path | None, database: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Spend, count, and publish, for good. The same asked again gives the same report, and costs nothing."""
    from houvast.app import releasing

    question = _question(keys, since, until, share, site)
    found = releasing.publish(find_target(project, database), question, by=by, code=words_of(code))
    if as_json:
        return printing.as_json({"number": found.number, "sha256": found.sha256, "rows": len(found.rows),
                                 "totals": len(found.totals), "rho": found.guarantee.cost.rho})  # fmt: skip
    click.echo(f"Report {found.number}: {found.title('en')}.")
    click.echo(f"{printing.count(len(found.totals), 'total')} and {printing.count(len(found.rows), 'group')};"
               f" SHA-256 {found.sha256}.")  # fmt: skip
    return None


@release.command("list")
@target_options
@json_option
@example("houvast visits release list")
def list_(project: Path | None, database: str | None, as_json: bool) -> None:
    """What was published, and what is left of the budget."""
    from houvast.app import releasing

    target = find_target(project, database)
    left, found = releasing.budget(target), releasing.reports(target)
    if as_json:
        return printing.as_json({
            "cap_rho": left.cap / 10**6, "spent_rho": left.spent / 10**6, "left_rho": left.left / 10**6,
            "days": left.period,
            "reports": [{"number": one.number, "title": one.title("en"), "sha256": one.sha256,
                         "rho": one.guarantee.cost.rho, "published": one.published.isoformat()} for one in found],
        })  # fmt: skip
    for one in found:
        click.echo(f"{one.number}: {one.title('en')} (rho {one.guarantee.cost.rho:g})")
    click.echo(f"Spent in the last {left.period} days: rho {left.spent / 10**6:g} of {left.cap / 10**6:g}.")
    return None


@release.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--format", "fmt", type=click.Choice(_FORMATS), default="csv",
              show_default=True, help="Which file; a receipt proves that it was published.")  # fmt: skip
@click.option("--lang", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Of CSV and PDF.")
@click.option("--out", type=_FILE, metavar="FILE", help="Where to write it; by default it is printed.")
@target_options
@example("houvast visits release show 1\nhouvast visits release show 1 --format pdf --out report.pdf")
def show(number: int, fmt: str, lang: str, out: Path | None, project: Path | None, database: str | None) -> None:
    """A report as it was published: the same bytes each time."""
    from houvast.app import releasing

    chosen = releasing.FORMATS[_FORMATS.index(fmt)]
    content = releasing.report_bytes(find_target(project, database), number, chosen, lang)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{error.filename or out} cannot be written: {error.strerror}.") from error
    click.echo(f"Report {number} in {out}.")


@release.command()
@click.argument("report", type=_FILE)
@click.argument("receipt", type=_FILE)
@click.option("--key", metavar="KEY", help="The log's public key, or a file with it.")
@json_option
@example("houvast visits release verify report.json receipt.json --key key.txt")
def verify(report: Path, receipt: Path, key: str | None, as_json: bool) -> None:
    """Check that a report (JSON) is the one of which the log tells in a receipt. Needs no database and no network."""
    from houvast.evidence.verify import Invalid, key_text, verify_file
    from houvast.visits.release.checking import released

    try:
        found = verify_file(receipt, key_text(key) if key else None)
        why = released(report.read_bytes(), found.entry)
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}.") from None
    except Invalid as error:
        why, found = str(error), None
    checked = bool(found and found.checked_key)
    if as_json:
        printing.as_json({"valid": not why, "why": why, "checked_key": checked})
    else:
        click.echo(f"INVALID {why}" if why else "This report was published, and is unchanged.", err=bool(why))
        if not why and not checked:
            click.echo("Checked with the key inside the receipt; give --key to check whose log it is.", err=True)
    if why:
        raise click.exceptions.Exit(1)


def _question(keys: tuple[str, ...], since: datetime, until: datetime, share: int, site: str) -> Question:
    from houvast.visits.release.model import Key, Question

    return Question(tuple(Key(one) for one in keys), since.date(), until.date(), share, site)
