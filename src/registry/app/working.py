"""The worker process: the scheduler over a register that may come and go."""

import asyncio
import signal
from functools import partial

from prometheus_client import start_http_server

from registry.app.hosting import Host
from registry.domain.signing import Signer
from registry.domain.webhooks import SecretSeal
from registry.scheduler.delivering import Deliverer
from registry.scheduler.jobs import (
    ExportJobs,
    raise_what_followed,
    rate_what_changed,
    scheduled_jobs,
    signing_checkpoints,
)
from registry.scheduler.schedules import Schedule
from registry.scheduler.worker import Register, Worker
from registry.settings import Settings
from registry.transfer.checkpoints import append_checkpoint
from registry.transfer.posting import posting, trusting


async def work(settings: Settings, metrics_port: int | None = None) -> None:
    """Run the jobs until SIGINT or SIGTERM; a job that runs then may finish."""
    schedules = settings.schedule, settings.housekeeping_schedule
    checkpoint = signing_checkpoints(
        lambda: Signer.derive(settings.key("SIGNING_KEY")), partial(append_checkpoint, settings.data_dir)
    )
    full_run, housekeeping = (Schedule(text, settings.zone) for text in schedules)
    exports = ExportJobs(settings.data_dir / "exports")
    jobs = scheduled_jobs(full_run, housekeeping, checkpoint, exports)
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

    seal, trusted = SecretSeal(settings.key("SECRET_KEY")), trusting(settings.webhook_authorities)
    async with host.running(), posting(settings.webhook_reach, trusted) as poster:
        worker, deliverer = (
            Worker(find_register, jobs, follow=exports.after(rate_what_changed), behind=raise_what_followed),
            Deliverer(find_register, seal, poster),
        )
        await asyncio.gather(worker.run(stopping), deliverer.run(stopping))
