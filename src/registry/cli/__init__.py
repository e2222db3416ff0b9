"""The command line: `registry …`. A module a group of commands; what is slow to import is imported by the command.

release      the version of the program
usage        wrong usage, told in both languages
screen       what a command shows: text for people, JSON for machines, errors
session      settings, logs and the event loop of one command
importing    import, generate, seed
policies     policy …
scoring      score
access       token …
upkeep       migrate, doctor, verify, keys, schema
serving      serve, worker
demo         demo
rehearsal    the stages of a demo
diagnosis    what doctor looks at
"""

from registry.cli.main import main

__all__ = ["main"]
