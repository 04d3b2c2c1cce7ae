"""Whether a data map and the versions of a policy fit together, before any database is asked.

Pure. `check` gives what is wrong; `remarks` gives what is permitted and worth knowing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from houvast.datamap import check_forms, check_identifiers, check_names, check_tables, check_uses
from houvast.datamap.model import DataMap
from houvast.datamap.promised import Promised
from houvast.errors import Finding

CHECKS: tuple[Callable[[DataMap, Sequence[Promised]], Iterator[Finding]], ...] = (
    *check_names.CHECKS,
    *check_tables.CHECKS,
    *check_identifiers.CHECKS,
    *check_uses.CHECKS,
    *check_forms.CHECKS,
)


def check(datamap: DataMap, policies: Sequence[Promised]) -> tuple[Finding, ...]:
    """The findings of a data map against the versions of its policy, in the order of the file."""
    ours = [policy for policy in policies if policy.name == datamap.policy]
    if not ours:
        return tuple(check_names.policy_exists(datamap, policies))
    return _sorted(finding for one in CHECKS for finding in one(datamap, ours))


def remarks(datamap: DataMap, policies: Sequence[Promised]) -> tuple[Finding, ...]:
    """What works as written and may surprise: a purpose that can bring about its own circumstance."""
    return _sorted(check_uses.own_circumstances(datamap, policies))


def _sorted(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: (finding.place, finding.code)))
