"""What is written as strict YAML is read back as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from houvast.document import Entries, Items, Node, parse
from houvast.writing import Value, as_mapping, entry, flow

_TEXTS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)
_VALUES = st.recursive(_TEXTS, lambda below: st.lists(below) | st.dictionaries(_TEXTS, below), max_leaves=8)


def _read(node: Node) -> Value:
    if isinstance(node, Entries):
        return {key: _read(one) for key, one in node.values.items()}
    return [_read(one) for one in node.items] if isinstance(node, Items) else node.value


@given(_VALUES)
def test_what_is_written_is_read_back(value: Value) -> None:
    assert _read(parse(entry("key", value), "file").values["key"]) == value


def test_plain_words_stay_without_quotes() -> None:
    line = flow({"nl": "tot 30 dagen", "law": ["AVG 6(1)(f)", "a: b", "no", "null", "1", "x #y", ""]})
    assert line == '{nl: tot 30 dagen, law: [AVG 6(1)(f), "a: b", no, null, 1, "x #y", ""]}'


def test_a_text_is_no_mapping() -> None:
    assert as_mapping("text") == {}
