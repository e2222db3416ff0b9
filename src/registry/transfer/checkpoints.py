"""The file of checkpoints: one signed text a line, only ever appended to, shipped elsewhere by the operator."""

import os
from pathlib import Path

FILE_NAME = "checkpoints.jws"


def append_checkpoint(data_dir: Path, text: str) -> Path:
    """Append a checkpoint and wait until it is on disk; return the file."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / FILE_NAME
    with path.open("ab") as file:
        file.write(f"{text}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    return path


def read_checkpoints(data_dir: Path) -> bytes:
    """Return the file as it is; nothing where there is none."""
    try:
        return (data_dir / FILE_NAME).read_bytes()
    except FileNotFoundError:
        return b""
