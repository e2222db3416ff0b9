"""The key file: the secrets of an installation as one TOML file that only its owner may read."""

import base64
import binascii
import os
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from registry.domain.errors import Bilingual, ConfigurationError

KEY_NAMES = ("SECRET_KEY", "PII_KEY", "SIGNING_KEY")
"""Signs what the register hands out; encrypts personal data; signs statements."""

PREVIOUS_KEY = "PII_KEY_PREVIOUS"
"""What PII_KEY was, kept while people are still sealed under it."""

KEY_BYTES = 32
FILE_NAME = "keys.toml"
_KEPT = (*KEY_NAMES, PREVIOUS_KEY)
_FOR_OTHERS = 0o077


def new_keys() -> dict[str, str]:
    """Return fresh random keys by name, 256 bits each, as URL-safe base64."""
    return {name: base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode() for name in KEY_NAMES}


def decode_key(name: str, text: str) -> bytes:
    """Return the bytes of a key written in base64; ConfigurationError when it is not 32 bytes or not random."""
    try:
        key = base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 4:
        message = Bilingual(
            f"REGISTRY_{name} 必须是 {KEY_BYTES} 个随机字节的 base64 文本；运行 `registry keys --print` 可生成",
            f"REGISTRY_{name} must be {KEY_BYTES} random bytes in base64; `registry keys --print` makes one",
        )
        raise ConfigurationError(message, rule="settings.key-weak", path=(name,))
    return key


def key_file_text(keys: Mapping[str, str]) -> str:
    """Return the keys as lines of TOML, in the order of KEY_NAMES, what PII_KEY was behind them."""
    return "".join(f'{name} = "{keys[name]}"\n' for name in _KEPT if name in keys)


def read_key_file(data_dir: Path) -> dict[str, str]:
    """Return the keys kept in the data directory, none where there is no file; refuse a file that others may read."""
    path = data_dir / FILE_NAME
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_mode & _FOR_OTHERS:
                raise _open_to_others(path)
            found = tomllib.load(stream)
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        message = Bilingual(f"无法读取密钥文件 {path}", f"The key file {path} cannot be read")
        raise ConfigurationError(message, rule="settings.key-file") from error
    return {name: str(found[name]) for name in _KEPT if name in found}


def _open_to_others(path: Path) -> ConfigurationError:
    message = Bilingual(
        f"密钥文件 {path} 可被其他用户读取；请运行 chmod 600 {path}",
        f"The key file {path} can be read by other users; run chmod 600 {path}",
    )
    return ConfigurationError(message, rule="settings.key-file-mode")


def ensure_key_file(data_dir: Path) -> bool:
    """Make the missing keys in the data directory's key file; True if any was made. Existing keys never change."""
    kept = read_key_file(data_dir)
    if all(name in kept for name in KEY_NAMES):
        return False
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(data_dir / FILE_NAME, key_file_text(new_keys() | kept), replace=bool(kept))
    return True


def replace_key(data_dir: Path, name: str) -> None:
    """Put a fresh key in the place of one that is kept; what PII_KEY was stays as PII_KEY_PREVIOUS."""
    kept = read_key_file(data_dir)
    former = {PREVIOUS_KEY: kept[name]} if name == "PII_KEY" else {}
    _write(data_dir / FILE_NAME, key_file_text(kept | {name: new_keys()[name]} | former), replace=True)


def drop_previous_key(data_dir: Path) -> bool:
    """Forget PII_KEY_PREVIOUS; False where none is kept."""
    kept = read_key_file(data_dir)
    if kept.pop(PREVIOUS_KEY, None) is None:
        return False
    _write(data_dir / FILE_NAME, key_file_text(kept), replace=True)
    return True


def _write(path: Path, text: str, *, replace: bool) -> None:
    """Write whole or not at all; where two processes make the first file at once, the earlier one stands."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    try:
        if replace:
            Path(draft).replace(path)
        else:
            path.hardlink_to(draft)
        _settle(path.parent)
    except FileExistsError:
        return
    finally:
        Path(draft).unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Make a new name in a folder outlast a loss of power: what is sealed under a key needs it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
