"""Detectors of personal data in text. In: a text. Out: which kinds of personal data stand in it, never the values.

Pure: it asks no database and opens no file. `Detector` needs the extra `scan`.
"""

from houvast.screening.detect import Detector
from houvast.screening.kinds import Kind

__all__ = ["Detector", "Kind"]
