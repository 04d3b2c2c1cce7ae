"""Opening somebody by a case of one's own, or others' rows by a link: tried, and it fails."""

from __future__ import annotations

from houvast.proof import Report
from houvast.proof.attempts import opening


def test_each_login_that_may_write_its_own_circumstance_tries_and_sees_nobody(report: Report) -> None:
    tried = {one.name: one for one in report.of("C10").attempts if one.sort == opening.FAMILY}
    assert tried
    assert {one.login for one in tried.values()} >= {"support", "office"}
    assert not [name for name, one in tried.items() if not one.passed]


def test_a_link_that_ended_is_tried(report: Report) -> None:
    assert [one.passed for one in report.of("C08").attempts if one.sort == opening.LINK] == [True, True]
