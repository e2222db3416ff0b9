"""What one process takes on at once: beyond it callers are told to come again, so that the rest is answered.

Stands before everything else but the short way, which counts what it answers in the same place. A request counts from
when all of it is here until its answer begins: who sends slowly, reads slowly or listens to events keeps nobody out.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.app.observing import Observed
from registry.app.protections import Guarded
from registry.app.refusals import refuse
from registry.domain.errors import Bilingual, Unavailable

MOST_REQUESTS = 500
MOST_SOCKETS = 5_000
SPARED = frozenset({"/healthz", "/readyz", "/metrics"})
"""A process at its limit lives: whoever watches it must not take it for dead."""
_WITHOUT_BODY = frozenset({"GET", "HEAD"})
OVERLOADED = Unavailable(
    Bilingual("请求过多，请稍后再试", "There are too many requests at the moment; try again later"),
    rule="server.overloaded",
)


class Burden:
    """Counts what of one kind a process is at; as a context, one more of it."""

    __slots__ = ("most", "now")

    def __init__(self, most: int) -> None:
        self.most = most
        self.now = 0

    @property
    def full(self) -> bool:
        """True where one more would be too much."""
        return self.now >= self.most

    def __enter__(self) -> None:
        """Take one more on."""
        self.now += 1

    def __exit__(self, *_: object) -> None:
        """Be done with it."""
        self.now -= 1


class _Counted:
    """One request's part of a burden: taken once, given back once."""

    __slots__ = ("_burden", "_ended", "_taken")

    def __init__(self, burden: Burden) -> None:
        self._burden = burden
        self._taken = self._ended = False

    def take(self) -> None:
        if not (self._taken or self._ended):
            self._taken = True
            self._burden.now += 1

    def end(self) -> None:
        if self._taken and not self._ended:
            self._burden.now -= 1
        self._ended = True


async def _told(scope: Scope, receive: Receive, send: Send) -> None:
    await refuse(OVERLOADED, scope, receive, send)


class Shedding:
    """Stands before the application and lets in what the process can take."""

    def __init__(self, app: ASGIApp, requests: Burden, sockets: Burden) -> None:
        self.app = app
        self._requests, self._sockets = requests, sockets
        self._refused = Observed(Guarded(_told))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or WebSocket; what has no limit passes through."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in SPARED:
            await self.app(scope, receive, send)
            return
        burden = self._requests if scope["type"] == "http" else self._sockets
        if burden.full:
            await self._refused(scope, receive, send)
            return
        await self._let_in(_Counted(burden), scope, receive, send)

    async def _let_in(self, counted: _Counted, scope: Scope, receive: Receive, send: Send) -> None:
        async def received() -> Message:
            message = await receive()
            if not message.get("more_body"):
                counted.take()
            return message

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                counted.end()
            await send(message)

        if scope["type"] == "websocket" or scope["method"] in _WITHOUT_BODY:
            counted.take()
        try:
            await self.app(scope, received, sent)
        finally:
            counted.end()
