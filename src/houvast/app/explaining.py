"""Why a purpose of a program sees a column, or does not: as `houvast explain` says it, without a word of anybody."""

from __future__ import annotations

from houvast.app.keep import table_and_column
from houvast.app.project import Project
from houvast.compiler.explain import Explanation, explain
from houvast.database import Connection, queries

_SQL = queries("houvast.app", "asking.sql")


def why(connection: Connection, project: Project, token: str, purpose: str, place: str) -> Explanation:
    """What policy and data map say of a TABLE or TABLE.COLUMN for a purpose. `token`: "" for staff who are signed in.

    Of a purpose that was not given to the login of the token nothing is said.

    Raises DatabaseError (the token, its scope, its purpose), UsageError (no such purpose, table or column).
    """
    if token:
        connection.execute(_SQL["may_explain"], (token, purpose))
    table, column = table_and_column(project, place)
    return explain(connection, project.versions, project.datamap, purpose=purpose, table=table, column=column)
