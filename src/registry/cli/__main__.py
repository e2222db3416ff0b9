"""`python -m registry.cli`: the program where its script is not installed."""

from registry.cli import main

main()
