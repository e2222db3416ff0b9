"""The disclosure site: pages that people read, written on the server; no script, no foreign host, nothing inline.

It knows the register through GraphQL documents alone (`registry.site.documents`), asked by whatever the wiring gives
it as `Ask`: the public's client of the same process.

asking      `Ask`, and answers with their position or their refusal
documents   every document of the site
words       every string of the site in both languages; `formats` writes dates, numbers and shares
frame       one visit: language, display, addresses, the page and its caching
find, institutions, organisations, lists, entries, method, pages, robots, downloads   the pages
complaints, statements   pages with forms, which `forms` reads
charts, policy_words   what is drawn, and a policy document in plain words
"""

from registry.site.asking import Ask
from registry.site.documents import every_document
from registry.site.frame import Register
from registry.site.routes import outage_page, page_routes, static_routes

__all__ = ["Ask", "Register", "every_document", "outage_page", "page_routes", "static_routes"]
