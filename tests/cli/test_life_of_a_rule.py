"""What docs/life/rule.md shows of the plan is in the plan."""

from __future__ import annotations

import json

from houvast.app import Demo
from tests.cli.calling import Shell
from tests.docs.test_docs import blocks, squeezed


def test_sql_in_the_documentation_is_in_the_plan(houvast: Shell, demo: Demo) -> None:
    steps = json.loads(houvast("plan", "--json").out)["steps"]
    planned = [squeezed(step["sql"]) for step in steps]
    shown = [text for _, _, text in blocks("sql from plan")]
    assert shown
    for text in shown:
        assert any(squeezed(text) in sql for sql in planned), text
