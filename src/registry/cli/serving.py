"""serve, worker: the two services of an installation."""

from typing import Annotated

import typer

from registry.cli.screen import say
from registry.cli.session import run, settings_of_command


def _serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on, else REGISTRY_HOST. 监听地址。")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port, else REGISTRY_PORT. 端口。")] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes. 进程数。")] = 1,
) -> None:
    """Serve the GraphQL API and the site until SIGINT or SIGTERM. 启动服务。"""
    from registry.app.serving import address_of, bound_socket, serve, serve_with_workers

    settings = settings_of_command(service=True, host=host, port=port)
    settings.key("SECRET_KEY")
    listener = bound_socket(settings.host, settings.port)
    line = f"Listening on / 正在监听 {address_of(listener)}"
    if workers == 1:
        serve(settings, listener, answering=lambda: say(line))
    else:
        say(line)
        serve_with_workers(settings, listener, workers)


def _worker(
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port for Prometheus metrics; none unless given. 指标端口。")
    ] = None,
) -> None:
    """Run the scheduled jobs; of several workers one leads and the others stand by. 运行定时任务。"""
    from registry.app.working import work

    settings = settings_of_command(service=True)
    run(work(settings, metrics_port))


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("serve", epilog="Example: registry serve --port 8080 --workers 4")(_serve)
    app.command("worker", epilog="Example: registry worker")(_worker)
