"""Confirming a proposed map on a terminal: people, then table by table, then logins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import click

from houvast.app.mapping import Draft
from houvast.datamap.model import NOT_PERSONAL
from houvast.datamap.proposing import Guess, Proposal, TableGuess, table_line
from houvast.errors import UsageError
from houvast.reading import did_you_mean
from houvast.writing import flow

CLOSED = "closed"
_KEYS = "y takes what is sure, n leaves it closed, e asks each column, q leaves the rest closed"


def confirm(made: Draft) -> Proposal:
    """The proposal as far as it was confirmed. Raises UsageError when the people are others than proposed."""
    found = made.proposal
    for kind, guess in found.subjects.items():
        click.echo(f"{kind}: {flow(guess.value)}  ({guess.why})")
        if not click.confirm(f"Is each row of this table a {kind}?", default=True):
            raise UsageError(
                f"Then nobody knows who a {kind} is.",
                todo=f"Write under `subjects:` of {made.path}: `{kind}: {{table: ..., key: id}}`, and run again.",
            )
    return replace(
        found,
        tables=_tables(found.tables, [*made.policy.categories, NOT_PERSONAL, CLOSED]),
        circumstances={name: guess for name, guess in found.circumstances.items() if _is_so(name, guess)},
        logins={name: _login(name, list(made.policy.purposes)) for name in found.logins},
    )


def _tables(tables: Mapping[str, TableGuess], words: list[str]) -> dict[str, TableGuess]:
    chosen: dict[str, TableGuess] = {}
    waiting = list(tables.values())
    while waiting:
        table = waiting.pop(0)
        click.echo(f"\n({len(tables) - len(waiting)} of {len(tables)})")
        click.echo("\n".join(table_line(table).lines(0)))
        said = click.prompt(f"Is this so? ({_KEYS})", default="y", type=click.Choice(["y", "n", "e", "q"]))
        if said == "q":
            return chosen | {one.name: _close(one) for one in (table, *waiting)}
        chosen[table.name] = {"y": table, "n": _close(table)}.get(said) or _each(table, words)
    return chosen


def _close(table: TableGuess) -> TableGuess:
    why = "left closed"
    if table.whole:
        return replace(table, whole=replace(table.whole, sure=False, why=why))
    return replace(table, columns={name: replace(one, sure=False) for name, one in table.columns.items()}, keys={})


def _each(table: TableGuess, words: list[str]) -> TableGuess:
    """What each column holds, in the words of the policy."""
    if table.whole:
        return replace(table, whole=_asked(table.name, table.whole, [NOT_PERSONAL, CLOSED]))
    return replace(table, columns={name: _asked(name, one, words) for name, one in table.columns.items()})


def _asked(name: str, guess: Guess, words: list[str]) -> Guess:
    while True:
        default = flow(guess.value) if guess.sure else CLOSED
        said = click.prompt(f"  {name} ({guess.why})", default=default, type=str).strip()
        if said in words:
            return Guess(guess.value, "left closed", sure=False) if said == CLOSED else Guess(said, "confirmed")
        click.echo(f"  `{said}` is none of them. {did_you_mean(said, words)}", err=True)


def _is_so(name: str, guess: Guess) -> bool:
    if not guess.sure:
        return True
    click.echo(f"\n{name}: {flow(guess.value)}  ({guess.why})")
    return click.confirm(f"Is `{name}` so for these rows?", default=True)


def _login(name: str, purposes: list[str]) -> Guess:
    click.echo(f"\nLogin {name}. Purposes: {', '.join(purposes)}")
    while True:
        said = click.prompt("  Which may it open? Names with commas, Enter for none", default="", show_default=False)
        chosen = [part.strip() for part in str(said).split(",") if part.strip()]
        strange = [one for one in chosen if one not in purposes]
        if not strange:
            return Guess(chosen, "" if chosen else "may open nothing")
        click.echo(f"  {did_you_mean(strange[0], purposes)}", err=True)
