"""What `registry doctor` diagnoses: the settings it finds, then the installation that they describe."""

from typing import TYPE_CHECKING

from registry.cli.session import run, settings_of_command
from registry.domain.errors import Bilingual, ConfigurationError, RegisterError

if TYPE_CHECKING:
    from registry.services.readiness import Finding
    from registry.settings import Settings


def diagnosed() -> "list[Finding]":
    """Return what was found; settings that cannot be read, or a server that does not start, end the diagnosis."""
    from registry.services.readiness import failed

    try:
        settings = settings_of_command()
    except ConfigurationError as error:
        return [failed("settings", error)]
    return [*_check_settings(settings), *_check_installation(settings)]


def _check_settings(settings: "Settings") -> "list[Finding]":
    from registry.scheduler.schedules import Schedule
    from registry.services.readiness import Finding, Level, failed

    try:
        for schedule in (settings.schedule, settings.housekeeping_schedule):
            Schedule(schedule, settings.zone)
    except ConfigurationError as error:
        return [failed("settings", error)]
    return [Finding("settings", Level.OK, Bilingual("设置可读", "The settings are sound"))]


def _check_installation(settings: "Settings") -> "list[Finding]":
    from registry.app.hosting import database_addresses
    from registry.auth.keyfile import KEY_NAMES
    from registry.services.doctor import Installation, diagnose
    from registry.services.readiness import failed

    try:
        with database_addresses(settings) as addresses:
            installation = Installation(
                keys={name: _key(settings, name) for name in KEY_NAMES},
                addresses=addresses,
                embedded=settings.database_url is None,
                separate_logins=len({addresses.staff, addresses.public, addresses.owner}) == 3,
                data_dir=settings.data_dir,
                zone=settings.zone,
                previous_data_key=_previous(settings),
            )
            return run(diagnose(installation))
    except RegisterError as error:
        return [failed("database", error)]


def _key(settings: "Settings", name: str) -> bytes | RegisterError:
    try:
        return settings.key(name)
    except ConfigurationError as error:
        return error


def _previous(settings: "Settings") -> bytes | None:
    try:
        return settings.personal_secrets()[1]
    except ConfigurationError:
        return None
