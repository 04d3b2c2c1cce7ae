"""The loose phrases of a policy that people read in a notice, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.errors import Finding, Place
from houvast.policy.model import Policy, Wording
from houvast.policy.rules import at
from houvast.policy.words import field_words, spoken


def phrases(policy: Policy, language: str) -> Iterator[tuple[Place, str]]:
    """Labels, interests and the like in one language."""
    for place, wording in _wordings(policy, language):
        if wording.get(language):
            yield place, wording[language]


def unworded(policy: Policy) -> Iterator[Finding]:
    """Fields that the notice can only show by their bare name."""
    for category in policy.categories.values():
        for name in category.fields:
            for language in (one for one in policy.languages if one in spoken()):
                if not field_words(policy, name, language):
                    yield Finding(
                        "field-unworded",
                        at(category, f"fields.{name}", "fields"),
                        f"`{name}` of `{category.name}` has no words in `{language}`: the notice shows it as it is.",
                        f"Add it under `fields:`, as `{name}: {{{language}: ...}}`.",
                    )


def _wordings(policy: Policy, language: str) -> Iterator[tuple[Place, Wording]]:
    for category in policy.categories.values():
        yield at(category, f"label.{language}", "label"), category.label
        yield at(category, f"without.{language}", "without"), category.without
    for purpose in policy.purposes.values():
        yield at(purpose, f"label.{language}", "label"), purpose.label
    for use in policy.uses:
        yield at(use, f"interest.{language}", "interest"), use.interest
        yield at(use, f"balancing.{language}", "balancing"), use.balancing
    for duty in policy.duties:
        yield at(duty, f"label.{language}", "label"), duty.label
    for name, wording in policy.words.items():
        keys = [f"{heading}.{name}.{language}" for heading in ("circumstances", "events", "fields")]
        yield at(policy, *keys), wording
