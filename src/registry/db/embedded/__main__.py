"""The keeper's own process; `keeper.start_keeper` runs it."""

import sys

from registry.db.embedded.keeper import main

main(sys.argv[1:])
