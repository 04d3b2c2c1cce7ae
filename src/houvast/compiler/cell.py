"""What a purpose may do with one column."""

from __future__ import annotations

from dataclasses import dataclass

from houvast.datamap.model import Column
from houvast.policy.model import Form, Look


@dataclass(frozen=True)
class Cell:
    """What a purpose may do with one column: SQL conditions, "" = never; "row" when not personal.

    `read`: it is shown, in some form; `looks`: in which one, the first whose condition holds. `insert` and `update`: it may be
    written, which asks for the value as it is. `insert_row` and `update_row`: it lets the row be written, in whatever form it comes.
    """

    column: Column
    read: str
    insert: str
    update: str
    insert_row: str
    update_row: str
    looks: tuple[tuple[Look, str], ...]
    about: str  # what it is the value of: equal values of other sorts have other pseudonyms

    def of(self, column: Column) -> Cell:
        """The same of another column of the same categories. There are many: `replace` would look up their fields each time."""
        one = self
        return Cell(column, one.read, one.insert, one.update, one.insert_row, one.update_row, one.looks, one.about)

    @property
    def plain(self) -> str:
        """SQL: it is shown as it is; "" = never."""
        return next((condition for look, condition in self.looks if look.form is Form.FULL), "")

    @property
    def formed(self) -> bool:
        """Whether it is ever shown in another form than as it is."""
        return any(look.form is not Form.FULL for look, _ in self.looks)
