"""The room of places: which table and column of a database holds which category of whose data.

In: a data map file (`load_datamap`). Out: a `DataMap` value, and how it fits the versions of a policy
(`check`: what is wrong; `remarks`: what may surprise). It never looks into a database.
"""

from houvast.datamap.check import check, remarks
from houvast.datamap.load import load_datamap
from houvast.datamap.model import DataMap

__all__ = ["DataMap", "check", "load_datamap", "remarks"]
