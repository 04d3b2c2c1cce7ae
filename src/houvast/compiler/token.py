"""How a policy asks in SQL whether a use is open."""

from __future__ import annotations

from dataclasses import dataclass

from houvast.compiler.words import SCHEMA, literal


@dataclass(frozen=True)
class Token:
    """How a policy asks whether a use is open: the fast profile reads a setting that only `open_use`
    can set, the portable one looks the use up. Either way the login must still be a member of `role`, or of `own`."""

    number: int
    fast: bool
    role: str = ""
    own: str = ""

    @property
    def open(self) -> str:
        """SQL: a use of this purpose is open."""
        found = f"{SCHEMA}.use_is_open({self.number})"
        if self.fast:
            found = f"pg_catalog.current_setting('backtrace_functions') ^@ 'hv_{self.number}_'"
        members = [
            f"pg_catalog.pg_has_role(session_user, {literal(name)}, 'MEMBER')" for name in (self.role, self.own) if name
        ]
        if len(members) > 1:
            return f"{found} AND ({' OR '.join(members)})"
        return " AND ".join([found, *members])

    def part(self, number: int) -> str:
        """SQL: the person (4) or case (5) that the use names, as text."""
        return f"pg_catalog.convert_from(pg_catalog.decode({self._part(number)}, 'hex'), 'UTF8')"

    @property
    def login(self) -> str:
        """SQL: the login that asks."""
        return "session_user"

    @property
    def use(self) -> str:
        """SQL: the number of the use in the register, as text."""
        return self._part(3)

    def _part(self, number: int) -> str:
        setting = "backtrace_functions" if self.fast else "houvast.use"
        return f"pg_catalog.split_part(pg_catalog.current_setting('{setting}', true), '_', {number})"
