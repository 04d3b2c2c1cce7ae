"""Visits without visitors: what a visit leaves, made smaller before it is stored; what may be told of many.

In come lines of access logs and requests. Out come rows of five facts (kind of browser, a keyed address, language,
referring site, time) and the declared page they were about, trends of groups, and reports that can be published.
It never keeps an address, a user agent or a query string, and never tells a number of few.
"""
