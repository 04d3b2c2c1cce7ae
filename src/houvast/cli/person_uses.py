"""Who used one person's data, in words, in Dutch and English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from houvast.app.uses import Uses
from houvast.policy import Policy
from houvast.policy.regime import regime
from houvast.policy.words import circumstance_words

_WORDS = {
    "en": {
        "naming": "Uses for you alone ({count}):",
        "open": "Other uses that were open while your data were visible to them ({count}):",
        "why open": "  Nobody records who looked at which row. These could see the data that are named.",
        "refused": "Calls about you that were refused ({count}):",
        "none": "  none",
        "from to": "{since} to {until}",
        "still": "from {since}, still open",
        "times": "open {times} times",
        "once": "open once",
        "only while": "only as long as this holds: {clauses}",
        "or": " or ",
        "entry": "entry {entry} of the log",
        "unknown": "an unknown purpose",
        "since": "Each use is sealed in the log since {since}; earlier ones stand in the register alone.",
        "looked": "That you looked at this is recorded.",
        "not looked": "The policy has no purpose for people's rights, so that this look could not be recorded.",
        "term.ended": "the term of the data has ended",
        "hold.open": "a dispute holds the data",
    },
    "nl": {
        "naming": "Gebruik voor u alleen ({count}):",
        "open": "Ander gebruik dat openstond terwijl uw gegevens ervoor te zien waren ({count}):",
        "why open": "  Niemand legt vast wie naar welke regel keek. Wat hier staat, kon de genoemde gegevens zien.",
        "refused": "Geweigerde verzoeken over u ({count}):",
        "none": "  geen",
        "from to": "{since} tot {until}",
        "still": "sinds {since}, nog open",
        "times": "{times} keer open",
        "once": "één keer open",
        "only while": "alleen zolang dit geldt: {clauses}",
        "or": " of ",
        "entry": "nummer {entry} in het logboek",
        "unknown": "een onbekend doel",
        "since": "Elk gebruik is verzegeld in het logboek sinds {since}; eerder gebruik staat alleen in het register.",
        "looked": "Dat u hiernaar keek, is vastgelegd.",
        "not looked": "Het beleid heeft geen doel voor rechten van mensen. Dit kijken kon dus niet worden vastgelegd.",
        "term.ended": "de bewaartermijn is voorbij",
        "hold.open": "een geschil houdt de gegevens vast",
    },
}
_WHY_NL = {
    "purpose unknown": "onbekend doel",
    "purpose not granted": "dat doel heeft deze inlog niet",
    "reason missing": "geen reden",
    "reason personal": "gegevens van mensen in de reden",
    "not in force": "beleid nog niet van kracht",
    "person missing": "geen persoon genoemd",
    "case missing": "geen zaak genoemd",
    "no request": "geen verzoek van deze persoon",
    "no hold": "geen zaak die de gegevens vasthoudt",
    "no such use": "geen open gebruik",
    "not verified": "niet nagegaan of het verzoek van deze persoon was",
    "no session": "deze persoon was niet zelf ingelogd",
    "over the limit": "boven de grens die het beleid stelt",
}
LANGUAGES = tuple(_WORDS)


def lines(found: Uses, policy: Policy, language: str) -> Iterator[str]:
    """Line by line what is known. Times by the clock of the policy's country."""
    yield from _Telling(policy, language).all(found)


class _Telling:
    def __init__(self, policy: Policy, language: str) -> None:
        self.policy = policy
        self.language = language
        self.says = _WORDS[language]
        self.zone: tzinfo = ZoneInfo(regime(policy.regime).timezone)

    def all(self, found: Uses) -> Iterator[str]:
        yield self.says["naming"].format(count=len(found.naming))
        for use in found.naming:
            entry = "" if use.entry is None else f", {self.says['entry'].format(entry=use.entry)}"
            yield f"  {self._span(use.since, use.until)}  {use.role}, {self._purpose(use.purpose)}: {use.reason}{entry}"
        yield from [] if found.naming else [self.says["none"]]
        yield self.says["open"].format(count=len(found.open))
        yield from [self.says["why open"]] if found.open else [self.says["none"]]
        for use in found.open:
            times = self.says["times"].format(times=use.times) if use.times > 1 else self.says["once"]
            yield f"  {self._span(use.since, use.until)}  {use.role}, {self._purpose(use.purpose)}, {times}"
            yield f"    {self._categories(use.categories)}{self._while(use.circumstances)}"
        yield self.says["refused"].format(count=len(found.refused))
        for call in found.refused:
            why = call.why if self.language == "en" else _WHY_NL.get(call.why, call.why)
            yield f"  {self._moment(call.at)}  {call.role}, {self._purpose(call.purpose)}: {why}"
        yield from [] if found.refused else [self.says["none"]]
        if found.log_since:
            yield self.says["since"].format(since=self._moment(found.log_since))
        yield self.says["looked" if found.recorded else "not looked"]

    def _moment(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.zone or UTC):%Y-%m-%d %H:%M}"

    def _span(self, since: datetime, until: datetime | None) -> str:
        end = self._moment(until) if until else ""
        return self.says["from to" if until else "still"].format(since=self._moment(since), until=end)

    def _purpose(self, name: str) -> str:
        known = self.policy.purposes.get(name)
        return (known.label.get(self.language) if known else "") or name or self.says["unknown"]

    def _categories(self, names: tuple[str, ...]) -> str:
        known = self.policy.categories
        return ", ".join((known[n].label.get(self.language) if n in known else "") or n for n in names)

    def _while(self, names: tuple[str, ...]) -> str:
        if not names:
            return ""
        found = [self.says.get(n) or circumstance_words(self.policy, n, self.language) or n for n in names]
        return "; " + self.says["only while"].format(clauses=self.says["or"].join(found))
