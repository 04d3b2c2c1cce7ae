"""A notice on paper is tagged, says its language and title, and is the same bytes every time."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from houvast.app.places import sample_project
from houvast.documents import DocumentError, pdf
from houvast.errors import UsageError
from houvast.policy import Policy, load_policy, notice
from houvast.policy.notices import Tried, as_data
from houvast.policy.notices.model import Table

CALL = "import sys; from outloud.cli import main; main(sys.argv[1:])"
NAMESPACE = "{http://www.aiim.org/pdfua/ns/id/}"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(sample_project() / "policy.yaml")


def printed(policy: Policy, lang: str = "nl", tried: Tried | None = None) -> bytes:
    return pdf("notice", as_data(notice(policy, lang, tried=tried)), created=policy.effective)


def opened(content: bytes) -> Any:
    return pikepdf.open(io.BytesIO(content))


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure tree below a node, in reading order."""
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


def findings(content: bytes, folder: Path) -> list[dict[str, str]]:
    """What a checker that is not Typst's own finds (outloud: the Matterhorn protocol, and more)."""
    file, report = folder / "notice.pdf", folder / "report.json"
    file.write_bytes(content)
    options = [str(file), "--json", str(report), "--fail-on", "never"]
    subprocess.run([sys.executable, "-c", CALL, *options], check=True, capture_output=True, timeout=120)
    (found,) = json.loads(report.read_text())["results"]
    assert found["error"] is None
    assert sum(rule["status"] == "ran" for rule in found["rules"]) > 20
    return found["findings"]


def repeated(finding: dict[str, str], data: dict[str, Any]) -> bool:
    """Whether it is about the headings of a table, printed again on its next page: those are not read twice."""
    blocks = [block for section in data["details"] for block in section["blocks"]]
    headings = {" ".join(block["headings"]) for block in blocks if block["kind"] == "table"}
    return finding["rule"] == "TAG-002" and finding["evidence"] in headings


def test_it_carries_the_marks_of_pdf_ua(policy: Policy) -> None:
    file = opened(printed(policy))
    with file.open_metadata() as about:
        assert about[f"{NAMESPACE}part"] == "1"
        assert about["dc:title"] == "Privacybeleid – Lakana Voorbeeld B.V."
    assert bool(file.Root.MarkInfo.Marked)
    assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
    assert str(file.Root.Lang) == "nl"


def test_headings_tables_lists_and_links_are_tagged(policy: Policy) -> None:
    file = opened(printed(policy))
    tags = Counter(str(one.S) for one in elements(file.Root.StructTreeRoot))
    found = notice(policy, "nl")
    headings = list(found.sections)
    assert sum(tags[f"/H{level}"] for level in range(1, 7)) == len(headings)
    tables = [block for one in headings for block in one.blocks if isinstance(block, Table)]
    assert tags["/Table"] == len(tables)
    assert tags["/TH"] >= sum(len(table.headings) for table in tables)
    assert tags["/L"] > 3
    assert tags["/Link"] > 100


def test_headings_leave_out_no_level(policy: Policy) -> None:
    file = opened(printed(policy, "en"))
    levels = [int(str(one.S)[2]) for one in elements(file.Root.StructTreeRoot) if str(one.S)[:2] == "/H"]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_checker_finds_nothing(policy: Policy, lang: str, tmp_path: Path) -> None:
    tried = Tried({"C10": "broken", "C03": "not_yet_kept", "C05": "held"}, date(2026, 11, 25))
    data: dict[str, Any] = as_data(notice(policy, lang, tried=tried))
    found = findings(pdf("notice", data, created=policy.effective), tmp_path)
    assert [one for one in found if not repeated(one, data)] == []


def test_the_checker_would_find_something(policy: Policy, tmp_path: Path) -> None:
    file = opened(printed(policy))
    del file.Root.StructTreeRoot
    del file.Root.Lang
    broken = io.BytesIO()
    file.save(broken)
    assert "error" in {one["severity"] for one in findings(broken.getvalue(), tmp_path)}


def test_the_same_notice_is_the_same_bytes(policy: Policy) -> None:
    assert printed(policy) == printed(policy)


def test_the_date_in_the_file_is_the_one_given(policy: Policy) -> None:
    file = opened(printed(policy))
    assert str(file.docinfo.CreationDate).startswith("D:20180524220000")


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_first_layer_is_one_page(policy: Policy, lang: str) -> None:
    short = as_data(notice(policy, lang).only_short())
    assert len(opened(pdf("notice", short, created=policy.effective)).pages) == 1


def test_words_are_never_markup(policy: Policy) -> None:
    data = as_data(notice(policy, "en"))
    hostile = '#panic("no") <script> $x$ @ref *b* `c` \\ // /* #eval("1") [ ]'
    data["title"] = hostile
    data["standing"] = {"text": hostile, "promises": [], "anchor": "", "outcome": ""}
    file = opened(pdf("notice", data, created=policy.effective))
    assert str(file.docinfo.Title) == hostile


@pytest.mark.parametrize("words", ["שלום עולם", "سلام", "Ωμέγα", "Привет"])
def test_other_scripts_can_be_shown(policy: Policy, words: str, tmp_path: Path) -> None:
    data = {**as_data(notice(policy, "en").only_short()), "title": words}
    assert findings(pdf("notice", data, created=policy.effective), tmp_path) == []


def test_a_character_that_no_font_has_is_named(policy: Policy) -> None:
    data = {**as_data(notice(policy, "en").only_short()), "title": "a \U000f0000 b"}
    with pytest.raises(DocumentError, match="No font of this machine can show") as refused:
        pdf("notice", data, created=policy.effective)
    assert refused.value.todo


def test_too_much_text_is_refused_with_its_size(policy: Policy) -> None:
    data = {**as_data(notice(policy, "en")), "title": "x" * 2_000_000}
    with pytest.raises(DocumentError, match="too much for a PDF: at most 2,000,000"):
        pdf("notice", data, created=policy.effective)


def test_without_typst_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError) as refused:
        pdf("notice", {}, created=datetime(2026, 1, 1, tzinfo=UTC))
    assert "houvast[documents]" in refused.value.todo
