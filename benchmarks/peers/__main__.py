"""Serve one peer: `python -m peers floor ADDRESS PORT STATEMENTS`, or `… resolvers|cached ADDRESS PORT`."""

import sys
from pathlib import Path

import uvicorn

from peers import floor, resolvers


def main(name: str, address: str, port: str, statements: str = "") -> None:
    """Serve until stopped."""
    if name == "floor":
        app = floor.create_app(address, Path(statements))
    else:
        app = resolvers.create_app(address, cached=name == "cached")
    uvicorn.run(app, port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
