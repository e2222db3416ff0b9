"""The worker process: the scheduler over a register that may come and go."""

import asyncio
import signal

from prometheus_client import start_http_server

from registry.app.hosting import Host
from registry.scheduler.jobs import rate_what_changed, scheduled_jobs
from registry.scheduler.schedules import Schedule
from registry.scheduler.worker import Register, Worker
from registry.settings import Settings


async def work(settings: Settings, metrics_port: int | None = None) -> None:
    """Run the jobs until SIGINT or SIGTERM; a job that runs then may finish."""
    schedules = settings.schedule, settings.housekeeping_schedule
    jobs = scheduled_jobs(*(Schedule(text, settings.zone) for text in schedules))
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    if metrics_port is not None:
        start_http_server(metrics_port, settings.host)
    host = Host(settings)

    def find_register() -> Register | None:
        if host.database is None or host.addresses is None:
            return None
        return Register(host.database, host.addresses.staff)

    async with host.running():
        await Worker(find_register, jobs, follow=rate_what_changed).run(stopping)
