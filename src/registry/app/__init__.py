"""The wiring: settings in, a running register out.

hosting      the database's addresses, its pools, opened again when it has been away
logs         structured logs without personal data or secrets
observing    request ids, access log, request metrics
metrics      what /metrics shows
shortcut     the way around all of it for questions that need nothing but their statement
protections  masked errors, security headers, the limit of a request's body
health       /healthz, /readyz, /metrics
assembly     `create_app`: all of the above around the GraphQL and site routes
heads        a limit to what stands before the body of a request
answering    the head of an answer
joining      an answer in one piece on the wire, and whoever does not take it
offers       offers of other protocols, which are ignored
serving      uvicorn, in one process or several
working      the scheduler in a process of its own
"""
