"""The room of evidence: an append-only log whose entries anyone can check with one public key, offline.

In come entries (canonical bytes), out come tiles, checkpoints, receipts and exports, in formats that other tools read
(RFC 6962, C2SP). It never knows a policy, and personal data never enters an entry: only salted commitments do.
`verify.py` is the verifier that stands alone; the other modules write what it reads.
"""

from houvast.evidence.checkpoint import Checkpoint
from houvast.evidence.note import Signer, Verifier
from houvast.evidence.store import Store, open_store
from houvast.evidence.tiles import Tiles

__all__ = ["Checkpoint", "Signer", "Store", "Tiles", "Verifier", "open_store"]
