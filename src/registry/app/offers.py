"""Offers to go on in another protocol: WebSocket is taken up, whatever else is offered is ignored (RFC 9110, 7.8).

The parser takes an offer for the end of the request, so that the body of one that offers HTTP/2 would be lost; clients
of Java offer it with their first request to an address without TLS.
"""

import re

_HINT = b"pgrade"
_END = b"\r\n\r\n"
_OFFER = re.compile(rb"(?i)\r\nupgrade:[ \t]*+(?!websocket)[^\r\n]*(?=\r\n)")


def without_offers(data: bytes) -> bytes:
    """Return what begins a request without the offers in its head, if the head is all there."""
    if _HINT not in data:
        return data
    head, end, rest = data.partition(_END)
    return _OFFER.sub(b"", head + end) + rest if end else data
