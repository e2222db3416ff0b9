"""Settings: where they come from, which source wins, and how a wrong or missing one is told."""

import base64
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from registry.auth.keyfile import FILE_NAME, KEY_NAMES, decode_key, ensure_key_file, new_keys, read_key_file
from registry.domain.errors import ConfigurationError
from registry.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"REGISTRY_{name.upper()}", raising=False)
    return tmp_path


def test_defaults_are_those_of_the_contract(folder: Path) -> None:
    settings = load_settings()
    assert settings.database_url is None
    assert settings.data_dir == folder / ".registry"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.schedule == "0 2 * * *"
    assert settings.zone.key == "Asia/Shanghai"


def test_environment_outranks_the_file_and_arguments_outrank_both(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "registry.toml").write_text('PORT = 8101\nhost = "0.0.0.0"\nLOG_LEVEL = "DEBUG"\n')
    monkeypatch.setenv("REGISTRY_PORT", "8102")
    settings = load_settings(log_level="ERROR")
    assert (settings.port, settings.host, settings.log_level) == (8102, "0.0.0.0", "ERROR")


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_PORT", "")
    assert load_settings().port == 8000


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 1


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("PORT", "eighty", "PORT"),
        ("PORT", "70000", "PORT"),
        ("TIMEZONE", "Mars/Olympus", "Asia/Shanghai"),
        ("SCHEDULE", "nightly", "five fields"),
        ("DATABASE_URL", "mysql://u:hunter2@h/d", "postgresql://"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT"),
        ("MAX_QUERY_COST", "0", "MAX_QUERY_COST"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(
    name: str, value: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"REGISTRY_{name}", value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert caught.value.rule == "settings.invalid"
    assert caught.value.path == (name,)
    assert hint in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_public_address_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_PUBLIC_DATABASE_URL", "postgresql://p@h/d")
    with pytest.raises(ConfigurationError, match="need DATABASE_URL"):
        load_settings()


def test_unknown_name_in_the_file_gets_a_suggestion(folder: Path) -> None:
    (folder / "registry.toml").write_text('DATABSE_URL = "postgresql://h/d"\n')
    with pytest.raises(ConfigurationError, match="did you mean DATABASE_URL"):
        load_settings()


def test_broken_file_is_told_with_its_line(folder: Path) -> None:
    (folder / "registry.toml").write_text("PORT = \n")
    with pytest.raises(ConfigurationError, match="line 1"):
        load_settings()


def test_secrets_never_show(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = new_keys()
    monkeypatch.setenv("REGISTRY_DATABASE_URL", "postgresql://staff:hunter2@db/registry")
    for name, key in keys.items():
        monkeypatch.setenv(f"REGISTRY_{name}", key)
    settings = load_settings()
    shown = f"{settings} {settings!r} {settings.model_dump()}"
    assert "hunter2" not in shown
    assert not any(key in shown for key in keys.values())
    assert settings.key("PII_KEY") == base64.urlsafe_b64decode(keys["PII_KEY"])


def test_a_missing_key_says_how_to_make_one() -> None:
    with pytest.raises(ConfigurationError, match="registry keys --print") as caught:
        load_settings().key("PII_KEY")
    assert caught.value.path == ("PII_KEY",)


@pytest.mark.parametrize("weak", ["secret", "A" * 43 + "=", "", base64.b64encode(b"ab" * 16).decode()])
def test_a_weak_key_is_refused_unseen(weak: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        decode_key("SECRET_KEY", weak)
    assert caught.value.rule == "settings.key-weak"
    assert not weak or weak not in str(caught.value)


def test_key_file_is_private_read_and_never_overwritten(folder: Path) -> None:
    assert ensure_key_file(folder / "data")
    path = folder / "data" / FILE_NAME
    made = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not ensure_key_file(folder / "data")
    assert path.read_text() == made
    settings = load_settings(data_dir=folder / "data")
    assert all(len(settings.key(name)) == 32 for name in KEY_NAMES)
    assert list((folder / "data").iterdir()) == [path]


def test_key_file_of_the_configured_folder_is_found_and_outranked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_key_file(folder / "elsewhere")
    other = new_keys()["PII_KEY"]
    monkeypatch.setenv("REGISTRY_DATA_DIR", str(folder / "elsewhere"))
    monkeypatch.setenv("REGISTRY_PII_KEY", other)
    settings = load_settings()
    assert settings.key("PII_KEY") == decode_key("PII_KEY", other)
    assert settings.key("SECRET_KEY") == decode_key("SECRET_KEY", read_key_file(folder / "elsewhere")["SECRET_KEY"])


def test_an_incomplete_key_file_is_completed(folder: Path) -> None:
    ensure_key_file(folder)
    kept = read_key_file(folder)
    (folder / FILE_NAME).write_text(f'PII_KEY = "{kept["PII_KEY"]}"\n')
    (folder / FILE_NAME).chmod(0o600)
    assert ensure_key_file(folder)
    completed = read_key_file(folder)
    assert completed["PII_KEY"] == kept["PII_KEY"]
    assert set(completed) == set(KEY_NAMES)


def test_a_key_file_open_to_others_is_refused(folder: Path) -> None:
    ensure_key_file(folder)
    (folder / FILE_NAME).chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_key_file(folder)
