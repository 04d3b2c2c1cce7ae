"""Reads the columns of a table: each is a category, several, or not personal."""

from __future__ import annotations

from houvast.datamap.keys import COLUMN
from houvast.datamap.model import NOT_PERSONAL, Column
from houvast.document import Entries
from houvast.errors import Place
from houvast.reading import Section

FREE_TEXT = {"": None, "yes": True, "no": False}
KINDS = COLUMN["may_hold"].options


def read_columns(section: Section) -> dict[str, Column]:
    """The columns of a table by name."""
    return {name: _column(name, section) for name in section.names()}


def _column(name: str, section: Section) -> Column:
    place = section.key_at(name)
    if not isinstance(section.node(name), Entries):
        categories = _categories(section, name)
        return Column(name, categories, place=place, places=_places(section, name, categories))
    below = section.section(name, f"column `{name}`").expect(COLUMN)
    key = "categories" if "categories" in below else "category"
    if "categories" in below and "category" in below:
        message = f"Column `{name}` has `category` and `categories`."
        below.wrong("column-unclear", "category", message, "Keep one of them.")
    below.node("category")
    below.node("categories")
    categories = _categories(below, key)
    column = Column(
        name,
        categories,
        given_for=below.text("given_for"),
        contestable=below.flag("contestable"),
        derived_from=below.texts("derived_from"),
        place=place,
        places={**_places(below, key, categories), "holds": below.at("holds"), "whose": below.at("whose")},
        holds=below.text("holds"),
        free_text=FREE_TEXT[below.choice("free_text", FREE_TEXT, "")],
        may_hold=_may_hold(below),
        whose=below.text("whose"),
    )
    below.close()
    return column


def _may_hold(section: Section) -> tuple[str, ...]:
    found = section.texts("may_hold")
    for word in found:
        if word not in KINDS:
            section.wrong(
                "kind-unknown",
                "may_hold",
                f"`may_hold` of {section.title} names `{word}`, which no detector finds.",
                f"Write one or more of {', '.join(KINDS)}.",
            )
    return found


def _categories(section: Section, key: str) -> tuple[str, ...]:
    found = section.texts(key)
    if not found:
        section.wrong(
            "column-unclear",
            key,
            f"`{key}` of {section.title} does not say what it holds.",
            f"Write a category, a list of them, or `{NOT_PERSONAL}`. Leave the line out when nobody knows.",
        )
    if NOT_PERSONAL in found and len(found) > 1:
        section.wrong(
            "column-unclear",
            key,
            f"`{key}` of {section.title} is not personal and personal at once.",
            "Choose.",
        )
    return () if NOT_PERSONAL in found else found


def _places(section: Section, key: str, categories: tuple[str, ...]) -> dict[str, Place]:
    places = section.places()
    return {name: places.get(f"{key}.{name}", section.at(key)) for name in categories}
