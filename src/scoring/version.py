"""The version of the engine's arithmetic: digests are comparable within one version only."""

from typing import Final

ENGINE_VERSION: Final = "1"
