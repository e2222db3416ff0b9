"""The document on operations lists every setting, job, command, metric and key."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
from prometheus_client import REGISTRY

import registry.app.metrics
import registry.scheduler.metrics  # noqa: F401 - declares the worker's metrics
from registry.auth.keyfile import KEY_NAMES
from registry.cli.main import app
from registry.scheduler.jobs import ExportJobs, prune_all, scheduled_jobs
from registry.scheduler.schedules import Schedule
from registry.settings import Settings

DOCUMENT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    _, _, rest = DOCUMENT.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


def _listed(title: str) -> list[tuple[str, str]]:
    """The first column, without its quotes, and the second of the tables of a section."""
    return re.findall(r"^\| `([^`]+)` \| ([^|]*?) ?\|", _section(title), re.MULTILINE)


def test_every_setting_is_listed_and_no_other() -> None:
    settings = {f"REGISTRY_{name.upper()}" for name in Settings.model_fields}
    assert {name for name, _ in _listed("Settings")} == settings


@pytest.mark.parametrize(
    "name",
    ["host", "port", "schedule", "housekeeping_schedule", "max_query_cost", "timezone", "log_level", "log_format"],
)
def test_defaults_are_those_of_the_code(name: str) -> None:
    shown = dict(_listed("Settings"))[f"REGISTRY_{name.upper()}"]
    assert shown == f"`{Settings.model_fields[name].default}`"


def test_every_job_is_listed() -> None:
    daily = Schedule("0 2 * * *", ZoneInfo("Asia/Shanghai"))
    jobs = scheduled_jobs(daily, daily, prune_all, ExportJobs(Path("unused")))
    assert {name for name, _ in _listed("Scheduled jobs")} == {job.name for job in jobs}


def _commands(command: Any, name: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name
        return
    for part, below in inner.items():
        yield from _commands(below, f"{name} {part}")


def test_every_command_is_listed_and_no_other() -> None:
    commands = set(_commands(typer.main.get_command(app), "registry"))
    assert {name for name, _ in _listed("Commands")} == commands


def test_every_metric_is_listed_and_no_other() -> None:
    collected = {f"{family.name}_total" if family.type == "counter" else family.name for family in REGISTRY.collect()}
    ours = {name for name in collected if name.startswith("registry_")}
    assert {name for name, _ in _listed("Metrics")} == ours


def test_every_key_is_listed() -> None:
    assert [name for name, _ in _listed("Keys")] == list(KEY_NAMES)
