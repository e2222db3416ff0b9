"""The policies that come with the package."""

from importlib import resources


def shipped_policies() -> dict[str, bytes]:
    """File name without suffix -> TOML bytes, sorted by name."""
    folder = resources.files("scoring") / "policies"
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): entry.read_bytes() for entry in sorted(files, key=lambda e: e.name)}
