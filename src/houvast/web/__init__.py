"""The pages: what people read of the policy and see it kept, and what the officer sees behind sign-in.

In: a `Site` (a project, and the desk of its database as login `houvast_web`). Out: a WSGI application.
It never decides what a policy means and never reads a row of the application's data.
"""

from houvast.web.serve import application, bind, listen
from houvast.web.site import Site

__all__ = ["Site", "application", "bind", "listen"]
