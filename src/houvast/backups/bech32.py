"""Bech32 (BIP 173), in which keys of age are written. Pure."""

from __future__ import annotations

from collections.abc import Iterable

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECK = 6


def encode(prefix: str, data: bytes) -> str:
    """Bytes as text in small letters."""
    values = _regroup(data, 8, 5, pad=True)
    check = _polymod([*_expanded(prefix), *values, *[0] * _CHECK]) ^ 1
    values += [(check >> 5 * (_CHECK - 1 - place)) & 31 for place in range(_CHECK)]
    return f"{prefix}1{''.join(_LETTERS[value] for value in values)}"


def decode(text: str) -> tuple[str, bytes]:
    """Prefix and bytes. Raises ValueError for what is mistyped."""
    if text not in (text.lower(), text.upper()):
        raise ValueError("mixed case")
    prefix, _, rest = text.lower().rpartition("1")
    values = [_LETTERS.index(letter) for letter in rest]  # ValueError for a letter that there is none of
    if not prefix or len(values) < _CHECK or _polymod([*_expanded(prefix), *values]) != 1:
        raise ValueError("checksum")
    return prefix, bytes(_regroup(values[:-_CHECK], 5, 8, pad=False))


def _expanded(prefix: str) -> list[int]:
    return [*(ord(letter) >> 5 for letter in prefix), 0, *(ord(letter) & 31 for letter in prefix)]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            check ^= generator if top >> place & 1 else 0
    return check


def _regroup(values: Iterable[int], bits: int, into: int, *, pad: bool) -> list[int]:
    held, size, found = 0, 0, list[int]()
    for value in values:
        held, size = held << bits | value, size + bits
        while size >= into:
            size -= into
            found.append(held >> size & (1 << into) - 1)
        held &= (1 << size) - 1
    if pad and size:
        found.append(held << into - size & (1 << into) - 1)
    elif not pad and (size >= bits or held):
        raise ValueError("padding")
    return found
