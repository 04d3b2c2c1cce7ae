"""Forms among themselves: what is changed in form is read, and totals are about enough people."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.errors import Finding
from houvast.policy.forms import FEWEST
from houvast.policy.model import Action, Form, Policy, PurposeKind, Use
from houvast.policy.rules import at

_AS_THEY_ARE = (PurposeKind.RIGHTS, PurposeKind.RETENTION, PurposeKind.MIGRATION)
_WRITING = (Action.INSERT, Action.UPDATE)


def forms_are_read(policy: Policy) -> Iterator[Finding]:
    """A value that comes in another form cannot be written, and a total is read and nothing else."""
    for use in _formed(policy):
        kept = _WRITING if use.form is not Form.AGGREGATE else (*_WRITING, Action.DELETE)
        action = next((action for action in use.actions if action in kept), None)
        if action:
            yield Finding(
                "form-written",
                at(use, f"actions.{action}", "actions"),
                f"Use {use.id} gives `{use.categories[0]}` {use.form} and lets people {action} it: they "
                "would write back what they cannot see.",
                f"Take {action} out of `actions:`, or give the purpose that writes it a use of its own.",
                use.promise,
            )


def forms_are_for_people_at_work(policy: Policy) -> Iterator[Finding]:
    """People's own rights, erasing and the shape of tables are about the data as they are; one person is no group."""
    for use in _formed(policy):
        for name in use.purposes:
            purpose = policy.purposes.get(name)
            if purpose and purpose.kind in _AS_THEY_ARE:
                message = f"Use {use.id} gives data {use.form} for `{name}`, which is about the data as they are."
                todo = f"Leave `form:` out, or take `{name}` out of `for:`."
                yield Finding("form-without-meaning", at(use, "form"), message, todo, use.promise)
            elif purpose and purpose.one and use.form is Form.AGGREGATE:
                message = f"Use {use.id} gives totals for `{name}`, which is for one {purpose.one} at a time."
                yield Finding(
                    "form-without-meaning", at(use, "form"), message, "Use a purpose that is for all.", use.promise
                )


def groups_are_large_enough(policy: Policy) -> Iterator[Finding]:
    """A total of a few people is about somebody (GDPR recital 26)."""
    for use in _formed(policy):
        if use.form is Form.AGGREGATE and use.group < FEWEST:
            yield Finding(
                "group-small",
                at(use, "group", "form"),
                f"Use {use.id} gives totals of {use.group} people or more: a total of so few is about somebody.",
                f"Write `group: {FEWEST}` or more; 10 is usual.",
                use.promise,
            )


CHECKS = (forms_are_read, forms_are_for_people_at_work, groups_are_large_enough)


def _formed(policy: Policy) -> list[Use]:
    return [use for use in policy.uses if use.form is not Form.FULL and use.categories]
