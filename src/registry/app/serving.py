"""uvicorn, in one process or several, ending cleanly on SIGINT and SIGTERM."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from multiprocessing import parent_process
from pathlib import Path

import uvicorn
from uvicorn.supervisors import Multiprocess, multiprocess

from registry.api.limits import LARGEST_BODY_BYTES
from registry.app.heads import BoundedProtocol
from registry.app.metrics import SHARED_FOLDER
from registry.domain.errors import Bilingual, ConfigurationError
from registry.settings import Settings

GRACE_SECONDS = 20
FAREWELL_SECONDS = 1.0
"""How long open connections are still answered, each once more, before those that ask nothing are closed."""
READY_SECONDS = 60
"""What a process may take to begin, or to show that it lives, before it is given up."""
FACTORY = "registry.app.assembly:create_configured_app"


def bound_socket(host: str, port: int) -> socket.socket:
    """Take the port before anything long begins; ConfigurationError when it is taken.

    Connections are refused until the server listens on it.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        message = Bilingual(
            f"无法监听 {host}:{port}（{error.strerror}）；请用 --port 或 REGISTRY_PORT 另选端口",
            f"Cannot listen on {host}:{port} ({error.strerror}); choose another with --port or REGISTRY_PORT",
        )
        raise ConfigurationError(message, rule="serve.port", path=("PORT",)) from error
    listener.setblocking(False)
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the URL under which a bound socket answers."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _nothing() -> None:
    """Do nothing."""


class _Server(uvicorn.Server):
    """Calls back once it answers; ends with its callers' own clean-up instead of the signal that stopped it.

    A connection that is kept open is not closed under a request that is just on its way: each is told with its next
    answer that it will close, and only those that asked nothing for a while are closed.
    """

    def __init__(self, config: uvicorn.Config, answering: Callable[[], None] = _nothing) -> None:
        super().__init__(config)
        self._answering = answering

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        if self.server_state.connections:
            await asyncio.sleep(FAREWELL_SECONDS)
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._answering()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        earlier = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)


class _Worker(multiprocess.Process):
    """One of several processes, with the same server; it ends when the process is gone that began it."""

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        threading.Thread(target=self._end_with_parent, daemon=True).start()
        super().target(sockets)

    def _end_with_parent(self) -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            self.server.should_exit = True

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = _Server(self.config)
        return self._server


def _config(workers: int, application: object) -> uvicorn.Config:
    return uvicorn.Config(
        application,  # type: ignore[arg-type]
        factory=True,
        http=BoundedProtocol,
        workers=workers,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=True,
        ws_max_size=LARGEST_BODY_BYTES,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=READY_SECONDS,
        lifespan="on",
    )


def serve(settings: Settings, listener: socket.socket, answering: Callable[[], None]) -> None:
    """Serve in this process until SIGINT or SIGTERM; requests in flight get GRACE_SECONDS to finish."""
    from registry.app.assembly import create_app

    app = create_app(settings)
    _Server(_config(1, lambda: app), answering).run(sockets=[listener])


def serve_with_workers(settings: Settings, listener: socket.socket, workers: int) -> None:
    """Serve in several processes, each with the settings it reads itself; a worker that dies is replaced.

    At SIGHUP one after the other is replaced: it ends when the new one answers.
    """
    multiprocess.Process = _Worker  # type: ignore[misc]  # the supervisor has no other place to name its workers
    with _shared_metrics(settings.data_dir):
        config = _config(workers, FACTORY)
        Multiprocess(config, sockets=[listener]).run()


@contextlib.contextmanager
def _shared_metrics(data_dir: Path) -> Iterator[None]:
    """Give the workers a folder through which their metrics add up."""
    folder = data_dir / "metrics" / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[SHARED_FOLDER] = str(folder)
    try:
        yield
    finally:
        del os.environ[SHARED_FOLDER]
        shutil.rmtree(folder, ignore_errors=True)
