"""What follows from the answers and the regime: defaults, and the words that sentences leave open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from houvast.policy.law import Law
from houvast.policy.model import Period
from houvast.policy.regime import regime
from houvast.policy.starter.answers import NONE, Answers, period_of, purposes_for
from houvast.policy.starter.blocks import Kind, Reason, blocks
from houvast.policy.words import Words, words

REGIME = "nl-avg"
LANGUAGES = ("nl", "en")


@dataclass(frozen=True)
class Settled:
    """Answers without gaps, and the law on the day from which the policy is in force."""

    answers: Answers
    effective: datetime
    law: Law

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of data, in the order in which they are always told."""
        return tuple(kind for name, kind in blocks().data.items() if name in self.answers.data)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The purposes, in the order in which they are always told."""
        return tuple(one for name, one in blocks().purposes.items() if name in self.answers.purposes)

    def term(self, kind: Kind) -> Period:
        """How long a kind of data is kept after its event."""
        return period_of(self.answers.keep.get(kind.name, kind.plus)) or Period()

    def filled(self, language: str) -> Mapping[str, str]:
        """What stands between braces in the sentences, in one language."""
        ours, law = words(language), self.law
        return {
            "name": self.answers.name,
            "address": self.answers.address,
            "contact": self.answers.contact,
            "number": self.answers.register.removeprefix("KvK "),
            "officer": officer_sentence(self.answers, language),
            "children": _CHILDREN[self.answers.minors][language].format(age=law.consent_age),
            "age": str(law.consent_age),
            "answer": ours.period(law.answer_term),
            "answer_term": str(law.answer_term),
            "extension": ours.period(law.answer_extension),
            "extension_term": str(law.answer_extension),
            "court": ours.period(law.court_term),
            "court_term": str(law.court_term),
            "authority": law.authority,
            "day": spoken_day(self.effective, ours),
            "date": self.effective.date().isoformat(),
        }


def settle(answers: Answers, now: datetime) -> Settled:
    """Fill in what nobody said. `now`: aware; without another date the policy is in force from that day on."""
    zone = ZoneInfo(regime(REGIME).timezone)
    effective = datetime.fromisoformat(answers.effective) if answers.effective else now.astimezone(zone)
    if not answers.effective:
        effective = effective.replace(hour=0, minute=0, second=0, microsecond=0)
    effective = effective if effective.tzinfo else effective.replace(tzinfo=zone)
    name = slug(answers.name)
    register = answers.register if answers.register.startswith("KvK") else f"KvK {answers.register}"
    settled = replace(
        answers,
        register=register,
        people=answers.people or ("member" if "membership" in answers.data else "customer"),
        purposes=answers.purposes or purposes_for(answers.data),
        policy=answers.policy or f"{name}-privacy",
        database=answers.database or name.replace("-", "_"),
    )
    return Settled(settled, effective, regime(REGIME).at(effective))


def slug(name: str) -> str:
    """A short name in small letters: "Ruitersport Zonnedauw" -> "ruitersport-zonnedauw"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = "-".join(re.findall("[a-z0-9]+", plain))[:40].strip("-")
    return found if found[:1].isalpha() else f"p-{found}".rstrip("-")


def officer_sentence(answers: Answers, language: str) -> str:
    """How to reach the data protection officer, or why there is none (GDPR art. 37)."""
    key = "none" if answers.officer == NONE else "one"
    return _OFFICER[key][language].format(officer=answers.officer)


def spoken_day(day: datetime, ours: Words) -> str:
    """A date in words: "25 november 2026"."""
    return f"{day.day} {ours.months[day.month - 1]} {day.year}"


_OFFICER = {
    "one": {
        "nl": "Onze functionaris voor gegevensbescherming bereikt u via {officer}.",
        "en": "You can reach our data protection officer at {officer}.",
    },
    "none": {
        "nl": "Wij hebben geen functionaris voor gegevensbescherming, want wij volgen niemand op grote schaal "
        "en verwerken niet veel gevoelige gegevens.",
        "en": "We have no data protection officer, because we do not follow people on a large scale "
        "and do not process much sensitive data.",
    },
}
_CHILDREN = {
    False: {
        "nl": "Wat wij doen, is niet bedoeld voor kinderen onder de {age} jaar.",
        "en": "What we do is not meant for children under {age}.",
    },
    True: {
        "nl": "Bent u jonger dan {age} jaar? Dan vragen wij toestemming aan uw ouder of voogd.",
        "en": "Are you under {age}? Then we ask your parent or guardian for consent.",
    },
}
