"""Whose requests lines are: every different visitor is looked at once, and gets a number under the key of a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from houvast.visits.addresses import Proxies, canonical, client, used
from houvast.visits.edge import Minimiser as Meaning
from houvast.visits.model import Address, Declared
from houvast.visits.reading.formats import split_front
from houvast.visits.reading.quads import are_quads, is_six
from houvast.visits.reading.values import Column, Numbers, different_of

STRANGE, SHAPELESS = -1, -2
"""Instead of the number of a site: a host that is none of ours, and what stands before the time is no visitor."""
_NOBODY: Final = b" - - "
"""Ident and user of nearly every line."""
_SIX: Final = is_six(_NOBODY)
_WITHIN: Final = b"\0" * 10
"""How an IPv6 address begins that may hold an IPv4 address."""


One: TypeAlias = tuple[int, str, bytes]
"""Site, address and what is hashed of one visitor, as `Visitors` has them."""


@dataclass
class Visitors:
    """Different visitors. `sites`: the number of their site, or why there is none; `told`: what of the address is hashed.

    `addresses`: where whole ones are asked for.
    """

    sites: list[int]
    addresses: list[str]
    told: list[bytes]

    @classmethod
    def of(cls, each: Sequence[One]) -> Self:
        """Put together."""
        return cls([one[0] for one in each], [one[1] for one in each], [one[2] for one in each])

    def put(self, place: int, one: One) -> None:
        """Put one at a place."""
        self.sites[place], address, self.told[place] = one
        if self.addresses:
            self.addresses[place] = address


class Who:
    """Reads visitors of lines. `site`: that of lines without a host, else the declared one."""

    def __init__(self, declared: Declared, meaning: Meaning, site: str, *, host_first: bool, whole: bool) -> None:
        self._names = [one.name for one in declared.sites]
        self._proxies = Proxies(declared.proxies) if declared.proxies else None
        self._mode, self._host_first, self._site_by_default = declared.rules.address, host_first, site
        self._meaning, self._whole = meaning, whole
        self._site = lru_cache(maxsize=1024)(self._read_site)

    def of(self, front: Column, host: Column, forwarded: Column) -> tuple[Visitors, Numbers]:
        """Different visitors, and which of them each line is."""
        if host.values == [b""] and (self._proxies is None or forwarded.values == [b""]):
            return self._of_fronts(front.values), front.which
        sizes = (len(host.values), len(forwarded.values))
        different, which = different_of((front.which * sizes[0] + host.which) * sizes[1] + forwarded.which)
        rest, third = np.divmod(different, sizes[1])
        first, second = np.divmod(rest, sizes[0])
        each: Iterable[tuple[int, int, int]] = zip(first.tolist(), second.tolist(), third.tolist(), strict=True)
        found = [self._read(front.values[a], host.values[b], forwarded.values[c]) for a, b, c in each]
        return Visitors.of(found), which

    def _of_fronts(self, fronts: Sequence[bytes]) -> Visitors:
        """As `_read` does of each, quicker for what most lines have: no user, and an address as it is usually written."""
        if self._mode is not Address.KEYED:
            return Visitors.of([self._read(front, b"", b"") for front in fronts])
        sites, rests, length = [self._site(b"")] * len(fronts), fronts, len(_NOBODY)
        if self._host_first:
            parts = [front.partition(b" ") for front in fronts]
            sites, rests = [self._site(host) for host, _, _ in parts], [rest for _, _, rest in parts]
        found = Visitors(sites, [], [rest[:-length] + b"\0" for rest in rests])
        if self._whole:
            found.addresses = [rest[:-length].decode("latin-1") for rest in rests]
        for place in np.flatnonzero(~are_quads(rests, _NOBODY)).tolist():
            if not _SIX(rests[place]):
                found.put(place, self._read(fronts[place], b"", b""))
        return found

    def _read(self, front: bytes, host: bytes, forwarded: bytes) -> One:
        first, remote = split_front(front, host_first=self._host_first)
        site = self._site(host or first) if remote else SHAPELESS
        if site < 0:
            return site, "", b""
        address = quick(remote)
        if forwarded and self._proxies is not None:
            address = client(remote.decode("latin-1"), forwarded.decode("latin-1"), self._proxies)
        return site, address, used(address, self._mode).encode() + b"\0" if address else b""

    def _read_site(self, host: bytes) -> int:
        named = host.decode("latin-1")
        site = self._meaning.site(named)
        name = self._site_by_default if self._site_by_default and not named else site.name if site else ""
        return self._names.index(name) if name else STRANGE

    def hashed(self, key: bytes, visitors: Visitors, agents: Sequence[bytes], each: Iterable[tuple[int, int]]) -> npt.NDArray[np.uint64]:  # fmt: skip
        """The numbers of visitors with user agents, as `keys_of_day.visitor`: what many share is put together once."""
        begun = [blake2b(name.encode() + b"\0", digest_size=8, key=key).copy for name in self._names]
        sites, told, found = visitors.sites, visitors.told, list[bytes]()
        for visitor, agent in each:
            whole = begun[sites[visitor]]()
            whole.update(told[visitor] + agents[agent])
            found.append(whole.digest())
        return np.frombuffer(b"".join(found), "<u8")


def quick(text: bytes) -> str:
    """As `addresses.canonical`, quicker for an address as it is usually written."""
    written = text.decode("latin-1")
    try:
        if ":" not in written:
            inet_pton(AF_INET, written)
            return written
        packed = inet_pton(AF_INET6, written)
    except (OSError, ValueError):
        return canonical(written)
    return canonical(written) if packed.startswith(_WITHIN) else inet_ntop(AF_INET6, packed)
