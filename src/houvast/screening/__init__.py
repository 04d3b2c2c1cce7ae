"""Detectors of personal data in text, and a search for known values in bytes.

In: a text, or a file that is open. Out: which kinds of personal data stand in it, or whether one of the values does;
never a value.

Pure: it asks no database and opens no file. `Detector` needs the extra `scan`.
"""

from houvast.screening.archives import look_into
from houvast.screening.detect import Detector
from houvast.screening.kinds import Kind
from houvast.screening.standing import Values, alone, by_itself

__all__ = ["Detector", "Kind", "Values", "alone", "by_itself", "look_into"]
