"""What can be wrong with a backup."""

from __future__ import annotations

from houvast.errors import HouvastError


class BackupDamaged(HouvastError):
    """A backup cannot be read: it is not whole, was changed, or is for another key."""

    code = "backup-damaged"
