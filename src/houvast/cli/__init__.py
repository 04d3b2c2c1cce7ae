"""The command `houvast`: says what was asked to the rooms below, and what they answer to the terminal.

Exit codes: 0 done, 1 a finding or refusal, 2 wrong usage, 130 interrupted. It decides nothing.
"""

from houvast.cli.command import houvast
from houvast.cli.failing import main

__all__ = ["houvast", "main"]
