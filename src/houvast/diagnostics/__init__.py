"""Diagnostic data that customers send to solve a problem: asked, received, screened, opened, given back or destroyed.

In: a connection, a customer's code, bytes. Out: how it stands, pieces that lie encrypted in a store. It never decides
whether something is clean, nor who may open it: the database does. `sealing` is pure; `store` has the only SQL.
"""

from houvast.diagnostics.keyring import Keyring
from houvast.diagnostics.model import Followed, Screening
from houvast.diagnostics.vault import Vault

__all__ = ["Followed", "Keyring", "Screening", "Vault"]
