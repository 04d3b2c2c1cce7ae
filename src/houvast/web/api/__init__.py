"""The API: what people, applications and the staff ask by a program. It translates for `app`, and decides nothing.

Whoever asks shows a token, or the cookie of a session of the pages together with its form token. What goes wrong is
told as RFC 9457 asks, with the promise that it is about and what to do.
"""
