"""Everything that is wrong with a policy that could be read, in a privacy officer's words.

Pure. A finding says what is wrong, where, and what to write instead. All of them are errors: a policy
with findings is not compiled and not published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from houvast.errors import Finding
from houvast.policy import check_law, check_names, check_rules, check_text
from houvast.policy.model import Policy

CHECKS: tuple[Callable[[Policy], Iterator[Finding]], ...] = (
    *check_names.CHECKS,
    *check_text.CHECKS,
    *check_rules.CHECKS,
    *check_law.CHECKS,
)


def check(policy: Policy) -> tuple[Finding, ...]:
    """The findings of a policy, in the order of its file; none when it may be compiled."""
    found = dict.fromkeys(finding for one in CHECKS for finding in one(policy))
    return tuple(sorted(found, key=lambda finding: (finding.place, finding.code)))
