"""The only door to PostgreSQL. Out: connections, the catalogue as values, named queries, the embedded server.

It decides nothing and knows no policy.
"""

from houvast.database.catalogue import read_catalogue
from houvast.database.connect import Connection, DatabaseError, LockTimeout, again, connect, run, run_query
from houvast.database.queries import queries

__all__ = [
    "Connection",
    "DatabaseError",
    "LockTimeout",
    "again",
    "connect",
    "queries",
    "read_catalogue",
    "run",
    "run_query",
]
