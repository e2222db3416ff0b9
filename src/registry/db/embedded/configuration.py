"""The three configuration files of the embedded server, written anew at every start."""

import os
import tempfile
from pathlib import Path

from registry.db.embedded.account import Account, find_account, get_caller, give
from registry.db.embedded.layout import ADMIN_ROLE, Layout, refusal

STAFF_ROLE = "registry_staff"
PUBLIC_ROLE = "registry_public"
LOGIN_ROLES = (ADMIN_ROLE, STAFF_ROLE, PUBLIC_ROLE)
MEGABYTE = 1 << 20

SETTINGS = """\
# Written at every start; put your own settings into local.conf beside this file.
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700
max_connections = 100

shared_buffers = {shared_buffers_megabytes}MB
effective_cache_size = {cache_megabytes}MB
maintenance_work_mem = {maintenance_megabytes}MB
work_mem = 16MB
random_page_cost = 1.1
jit = off

# A register must not lose what it has published.
fsync = on
synchronous_commit = on
full_page_writes = on
# The binaries know pglz alone: it costs 0.1 ms a page and took four fifths of the time of ten thousand amendments.
wal_compression = off
max_wal_size = 4GB
checkpoint_timeout = 15min

timezone = 'UTC'
log_timezone = 'UTC'
idle_in_transaction_session_timeout = 10min

logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d '
# Statements, parameters and error details hold personal data: none of them reaches the log.
log_statement = 'none'
log_min_duration_statement = -1
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0

include_if_exists 'local.conf'
"""

ACCESS = f"""\
# Only over the socket, only for the operating-system users of pg_ident.conf.
local all         all          peer map=registry
local replication {ADMIN_ROLE} peer map=registry
"""


def write_configuration(layout: Layout, cluster: Path, account: Account) -> None:
    """Write the files of a cluster (or of its draft); each is replaced whole."""
    texts = {
        "postgresql.conf": settings_text(memory_bytes()),
        "pg_hba.conf": ACCESS,
        "pg_ident.conf": identity_text(_operators()),
    }
    for name, text in texts.items():
        _replace(layout, cluster / name, text, account)


def settings_text(memory: int) -> str:
    """Give postgresql.conf for a machine of that many bytes of memory."""
    megabytes = memory // MEGABYTE
    return SETTINGS.format(
        shared_buffers_megabytes=_within(64, megabytes // 8, 1024),
        cache_megabytes=_within(128, megabytes // 2, 65536),
        maintenance_megabytes=_within(64, megabytes // 16, 512),
    )


def identity_text(users: list[str]) -> str:
    """Give pg_ident.conf: each of the operating-system users may log in as each of the login roles."""
    return "".join(f"registry {_quoted(user)} {role}\n" for user in users for role in LOGIN_ROLES)


def memory_bytes() -> int:
    """Give the memory this process may use: the machine's, or the container's limit where that is lower."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def _operators() -> list[str]:
    """The caller, and root, who could become the caller anyway; never the server's account where that is another."""
    root = find_account(0)
    names = [get_caller().name, root.name if root else "root"]
    return list(dict.fromkeys(names))


def _quoted(user: str) -> str:
    # A leading slash would make the name a regular expression, a line break would begin another rule.
    if user.startswith("/") or not user.isprintable():
        raise refusal(
            "user-name",
            f"系统用户名 {user!r} 无法用于数据库登录。请以其他用户运行。",
            f"The user name {user!r} cannot log in to the database; run as another user.",
        )
    return '"' + user.replace('"', '""') + '"'


def _replace(layout: Layout, target: Path, text: str, account: Account) -> None:
    # Written aside and renamed: the cluster is the server account's, which must not lead root through a symbolic link.
    descriptor, draft = tempfile.mkstemp(dir=layout.run, prefix="configuration-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    give(Path(draft), account)
    Path(draft).replace(target)


def _within(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))
