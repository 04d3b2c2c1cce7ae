"""Puts a notice together from one version of a policy. Pure; asks no clock, no file and no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from houvast.errors import UsageError
from houvast.policy.check_text import binding_of
from houvast.policy.model import Policy
from houvast.policy.notices.details import details
from houvast.policy.notices.model import Notice, Section, Sentence, Tried
from houvast.policy.notices.names import Names
from houvast.policy.notices.prose import sections_of
from houvast.policy.notices.short import short
from houvast.policy.regime import regime
from houvast.reading import did_you_mean


def notice(
    policy: Policy,
    language: str,
    *,
    as_of: datetime | None = None,
    law_of: datetime | None = None,
    tried: Tried | None = None,
) -> Notice:
    """The notice of one version in one language.

    as_of: the instant (aware) for which it is shown, named under the title.
    law_of: the instant (aware) whose law it tells; `as_of` when not given, else when the version takes effect.
    tried: what the last proof found; without it the notice says that nothing was proven yet.
    Raises UsageError for a language that the policy has no text in.
    """
    if language not in policy.languages or language not in policy.texts:
        raise UsageError(f"This policy has no text in `{language}`.", todo=did_you_mean(language, policy.texts))
    outcomes = dict(tried.outcomes) if tried else {}
    law = regime(policy.regime).at(law_of or as_of or policy.effective)
    names = Names(policy, language, outcomes, law)
    first = Section("text", names.say("whole"), 2)
    return Notice(
        policy=policy.name,
        controller=policy.controller.get("name", policy.name),
        version=policy.version,
        language=language,
        title=f"{names.say('title')} – {policy.controller.get('name', policy.name)}",
        effective=names.local(policy.effective),
        as_of=names.local(as_of) if as_of else None,
        lead=tuple(_lead(names, as_of)),
        standing=_standing(names, tried),
        short=tuple(short(names)),
        text=sections_of(policy.texts[language], binding_of(policy, language), names, first),
        details=tuple(details(names)),
        outcomes=outcomes,
        says=names.words.says,
        law=law,
    )


def _lead(names: Names, as_of: datetime | None) -> Iterator[Sentence]:
    policy = names.policy
    since = names.say("from", date=names.day(policy.effective), version=str(policy.version))
    yield names.sentence(since)
    if as_of:
        yield names.sentence(names.say("as_of", date=names.day(as_of)))


def _standing(names: Names, tried: Tried | None) -> Sentence:
    """One line: how many promises of text and law are kept, broken, not yet kept. Not tried is not yet."""
    ours = [p.id for p in names.policy.promises.values() if not p.added and (p.says or p.spans or p.law)]
    if not tried or not set(ours) & set(tried.outcomes):
        return Sentence(names.say("never_tried"))
    found = Counter(tried.outcomes.get(name, "not_yet_kept") for name in ours)
    broken = [name for name in ours if tried.outcomes.get(name) == "broken"]
    said = names.say(
        "tried",
        date=names.day(tried.day),
        held=str(found["held"]),
        broken=f"{len(broken)} ({', '.join(broken)})" if broken else "0",
        not_yet=str(found["not_yet_kept"]),
    )
    return Sentence(said, tuple(broken))
