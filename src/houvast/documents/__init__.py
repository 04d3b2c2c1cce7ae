"""The room of documents on paper: a template of this room and data in, the bytes of a PDF out.

`pdf` makes one. It is tagged and conforms to PDF/UA-1 (ISO 14289-1), or is refused: Typst checks while it
writes. The same data give the same bytes. It asks no host, reads no file but its template, and knows no policy.
"""

from houvast.documents.pdf import DocumentError, pdf

__all__ = ["DocumentError", "pdf"]
