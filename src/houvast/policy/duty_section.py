"""Reads a rule with parameters: a recipient, a right, a safeguard ..., as the table of its section has it."""

from __future__ import annotations

from difflib import get_close_matches

from houvast.document import Items
from houvast.keys import NUMBER, OWN, PERIOD, TEXTS, Key
from houvast.policy.keys import DUTIES, DUTY, DUTY_NAMES
from houvast.policy.model import Duty
from houvast.policy.periods import parse_period
from houvast.policy.sections import ground
from houvast.reading import Section, did_you_mean

_LIKE = 0.8  # so alike is a slip of the pen


def read_duty(heading: str, name: str, section: Section) -> Duty:
    """Any other rule; what is not its ground or label is a parameter, as the table of its section has it."""
    stands = ground(section)
    label = section.pairs("label")
    table = DUTIES[heading]
    parameters: dict[str, str | tuple[str, ...]] = {}
    for key in section.names():
        if key in table:
            parameters[key] = _parameter(section, key, table[key])
        elif key.startswith(OWN):
            section.node(key)
            parameters[key] = section.texts(key)
    section.close((*DUTY, *table))
    _not_hardly_another(heading, name, section)
    promises = (stands["promise"], *stands["also"]) if stands["promise"] else ()
    added = "law" if stands["law"] and not promises and not stands["added"] else stands["added"]
    return Duty(heading, name, parameters, label, promises, added, section.place, stands["law"], section.places())


def _parameter(section: Section, key: str, one: Key) -> str | tuple[str, ...]:
    """A list where the file has one; a period, number or word where the table asks for it."""
    if isinstance(section.node(key), Items):
        found = section.texts(key)
        if one.kind != TEXTS:
            section.wrong("not-a-text", key, f"`{key}` of {section.title} is a list, not a text.", "Write one value.")
        return found
    text = section.choice(key, one.options, one.options[0]) if one.options else section.text(key)
    if one.kind == PERIOD and parse_period(text) is None:
        section.wrong("value-unclear", key, f"`{key}: {text}` of {section.title} is no period.", "Write it like P1M.")
    if one.kind == NUMBER and not (text.isascii() and text.isdigit()):
        section.wrong("value-unclear", key, f"`{key}: {text}` of {section.title} is no number.", "Write it in figures.")
    return text


def _not_hardly_another(heading: str, name: str, section: Section) -> None:
    """A rule may have any name, but not one that hardly differs from a name that means something."""
    known = DUTY_NAMES[heading]
    if name not in known and get_close_matches(name, known, n=1, cutoff=_LIKE):
        message = f"`{name}` of {heading} is hardly different from a name that has a meaning."
        section.wrong_at("name-alike", section.place, message, did_you_mean(name, known))
