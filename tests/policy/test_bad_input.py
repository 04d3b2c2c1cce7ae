"""What a policy can be that nobody meant: another encoding, too much of it, a script in it."""

from __future__ import annotations

from pathlib import Path

from houvast.policy import load_versions
from houvast.policy.notices import as_html, as_markdown, notice
from tests.policy.small import DUTCH, POLICY, findings, write


def test_a_policy_in_windows_1252_is_told_where_it_stops_being_utf_8(tmp_path: Path) -> None:
    write(tmp_path)
    spoilt = POLICY.replace("en: Each use is logged", "en: Each use is logged – “always”")
    (tmp_path / "policy.yaml").write_bytes(spoilt.encode("cp1252"))
    (one,) = findings(tmp_path)
    assert (one.code, one.todo) == ("file-encoding", "Save it as UTF-8.")
    line = POLICY[: POLICY.index("en: Each use is logged")].count("\n") + 1
    assert one.place.line == line


def test_a_text_in_windows_1252_is_told_at_the_policy(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "text.nl.md").write_bytes((DUTCH + "\nPrivé.\n").encode("cp1252"))
    assert [one.code for one in findings(tmp_path)] == ["text-unreadable"]


def test_a_text_of_five_megabytes_is_refused_without_reading_it_through(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "text.nl.md").write_text(DUTCH + "\n" + "a" * 5_000_000, "utf-8")
    (one,) = findings(tmp_path)
    assert one.code == "text-unreadable"
    assert "larger than" in one.message


def test_a_script_in_a_wording_is_words_on_the_page(tmp_path: Path) -> None:
    script = "<script>alert(1)</script>"
    write(
        tmp_path,
        old="label: {nl: Naam en adres, en: Name and address}",
        new=f"label: {{nl: '{script}', en: '{script}'}}",
    )
    assert findings(tmp_path) == ()
    (policy,) = load_versions(tmp_path)
    for language in ("nl", "en"):
        page = as_html(notice(policy, language))
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script" not in as_markdown(notice(policy, language))


def test_words_from_right_to_left_stand_and_marks_that_turn_others_do_not(tmp_path: Path) -> None:
    hebrew = "שם וכתובת"
    label = "label: {nl: Naam en adres, en: Name and address}"
    write(tmp_path, old=label, new=f"label: {{nl: {hebrew}, en: Name and address}}")
    assert findings(tmp_path) == ()
    (policy,) = load_versions(tmp_path)
    assert hebrew in as_html(notice(policy, "nl"))
    write(tmp_path, old=label, new=f"label: {{nl: '{hebrew}\u202e', en: Name and address}}")
    assert {one.code for one in findings(tmp_path)} == {"hidden-character"}
