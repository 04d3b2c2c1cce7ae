"""What the staff may do at the API."""

from __future__ import annotations

SCOPES = {
    "officer": frozenset(
        {"cases:read", "cases:open", "cases:write", "holds:write", "proof:read", "evidence:read", "explain"}
    ),
    "auditor": frozenset({"cases:read", "proof:read", "evidence:read", "explain"}),
    "support": frozenset({"proof:read"}),
    "finance": frozenset({"proof:read"}),
}
"""What somebody of the staff may do by their session; the same as the database lets a token of that role."""
