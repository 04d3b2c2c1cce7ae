"""The notice that people read, made from the rules: `notice` puts it together, `Notice` is what comes out.

Pure. What it says about terms, bases and circumstances is what the compiler enforces: both read the
same `Policy`. `as_html`, `as_markdown` and `as_jsonld` write it; `houvast.documents` makes the PDF from `as_data`.
"""

from houvast.policy.notices.assemble import notice
from houvast.policy.notices.data import as_data
from houvast.policy.notices.html import as_html
from houvast.policy.notices.jsonld import as_jsonld
from houvast.policy.notices.markdown import as_markdown
from houvast.policy.notices.model import Notice, Tried

__all__ = ["Notice", "Tried", "as_data", "as_html", "as_jsonld", "as_markdown", "notice"]
