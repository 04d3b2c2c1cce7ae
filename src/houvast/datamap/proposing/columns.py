"""What each column holds: a category of the policy, nothing personal, or nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from houvast.datamap.model import NOT_PERSONAL
from houvast.datamap.proposing.model import DescribedCategory, Guess, LiveColumn, LiveTable
from houvast.datamap.proposing.names import Sort, holds, listed, parts, themes_of, vocabulary

_ANYTHING = ("json", "jsonb", "xml", "bytea", "hstore", "text[]")
_MOMENT = ("timestamp", "date", "time")


def sort_of(column: LiveColumn) -> Sort | None:
    """What the name, the comment or the type of a column says that it holds.

    What the law asks more for goes first, wherever it is said; then the name, in which the longest word counts most.
    """
    if column.type in ("inet", "cidr"):
        return next(sort for sort in vocabulary().sorts if sort.name == "address_of_device")
    hits = [
        (sort.special, said == column.name, len(word), sort)
        for said in (column.name, column.comment)
        for sort in vocabulary().sorts
        if (word := holds(parts(said), sort.words))
    ]
    return max(hits, key=lambda hit: hit[:3])[3] if hits else None


@dataclass(frozen=True)
class Judge:
    """Judges the columns of one table.

    `kinds`: whom its rows are about, empty when about nobody known.
    """

    table: LiveTable
    kinds: tuple[str, ...]
    categories: tuple[DescribedCategory, ...]
    people: frozenset[str]  # tables of the people
    owned: frozenset[str]  # tables whose rows lead to people
    linked: str = ""  # the category of the table that this one links people to

    @cached_property
    def ours(self) -> tuple[DescribedCategory, ...]:
        """The categories that the policy has about these people."""
        return tuple(one for one in self.categories if not one.of or set(one.of) & set(self.kinds))

    @cached_property
    def theme(self) -> str:
        """The category that the table's name or comment tells of, "" when none or several do."""
        for said in (self.table.relname, self.table.comment):
            words = parts(said)
            themes = {theme.name for theme in themes_of(words)}
            for fits in (_named, _called, _described, _termed):
                alike = [one.name for one in self.ours if fits(one, words, themes)]
                if len(alike) == 1:
                    return alike[0]
        return self.linked

    @cached_property
    def usual(self) -> str:
        """The category that most columns tell of by themselves; of the people's own table the one with names."""
        sorts = [sort_of(column) for column in self.table.columns.values()]
        counted = Counter(name for sort in sorts if sort and not sort.free and (name := self.category_of(sort)))
        if counted or self.table.name not in self.people:
            return counted.most_common(1)[0][0] if counted else ""
        by_name = {sort.name: sort for sort in vocabulary().sorts}
        return self.category_of(by_name["email"]) or self.category_of(by_name["person"])

    def category_of(self, sort: Sort) -> str:
        """The one category that holds this sort of data, by its DPV terms, its fields or its label."""
        for found in (
            [one.name for one in self.ours if set(sort.dpv) & set(one.dpv)],
            [one.name for one in self.ours if holds(_told(one), sort.words)],
        ):
            if found:
                return found[0] if len(found) == 1 else self.theme if self.theme in found else ""
        return ""

    def judge(self, column: LiveColumn) -> Guess:
        """What one column holds."""
        sort = sort_of(column)
        if sort and sort.secret:
            return Guess("", f"{sort.what}: readable for no purpose", sure=False)
        pointed = next((key for key in self.table.foreign_keys if key.columns == (column.name,)), None)
        if pointed and (pointed.table in self.people or pointed.table in self.owned):
            return Guess(NOT_PERSONAL, f"points at {pointed.table}")
        if pointed and listed(pointed.table, "persons"):
            return Guess(NOT_PERSONAL, f"points at {pointed.table}, which stays closed")
        if not pointed and (column.name in self.table.key or _technical(column)):
            return Guess(NOT_PERSONAL, "a key" if column.name in self.table.key else "technical")
        if column.type.startswith(_MOMENT) and not sort:
            return self._moment(column)
        return self._personal(column, sort, pointed.table if pointed else "")

    def _moment(self, column: LiveColumn) -> Guess:
        process = any(listed(column.name, of) for of in ("begins", "ends", "paid", "changes"))
        if process and not listed(column.name, "telling"):
            return Guess(NOT_PERSONAL, "when something began, ended or changed")
        category = self.theme or self.usual
        return Guess(category, f"a date about a {self.kinds[0]}", sure=bool(category))

    def _personal(self, column: LiveColumn, sort: Sort | None, pointed: str) -> Guess:
        own = self.category_of(sort) if sort and not sort.free else ""
        if sort and sort.named and not own:
            law = "; the law asks more (AVG 9, 10, 87)" if sort.special else ""
            return Guess(self.theme or self.usual, f"{sort.what}, which the policy does not name{law}", sure=False)
        if column.type in _ANYTHING:
            return Guess(self.theme or self.usual, f"{column.type} may hold anything", sure=False)
        if self.theme:
            return Guess(self.theme, f"{sort.what}, in a table about it" if sort else f"about a {self.kinds[0]}")
        if own:
            return Guess(own, sort.what if sort else "")
        what = sort.what if sort else f"which {pointed}" if pointed else f"about a {self.kinds[0]}"
        return Guess(self.usual, f"{what}, beside data of that kind", sure=bool(self.usual))


def _technical(column: LiveColumn) -> bool:
    words = set(parts(column.name))
    return bool(words) and words <= set(vocabulary().lists["technical"])


def stranger(table: LiveTable, tables: Mapping[str, LiveTable]) -> str:
    """Why a table that leads to nobody may hold personal data all the same; "" when nothing points that way."""
    if listed(table.relname, "persons"):
        return "people of whom no way leads to the people of the policy"
    for column in table.columns.values():
        sort = sort_of(column)
        if sort and (sort.strong or sort.secret or sort.free or sort.name in ("login", "device")):
            return f"{column.name} looks like {sort.what}"
        if column.type in _ANYTHING:
            return f"{column.name} ({column.type}) may hold anything"
        words = parts(column.name)
        if holds(words, ("name", "naam")) and not _is_a_thing(table):
            return f"{column.name} may be somebody's"
        pointed = next((key.table for key in table.foreign_keys if column.name in key.columns), "")
        person = holds(words, vocabulary().lists["persons"]) or (pointed and listed(pointed, "persons"))
        if person or holds(words, vocabulary().lists["actors"]):
            return f"{column.name} looks like somebody"
    return ""


def _is_a_thing(table: LiveTable) -> bool:
    """Whether the table has the name of things that have names: products, lists, events."""
    words = parts(table.relname)
    return listed(table.relname, "things") or bool(themes_of(words))


def identifying(table: LiveTable) -> bool:
    """Whether a column tells who somebody is."""
    return any(sort.strong for column in table.columns.values() if (sort := sort_of(column)))


def _told(one: DescribedCategory) -> tuple[str, ...]:
    said = (one.name, *one.fields, *one.label.values())
    return tuple(part for words in said for part in parts(words))


def _themes(*said: str) -> set[str]:
    return {theme.name for theme in themes_of(tuple(part for words in said for part in parts(words)))}


def _named(one: DescribedCategory, words: tuple[str, ...], themes: set[str]) -> bool:
    """The table has the name of the category."""
    return bool(holds(words, (one.name.replace("_", " "),)))


def _called(one: DescribedCategory, words: tuple[str, ...], themes: set[str]) -> bool:
    """The name or label of the category is about the same."""
    return bool(themes & _themes(one.name, *one.label.values()))


def _described(one: DescribedCategory, words: tuple[str, ...], themes: set[str]) -> bool:
    """The fields of the category are about the same."""
    return bool(themes & _themes(*one.fields))


def _termed(one: DescribedCategory, words: tuple[str, ...], themes: set[str]) -> bool:
    """A DPV term of the category tells of this theme and of no other."""
    told = [theme.name for theme in vocabulary().themes if set(theme.dpv) & set(one.dpv)]
    return len(told) == 1 and told[0] in themes
