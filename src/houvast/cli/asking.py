"""The questions of `houvast init`, asked one by one on a terminal; Enter takes what stands in brackets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import click

from houvast.policy.starter import Answers, Recipient, blocks, mistakes
from houvast.policy.starter.answers import NONE, purposes_for

T = TypeVar("T")


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_all(answers: Answers) -> Answers:
    """The answers, after asking for each that was not given. What cannot be meant is asked again."""
    for title, asks in (("Who are you?", _WHO), ("What do you collect, and why?", _WHAT), ("Who else?", _WHOM)):
        click.secho(f"\n{title}", bold=True)
        for key, ask in asks.items():
            if not getattr(answers, key):
                answers = _until_right(answers, key, ask)
    return answers


def _until_right(answers: Answers, key: str, ask: Callable[[Answers], object]) -> Answers:
    while True:
        tried = replace(answers, **{key: ask(answers)})
        wrong = [one for one in mistakes(tried) if one.code == key]
        if not wrong:
            return tried
        for one in wrong:
            click.echo(f"  {one.message} {one.todo}", err=True)


def _text(question: str, default: str = "") -> Callable[[Answers], str]:
    return lambda _: click.prompt(question, default=default or None, type=str).strip()


def _several(names: Iterable[str], asks: Mapping[str, str], default: Iterable[str]) -> tuple[str, ...]:
    for name in names:
        click.echo(f"  {name:<11} {asks[name]}")
    said = click.prompt("  Which? Names with commas", default=", ".join(default) or None, type=str)
    return tuple(part.strip() for part in said.split(",") if part.strip())


def _data(_: Answers) -> tuple[str, ...]:
    click.echo("What do you collect?")
    known = blocks().data
    return _several(known, {name: kind.asks["en"] for name, kind in known.items()}, ["contact"])


def _purposes(answers: Answers) -> tuple[str, ...]:
    click.echo("Why?")
    known = {name: one for name, one in blocks().purposes.items() if one.needs in answers.data}
    return _several(known, {name: one.asks["en"] for name, one in known.items()}, purposes_for(answers.data))


def _people(answers: Answers) -> str:
    click.echo(f"What do you call the people? One of: {', '.join(blocks().people)}")
    return click.prompt("  Kind", default="member" if "membership" in answers.data else "customer", type=str)


def _minors(_: Answers) -> bool:
    return click.confirm("May children be among them?", default=False)


def _keep(answers: Answers) -> dict[str, str]:
    click.echo("How long do you keep it? Such as: 30 days, 18 months, 2 years")
    counted = {"account.closed": "after the account is closed", "ticket.closed": "after the question is closed",
               "collected": "after you got it"}  # fmt: skip
    kinds = [kind for name, kind in blocks().data.items() if name in answers.data]
    return {
        kind.name: click.prompt(f"  {kind.name}, {counted[kind.until]}", default=kind.plus, type=str) for kind in kinds
    }


def _recipients(_: Answers) -> tuple[Recipient, ...]:
    click.echo("Who else gets personal data from you: a host, a bookkeeper? Enter when there is nobody (more).")
    found: list[Recipient] = []
    while name := click.prompt("  Name", default="", show_default=False, type=str).strip():
        country = click.prompt("  Country, two letters", default="NL", type=str).upper()
        does = {lang: click.prompt(f"  What for, in {word}", type=str) for lang, word in _LANGUAGES.items()}
        found.append(Recipient(name, country, does))
    return tuple(found)


_LANGUAGES = {"nl": "Dutch", "en": "English"}
_WHO: Mapping[str, Callable[[Answers], object]] = {
    "name": _text("Legal name"),
    "address": _text("Address (street, number, postcode, town)"),
    "register": _text("Number at the Chamber of Commerce (KvK)"),
    "contact": _text("E-mail address for questions about personal data"),
    "officer": _text("E-mail address of the data protection officer, or none", NONE),
}
_WHAT: Mapping[str, Callable[[Answers], object]] = {
    "data": _data,
    "people": _people,
    "minors": _minors,
    "purposes": _purposes,
    "keep": _keep,
}
_WHOM: Mapping[str, Callable[[Answers], object]] = {"recipients": _recipients}
