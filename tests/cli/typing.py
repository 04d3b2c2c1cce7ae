"""Types at a terminal as a person would: one line after each question."""

from __future__ import annotations

import os
import select
import time

PATIENCE = 60.0
"""Seconds after which nobody waits for a question any more."""


def answer(master: int, lines: list[str]) -> str:
    """Type each line once a question waits for it; what was shown in all, until the program ends."""
    shown, typed, deadline = "", 0, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ready, _, _ = select.select([master], [], [], 0.1)
        if ready:
            try:
                shown += os.read(master, 4096).decode(errors="replace")
            except OSError:
                break
        elif typed < len(lines) and shown.endswith(": "):
            os.write(master, f"{lines[typed]}\n".encode())
            typed += 1
            shown += "\n"
    os.close(master)
    assert typed == len(lines), shown
    return shown
