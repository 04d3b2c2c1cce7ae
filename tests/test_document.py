"""Strict YAML: every scalar is a text, and whatever is not a document is refused, never raised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.document import DEEPEST, Entries, Findings, Items, Text, parse, place_of, read_document
from houvast.errors import FileErrors, Finding, Place
from houvast.policy import load_policy
from houvast.reading import Section, did_you_mean
from tests.policy.small import DUTCH, ENGLISH, POLICY


def texts(node: object) -> list[str]:
    assert isinstance(node, Items)
    return [item.value for item in node.items if isinstance(item, Text)]


@pytest.mark.parametrize(
    "word",
    ["no", "yes", "on", "null", "~", "1", "1.0", "0x1F", "2018-05-25", "1:30", "1e3", ".inf", "=", "<<"],
)
def test_every_scalar_is_the_text_that_stands_there(word: str) -> None:
    assert texts(parse(f"a: [nl, {word}]", "f").values["a"]) == ["nl", word]


def test_a_merge_key_is_a_key_like_another() -> None:
    assert list(parse("<<: {a: b}", "f").values) == ["<<"]


def test_quotes_can_be_told_from_plain_text() -> None:
    found = parse("a: null\nb: 'null'", "f").values
    assert [(node.value, node.plain) for node in found.values() if isinstance(node, Text)] == [
        ("null", True),
        ("null", False),
    ]


def test_places_count_lines_and_columns_from_one() -> None:
    found = parse("a:\n  - é: [x,\n      y]\n", "f")
    inner = found.values["a"]
    assert isinstance(inner, Items)
    item = inner.items[0]
    assert isinstance(item, Entries)
    listed = item.values["é"]
    assert isinstance(listed, Items)
    assert [node.place for node in listed.items] == [Place("f", 2, 9), Place("f", 3, 7)]
    assert item.keys["é"] == Place("f", 2, 5)


def test_a_place_in_a_text_is_that_of_its_character() -> None:
    assert place_of("één\ntwee", 5, "t") == Place("t", 2, 2)


@pytest.mark.parametrize("text", ["", "# nothing", "- a\n- b", "word", "[a]"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(FileErrors) as caught:
        parse(text, "f")
    assert [one.code for one in caught.value.findings] == ["not-a-mapping"]


def test_a_file_that_nests_without_end_is_refused() -> None:
    with pytest.raises(FileErrors) as caught:
        parse("a: " + "[" * (DEEPEST + 5), "f")
    assert [one.code for one in caught.value.findings] == ["too-deep"]


def test_an_alias_bomb_does_not_grow() -> None:
    steps = zip("abcdefg", "bcdefgh", strict=True)
    bomb = "a: &a [x, x]\n" + "\n".join(f"{new}: &{new} [*{old}, *{old}]" for old, new in steps)
    with pytest.raises(FileErrors) as caught:
        parse(bomb, "f")
    assert {one.code for one in caught.value.findings} == {"anchor", "alias"}


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"a: b\nc: \xff", "file-encoding", (2, 4)),
        (b"\xef\xbb\xbfa: b\nc: \xe9", "file-encoding", (2, 4)),
        (b"a: \x00", "hidden-character", (1, 4)),
        (b"a: b\r\nc:\td\r\n", "tab", (2, 3)),
        (b'a: "\\uD800"', "hidden-character", (1, 4)),
        (b'a: "\\UFFFFFFFF"', "yaml", (1, 1)),
    ],
)
def test_bytes_that_are_no_text_are_refused_at_their_place(
    tmp_path: Path, content: bytes, code: str, place: tuple[int, int]
) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(content)
    with pytest.raises(FileErrors) as caught:
        read_document(file)
    assert [(one.code, one.place.line, one.place.column) for one in caught.value.findings] == [(code, *place)]


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileErrors, match="not there"):
        read_document(tmp_path / "none.yaml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileErrors, match="cannot be read"):
        read_document(tmp_path)


def test_a_section_reports_what_nobody_asked_for() -> None:
    noted = Findings()
    section = Section(parse("colour: red\ncolor: blue", "f"), noted, "a page")
    assert section.text("colour") == "red"
    section.close()
    assert [(one.code, one.place, one.todo) for one in noted.all()] == [
        ("key-unknown", Place("f", 2, 1), "Did you mean `colour`?")
    ]


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("biling", ["billing", "answer"], "Did you mean `billing`?"),
        ("c07", ["C07", "C70"], "Did you mean `C07`?"),
        ("xyz", ["a", "b"], "Write one of: a, b."),
        ("xyz", [], ""),
    ],
)
def test_the_nearest_name_is_offered(word: str, known: list[str], said: str) -> None:
    assert did_you_mean(word, known) == said


PIECES = st.sampled_from(
    [
        *"\n \t:[]{}#|>%'\"@`,\u00e9\u202e",
        ": ",
        "- ",
        "&a",
        "*a",
        "!!int ",
        "---\n",
        "...",
        "? ",
        "no",
        "P1Y",
        "while",
    ]
)


def refused(read: Callable[[], object]) -> tuple[Finding, ...] | None:
    """The findings with which something was refused, None when it was read."""
    try:
        read()
    except FileErrors as errors:
        return errors.findings
    return None


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The small policy with a few pieces put in, taken out or written over."""
    text = POLICY
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.just("") | PIECES | st.text(max_size=4)) + text[at + draw(st.integers(0, 12)) :]
    return text


@given(text=mutated())
def test_a_spoiled_policy_loads_or_raises_file_errors_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder: Path = tmp_path_factory.mktemp("spoiled")
    (folder / "text.nl.md").write_text(DUTCH, "utf-8")
    (folder / "text.en.md").write_text(ENGLISH, "utf-8")
    (folder / "policy.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    found = refused(lambda: load_policy(folder / "policy.yaml"))
    assert found is None or (found and all(one.place.line >= 1 and one.place.column >= 1 for one in found))


@given(text=st.text(max_size=60) | st.lists(PIECES, max_size=25).map("".join))
def test_any_text_parses_or_raises_file_errors(text: str) -> None:
    found = refused(lambda: parse(text, "f"))
    assert found is None or found
