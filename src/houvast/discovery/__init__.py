"""Finds what nobody declared: columns and tables that the map does not know, personal data in free text.

In: a data map, a live catalogue, a connection with a use open. Out: findings that name table, column, kind and
count. It never gives a value or a row away, and changes nothing.
"""

from houvast.discovery.inventory import to_read, undeclared
from houvast.discovery.model import Found, Scan, Undeclared, Unread
from houvast.discovery.scan import ROWS, scan

__all__ = ["ROWS", "Found", "Scan", "Undeclared", "Unread", "scan", "to_read", "undeclared"]
