"""The metrics of a serving process, as Prometheus reads them; several worker processes add up to one answer."""

import os
from functools import cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from registry.db.pool import Database
from registry.services.freshness import Freshness

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST

REQUESTS = Counter("registry_http_requests", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "registry_http_request_seconds",
    "Seconds from request to the end of its answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
OPERATIONS = Counter("registry_graphql_operations", "GraphQL operations answered", ["kind", "outcome"])
OPERATION_SECONDS = Histogram(
    "registry_graphql_operation_seconds",
    "Seconds from a parsed GraphQL request to its answer",
    ["kind"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
REFUSED = Counter("registry_requests_refused", "Requests refused because a limit was reached", ["role", "window"])
FALLBACKS = Counter("registry_graphql_planner_fallbacks", "Root fields answered by a resolver", ["field"])
POOL_CONNECTIONS = Gauge(
    "registry_pool_connections",
    "Database connections by pool and state",
    ["pool", "state"],
    multiprocess_mode="livesum",
)
DATABASE_UP = Gauge("registry_database_up", "1 while the pools are open", multiprocess_mode="livemin")
REGISTER_POSITION = Gauge("registry_position", "Position of the newest change set", multiprocess_mode="livemax")
RUN_AGE = Gauge(
    "registry_rating_run_age_seconds", "Seconds since the newest rating run was published", multiprocess_mode="livemin"
)
JOB_AGE = Gauge(
    "registry_job_age_seconds",
    "Seconds since the newest run of a scheduled job with this outcome ended",
    ["job", "outcome"],
    multiprocess_mode="livemin",
)


@cache
def _operations(kind: str, outcome: str) -> Counter:
    return OPERATIONS.labels(kind, outcome)


@cache
def _operation_seconds(kind: str) -> Histogram:
    return OPERATION_SECONDS.labels(kind)


class OperationMetrics:
    """Counts what happens at the GraphQL endpoint; the outcome is OK or the first error's code."""

    def operation(self, kind: str, name: str | None, seconds: float, error_codes: tuple[str, ...]) -> None:  # noqa: ARG002 - names are the clients' own and without bound
        """Count an operation that was answered."""
        _operations(kind, error_codes[0] if error_codes else "OK").inc()
        _operation_seconds(kind).observe(seconds)

    def fallback(self, field_name: str) -> None:
        """Count a root field that the planner had no plan for."""
        FALLBACKS.labels(field_name).inc()


def note_refused(role: str, window: str) -> None:
    """Count a request that a limit refused."""
    REFUSED.labels(role, window).inc()


def note_pools(database: Database | None) -> None:
    """Set the gauges of this process's pools."""
    DATABASE_UP.set(0 if database is None else 1)
    if database is None:
        return
    for name, pool in (("staff", database.staff), ("public", database.public), ("explaining", database.explaining)):
        idle = pool.get_idle_size()
        POOL_CONNECTIONS.labels(name, "idle").set(idle)
        POOL_CONNECTIONS.labels(name, "busy").set(pool.get_size() - idle)


def note_freshness(freshness: Freshness) -> None:
    """Set the gauges of how far the register has come and how old its newest run is."""
    REGISTER_POSITION.set(freshness.position)
    if freshness.run_age_seconds is not None:
        RUN_AGE.set(freshness.run_age_seconds)
    for (job, outcome), age_seconds in freshness.job_ages_seconds.items():
        JOB_AGE.labels(job, outcome).set(age_seconds)


def exposition() -> bytes:
    """Return all metrics in Prometheus's text format."""
    if SHARED_FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
