"""Settings, read once; by rank: environment (prefix REGISTRY_), `registry.toml`, key file."""

import difflib
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import InitSettingsSource

from registry.auth.issuer import is_safe_url
from registry.auth.keyfile import PREVIOUS_KEY, decode_key, read_key_file
from registry.domain.access import Role
from registry.domain.errors import Bilingual, ConfigurationError
from registry.domain.reachable import Reach

if TYPE_CHECKING:
    from registry.domain.personal import PersonalKeys

SETTINGS_FILE = Path("registry.toml")
_DEFAULT_DATA_DIR = Path(".registry")


class Settings(BaseSettings):
    """All settings of one process; secrets never show in its text."""

    model_config = SettingsConfigDict(
        env_prefix="REGISTRY_", env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    database_url: SecretStr | None = None
    public_database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = None
    data_dir: Path = _DEFAULT_DATA_DIR
    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8000, ge=0, le=65535)
    public_url: str | None = Field(None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")
    trusted_proxies: str = "127.0.0.1"
    secret_key: SecretStr | None = None
    pii_key: SecretStr | None = None
    pii_key_previous: SecretStr | None = None
    signing_key: SecretStr | None = None
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    oidc_role_claim: str = Field("role", min_length=1)
    oidc_region_claim: str = Field("region", min_length=1)
    oidc_institution_claim: str = Field("institution", min_length=1)
    oidc_roles: dict[str, Role] = Field(default_factory=dict)
    oidc_clock_skew_seconds: int = Field(60, ge=0, le=300)
    oidc_issuer_away_hours: int = Field(24, ge=1, le=168)
    schedule: str = "0 2 * * *"
    housekeeping_schedule: str = "30 3 * * *"
    max_query_cost: int = Field(10_000, ge=1)
    introspection: bool = True
    trusted_documents: Path | None = None
    public_documents: Literal["any", "trusted"] = "any"
    webhook_networks: list[str] = Field(default_factory=list)
    webhook_ports: list[int] = Field(default_factory=lambda: [443])
    webhook_authorities: Path | None = None
    timezone: str = "Asia/Shanghai"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError) as error:
            raise ValueError("is no time zone; write it like Asia/Shanghai") from error
        return name

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, text: str) -> str:
        for part in text.split(","):
            if part.strip() != "*":
                ip_network(part.strip())
        return text

    @field_validator("schedule", "housekeeping_schedule")
    @classmethod
    def _five_fields(cls, text: str) -> str:
        if len(text.split()) != 5:
            raise ValueError("needs the five fields of cron: minute hour day month weekday")
        return text

    @field_validator("database_url", "public_database_url", "owner_database_url")
    @classmethod
    def _postgres_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and urlsplit(url.get_secret_value()).scheme not in ("postgresql", "postgres"):
            raise ValueError("must begin with postgresql://")
        return url

    @field_validator("webhook_networks")
    @classmethod
    def _networks(cls, texts: list[str]) -> list[str]:
        try:
            Reach.of(texts)
        except ValueError as error:
            raise ValueError("are networks such as 10.20.0.0/16") from error
        return texts

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @model_validator(mode="after")
    def _staff_comes_first(self) -> "Settings":
        if self.database_url is None and (self.public_database_url or self.owner_database_url):
            raise ValueError("PUBLIC_DATABASE_URL and OWNER_DATABASE_URL need DATABASE_URL")
        return self

    @model_validator(mode="after")
    def _issuer_has_audience(self) -> "Settings":
        if (self.oidc_issuer is None) != (self.oidc_audience is None):
            raise ValueError("OIDC_ISSUER and OIDC_AUDIENCE need each other")
        if self.oidc_issuer is not None and not is_safe_url(self.oidc_issuer):
            raise ValueError("OIDC_ISSUER must begin with https://")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone of law days."""
        return ZoneInfo(self.timezone)

    @property
    def address(self) -> str:
        """Where people reach the register: PUBLIC_URL, else the address that it listens on."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def key(self, name: str) -> bytes:
        """Return the bytes of a key; ConfigurationError says how to make a missing one."""
        secret: SecretStr | None = getattr(self, name.lower())
        if secret is None:
            raise _missing_key(name, self.data_dir)
        return decode_key(name, secret.get_secret_value())

    @property
    def webhook_reach(self) -> Reach:
        """Where webhooks may lead."""
        return Reach.of(self.webhook_networks, self.webhook_ports)

    def personal_secrets(self) -> tuple[bytes, bytes | None]:
        """Return the bytes of PII_KEY, and of PII_KEY_PREVIOUS where the data key is being rotated."""
        return self.key("PII_KEY"), None if self.pii_key_previous is None else self.key(PREVIOUS_KEY)

    def personal_keys(self) -> "PersonalKeys":
        """Return the keys of personal data; ConfigurationError says how to make a missing one."""
        from registry.domain.personal import PersonalKeys

        newest, previous = self.personal_secrets()
        return PersonalKeys.derive(newest, previous=previous)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Rank the sources: arguments, environment, settings file, key file."""
        settings_file = InitSettingsSource(settings_cls, init_kwargs=_read_settings_file())
        return init_settings, env_settings, settings_file, _KeyFileSource(settings_cls)


class _KeyFileSource(PydanticBaseSettingsSource):
    """The key file of the data directory that the higher sources name."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Leave every field to `__call__`."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the keys by setting."""
        data_dir = Path(self.current_state.get("data_dir") or _DEFAULT_DATA_DIR).expanduser()
        return {name.lower(): text for name, text in read_key_file(data_dir).items()}


def _read_settings_file() -> dict[str, Any]:
    try:
        given = tomllib.loads(SETTINGS_FILE.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        message = Bilingual(f"无法读取 {SETTINGS_FILE}：{error}", f"{SETTINGS_FILE} cannot be read: {error}")
        raise ConfigurationError(message, rule="settings.file") from None
    for name in given:
        if name.lower() not in Settings.model_fields:
            raise _unknown(name)
    return {name.lower(): value for name, value in given.items()}


def _unknown(name: str) -> ConfigurationError:
    near = difflib.get_close_matches(name.lower(), Settings.model_fields, n=1)
    zh, en = (f"；是否为 {near[0].upper()}？", f"; did you mean {near[0].upper()}?") if near else ("", "")
    message = Bilingual(f"{SETTINGS_FILE} 中没有设置项 {name}{zh}", f"{SETTINGS_FILE}: there is no setting {name}{en}")
    return ConfigurationError(message, rule="settings.unknown", path=(name,))


def _missing_key(name: str, data_dir: Path) -> ConfigurationError:
    message = Bilingual(
        f"未设置 REGISTRY_{name}；`registry keys` 在 {data_dir} 中生成，`registry keys --print` 生成后可写入环境变量",
        f"REGISTRY_{name} is not set; `registry keys` makes it in {data_dir}, "
        "`registry keys --print` makes one to put into the environment",
    )
    return ConfigurationError(message, rule="settings.key-missing", path=(name,))


def _invalid(error: ValidationError) -> ConfigurationError:
    """Name the setting and what is wrong with it, never its value."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    name = ".".join(str(part) for part in first["loc"]).upper()
    reason = first["msg"].removeprefix("Value error, ")
    shown = f"REGISTRY_{name}" if name else "REGISTRY_*"
    message = Bilingual(f"设置 {shown} 无效：{reason}", f"The setting {shown} is wrong: {reason}")
    return ConfigurationError(message, rule="settings.invalid", path=(name,) if name else ())


def load_settings(**given: Any) -> Settings:
    """Read the settings; `given` outranks every source. ConfigurationError names the setting that is wrong."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise _invalid(error) from None
