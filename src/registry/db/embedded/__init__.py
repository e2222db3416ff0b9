"""The embedded PostgreSQL 18: found in the installed wheel, shared between processes, stopped with the last of them.

EmbeddedServer.open   takes a share of a data directory's server (makes and starts it where needed)
status, stop          what runs on a data directory; end it whoever holds it

Parts, each importing only those above it:
    layout         where everything lies below the data directory
    account        the operating-system account of the server, and how it reaches its directories
    locks          the kernel's file locks: the truth about who holds the server
    sockets        where the socket lies
    binaries       the programs of the wheel
    configuration  postgresql.conf, pg_hba.conf, pg_ident.conf
    cluster        initdb, complete or not at all; recognising what is there
    leftovers      processes that outlived a killed server
    keeper         the process that runs the server for as long as somebody holds it
    server         the handle
"""

from registry.db.embedded.server import EmbeddedServer, ServerStatus, status, stop

__all__ = ["EmbeddedServer", "ServerStatus", "status", "stop"]
