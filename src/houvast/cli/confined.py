"""`houvast` for input that may be hostile: python -m houvast.cli.confined MEBIBYTES SECONDS scan - --json

Before anything is read this process gives up, for good: memory beyond so many MiB, processor time beyond so many
seconds, writing any file, core dumps, more than a few open files, and, where the system lets it, the network. It dies
with whoever started it. Only the standard library until then.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys

OPEN_FILES = 64
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)
_PARENT_DEATH = 1  # of prctl(2)


def confine(mebibytes: int, seconds: int) -> None:
    """Give up what screening does not need. Raises OSError when the system refuses."""
    memory = mebibytes * 2**20
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0),
                         (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, OPEN_FILES)):  # fmt: skip
        resource.setrlimit(limit, (value, value))
    if sys.platform == "linux":
        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(_PARENT_DEATH, signal.SIGKILL)
        system.unshare(_NEW_NETWORK) and system.unshare(_NEW_USER | _NEW_NETWORK)  # pyright: ignore[reportUnusedExpression]


if __name__ == "__main__":
    confine(int(sys.argv[1]), int(sys.argv[2]))
    from houvast.cli import main

    sys.argv = ["houvast", *sys.argv[3:]]
    main()
