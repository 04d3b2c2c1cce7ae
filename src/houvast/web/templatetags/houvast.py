"""Filters and tags of the pages: dates, numbers and words in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django import template

from houvast.policy import Policy
from houvast.policy.regime import regime
from houvast.proof.words import Words, words_of
from houvast.web import site as sites
from houvast.web import words as said
from houvast.web.context import language
from houvast.web.standing import Standing

register = template.Library()


def _policy() -> Policy:
    return sites.current().project().versions[-1]


@register.filter
def number(value: int) -> str:
    """A number as people write it."""
    return said.number(value, language())


@register.filter
def iso(value: datetime) -> str:
    """An instant for machines."""
    return value.isoformat(timespec="seconds")


@register.filter
def moment(value: datetime) -> str:
    """An instant for people."""
    return said.moment(value, language(), regime(_policy().regime).timezone)


@register.simple_tag
def fill(text: str, **values: object) -> str:
    """A sentence of the wording with its values: numbers and instants as people write them."""
    return text.format(**{name: _said(value) for name, value in values.items()})


@register.simple_tag
def pick(words: Mapping[str, str], what: str, part: str) -> str:
    """The words `what_part`."""
    return words[f"{what}_{part}"]


@register.filter
def at(items: Sequence[str], number: int) -> str:
    """One of several."""
    return items[number]


@register.filter
def sort_words(name: str) -> str:
    """A sort of attempts in words."""
    sorts = said.wording(language())["sorts"]
    return sorts.get(name.replace(" ", "_").replace("'", ""), sorts["other"])


@register.filter
def label(one: Standing) -> str:
    """What a promise is called."""
    return one.promise.label.get(language(), one.id)


@register.filter
def mechanism(one: Standing) -> str:
    """By what a promise is kept."""
    return _words(one).by


@register.filter
def missing(one: Standing) -> str:
    """What is still to come."""
    return _words(one).missing


def _words(one: Standing) -> Words:
    return words_of(one.id, _policy(), language())


def _said(value: object) -> str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return number(value)
    return moment(value) if isinstance(value, datetime) else str(value)
