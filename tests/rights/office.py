"""A database of the sample company under its policy, and what tests ask of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from houvast.app.target import Target
from houvast.database import Connection, connect
from tests.compiler.asking import rows, value


@dataclass(frozen=True)
class Office:
    """`admin`: a superuser's connection."""

    target: Target
    admin: Connection

    def do(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """Something that the superuser does, and what it gives."""
        return rows(self.admin, text, *values)

    def one(self, text: str, *values: object) -> Any:
        """The one value of a query."""
        return value(self.admin, text, *values)

    def again(self) -> Connection:
        """Another session of the superuser."""
        return connect(self.target.url)

    def asks(self, key: int) -> int:
        """Let an account have a request open of which somebody checked whose it is; the account."""
        self.do(
            "INSERT INTO houvast.request (kind, key, verified_at, level) VALUES ('customer', %s, now(), 2)", str(key)
        )
        return key

    def with_map(self, **changed: Any) -> Target:
        """The target under a changed data map."""
        project = self.target.project
        return replace(self.target, project=replace(project, datamap=replace(project.datamap, **changed)))

    def sharers(self) -> tuple[int, int]:
        """Two accounts that live in one household."""
        found = self.do(
            "SELECT a.account_id, b.account_id FROM household_member a JOIN household_member b USING (household_id)"
            " JOIN account x ON x.id = a.account_id JOIN account y ON y.id = b.account_id"
            " WHERE a.account_id < b.account_id AND a.left_at IS NULL AND b.left_at IS NULL"
            " AND x.closed_at IS NULL AND y.closed_at IS NULL ORDER BY 1 LIMIT 1"
        )
        return found[0][0], found[0][1]

    def busiest(self) -> int:
        """The account with rows in the most tables."""
        return self.one(
            "SELECT a.id FROM account a WHERE closed_at IS NULL ORDER BY"
            " (EXISTS (SELECT FROM orders o WHERE o.account_id = a.id))::int"
            " + (EXISTS (SELECT FROM invoice o WHERE o.account_id = a.id))::int"
            " + (EXISTS (SELECT FROM ticket o WHERE o.account_id = a.id))::int"
            " + (EXISTS (SELECT FROM post o WHERE o.account_id = a.id))::int"
            " + (EXISTS (SELECT FROM profile_value o WHERE o.account_id = a.id))::int"
            " + (EXISTS (SELECT FROM licence o WHERE o.account_id = a.id))::int DESC, a.id LIMIT 1"
        )
