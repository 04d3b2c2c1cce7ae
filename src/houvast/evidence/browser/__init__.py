"""The verifier as a page: `page` puts its parts together, to be served or to be saved as one file and used offline.

`verify.js` is the verifier, with what browsers have (WebCrypto, streams); `page.js` the page
around it. It asks no host.
"""

from houvast.evidence.browser.page import FOLDER, SCRIPT, names, page, part

__all__ = ["FOLDER", "SCRIPT", "names", "page", "part"]
