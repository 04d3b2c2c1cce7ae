"""What is about to leave is compared with the bundles that are here, by the child that screens them."""

from __future__ import annotations

import pytest

from houvast.app.leaving import NotLookedInto, problems_in
from tests.diagnostics.help_desk import HelpDesk

LINE = "2026-11-08 10:35:07 worker-35 export of batch 4746 stopped"


def test_a_pasted_line_names_the_problem_that_it_is_of(help_desk: HelpDesk) -> None:
    number = help_desk.accepted(f"begins\n{LINE} at 40 percent\nends\n".encode())[0]
    asked = help_desk.db, help_desk.exchange
    assert problems_in(*asked, f"Does anybody know this?\n  {LINE}\n") == (number,)
    assert problems_in(*asked, "release 12 of 2026-11-08 mends the export of batches") == ()
    assert problems_in(*asked, "no number stands here, and no line is known by it") == ()


def test_what_cannot_be_looked_into_lets_nothing_leave(help_desk: HelpDesk) -> None:
    help_desk.accepted(b"PK\x03\x04 this is no archive at all, and says that it is one")
    with pytest.raises(NotLookedInto, match="could not be looked into"):
        problems_in(help_desk.db, help_desk.exchange, LINE)
