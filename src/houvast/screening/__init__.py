"""Detectors of personal data in text, and a search for known values in bytes.

In: bytes or a text that come piece by piece, or a file that is open. Out: which kinds of personal data stand where, or
whether one of the values does; never a value.

Pure: it asks no database and opens no file. `Screener` needs the extra `diagnostics`, `Detector` the extra `scan`.
"""

from houvast.screening.archives import look_into
from houvast.screening.detect import Detector
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind
from houvast.screening.screener import Screener
from houvast.screening.standing import Values

__all__ = ["Detector", "Finding", "Kind", "Screener", "Values", "look_into"]
