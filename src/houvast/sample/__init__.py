"""Lakana, the sample company: its database as its own developers made it, without a thought of Houvast.

`create` makes the tables, the logins and the data in an empty database. The people are made up; the same
number of people, seed and day always give the same rows. It never touches a database that has tables.
"""

from houvast.sample.company import create

__all__ = ["create"]
