"""Backups: a stream of bytes in, an encrypted file out, and back. Who makes one holds no key that opens it.

In: a dump of a database, its roles, files, public keys of age. Out: one file, whole or not at all. `age` encrypts (it
needs the extra `evidence`, and is not imported here), `archive` has what is inside, `files` how it is written; `store`
has the only SQL: that a backup was made, tried or restored. Never here: what is in a row, who may restore.
"""

from houvast.backups.problems import BackupDamaged

__all__ = ["BackupDamaged"]
