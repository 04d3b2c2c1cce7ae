"""What Base64 hides: found in whatever lines and letters, and redacted in as many."""

from __future__ import annotations

import base64
import hashlib
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from houvast.screening import Kind
from houvast.screening.bundle.runs import Loose
from tests.screening.bundles import LINE, VALUE, looked
from tests.screening.seeing import closed, kinds, redacted


@given(st.binary(min_size=48, max_size=200), st.binary(max_size=200), st.integers(0, 3), st.sampled_from([24, 64, 76]))
def test_another_payload_leaves_no_letter_over_and_as_many_lines(
    before: bytes, after: bytes, start: int, width: int
) -> None:
    """A last line that one letter is left over in is not seen to be of the line before: what it hides was found in again."""
    letters = base64.b64encode(before)
    raw = b"\n      ".join(letters[at : at + width] for at in range(0, len(letters), width))
    made = Loose(0, len(raw), raw).written(start, after)
    assert len(made.translate(None, b" \n=")) % 4 != 1
    assert made.count(b"\n") == raw.count(b"\n")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.sampled_from(["piet@bak.nl", "ab@b-c.nl", VALUE]), st.binary(max_size=30), st.binary(min_size=20, max_size=40),
    st.sampled_from(["padded", "unpadded", "url"]), st.sampled_from(["x={}\n", '{{"a":"{}"}}', "/api/v2/{}\n", "Basic {}\n", "{}"]),
)  # fmt: skip
def test_base64_is_seen_through_short_unpadded_and_around_bytes_of_no_text(
    value: str, before: bytes, behind: bytes, how: str, around: str
) -> None:
    plain = value.encode()
    for data in (plain, b"\x08\x01\x12\x0c" + before + b"\0" + plain + b"\0\xff\x01\xfe" + behind):
        made = base64.urlsafe_b64encode(data) if how == "url" else base64.b64encode(data)
        text = around.format(made.decode() if how == "padded" else made.decode().rstrip("="))
        if len(made) >= 24 or data is plain:
            assert kinds(text.encode()) or closed(text.encode()), text


def test_bytes_that_begin_with_a_name_are_looked_through_and_kept() -> None:
    """As a line of a certificate that is wide enough for a name of a host: before, all behind it was left out."""
    bytes_of_a_key = hashlib.shake_128(b"a key").digest(180)
    names = b"-cluster-node-tuning-operator.svc\x82O*.node" * 7
    data = names + bytes_of_a_key + VALUE.encode() + b"\0\xff" + bytes_of_a_key
    made = b"crt:\n" + base64.encodebytes(data)
    assert (kinds(made), closed(made)) == ({Kind.EMAIL}, "")
    after = base64.b64decode(redacted(made).partition(b"\n")[2])
    assert VALUE.encode() not in after
    assert after.startswith(names)


def test_lines_of_base64_that_are_not_padded_or_have_a_width_of_their_own() -> None:
    for width in (42, 57, 64, 70, 76):
        one = base64.b64encode(LINE.encode() * 5).decode().rstrip("=")
        lines = "\n".join(one[at : at + width] for at in range(0, len(one), width))
        assert Kind.EMAIL in kinds(f"data:\n{lines}\nend of it\n".encode()), width
    each = "\n".join(base64.b64encode(f"{one:08} {VALUE}".encode()).decode().rstrip("=") for one in range(3))
    assert looked(f"list:\n{each}\n".encode())[0].counts[Kind.EMAIL] == 3


def test_base64_in_lines_within_json_stays_json() -> None:
    lines = base64.encodebytes(LINE.encode() * 5).decode()
    made = redacted(json.dumps({"data": lines, "html": "a &lt;b " + VALUE}).encode())
    told = json.loads(made)
    assert base64.b64decode(told["data"]).count(b".invalid") == 5
