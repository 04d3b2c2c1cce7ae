"""What else holds a person's data: databases, folders and mailboxes, services over HTTP; and who got data from us.

What comes in: `systems.yaml`, the values by which a person is found. What goes out: copies, counts, and whether anything is
left. Each system is one transaction, or one file at a time. Needs the extra `systems`; reading the file does not.
Never here: who may ask, when it is answered (`cases`), what becomes of our own rows (`rights`).
"""

from houvast.systems.connector import Away, Connector, Needles, Part, Unfit, connector
from houvast.systems.load import load_systems
from houvast.systems.model import Systems

__all__ = ["Away", "Connector", "Needles", "Part", "Systems", "Unfit", "connector", "load_systems"]
