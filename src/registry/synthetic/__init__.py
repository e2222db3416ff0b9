"""A synthetic register as import files: realistic distributions, valid numbers of nobody, planted irregularities.

    manifest = generate(Path("register"), institutions=2_000, seed=1)    # the same bytes for the same arguments
    manifest.files                                                       # in import order: name, rows, bytes, sha256

The distributions are documented in `docs/synthetic-data.md`.
"""

from registry.synthetic.files import WrittenFile
from registry.synthetic.generation import DEFAULT_AS_OF, Manifest, generate

__all__ = ["DEFAULT_AS_OF", "Manifest", "WrittenFile", "generate"]
