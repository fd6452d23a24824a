"""What the tests of the whole share: databases, servers, mail, and Odoo's environment."""

import contextlib
import email
import email.policy
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import environment
import pytest
from psycopg2.errors import SerializationFailure


class Server:
    """A running Odoo server on a database of its own, with a mail server that keeps all mails."""

    def __init__(self, database, folder, *options):
        self.database = database
        self.mail = folder / "mail"
        self.log = folder / "server.log"
        self.options = options
        self.mail_port = environment.free_port()
        self.port = environment.free_port()
        self.url = f"http://localhost:{self.port}"
        mailbox = [sys.executable, str(environment.ROOT / "bin" / "mailbox.py")]
        self.mailbox = subprocess.Popen([*mailbox, str(self.mail), str(self.mail_port)])
        environment.set_address(database, self.url)
        self.start()

    def start(self):
        """Start the server and return when it answers."""
        command = environment.odoo(
            *("server", "-d", self.database, "--db-filter", f"^{self.database}$"),
            *("--http-port", self.port, "--smtp-port", self.mail_port, "--logfile", self.log),
            # Pages that only read get a cursor that cannot write, as from a copy of the database.
            "--dev=replica",
            *self.options,
        )
        command[1] = str(environment.ROOT / "tests" / "quick_server.py")
        self.process = subprocess.Popen(
            command, cwd=environment.ROOT, env=environment.odoo_environment()
        )
        given_up = time.monotonic() + 120
        while time.monotonic() < given_up:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{self.url}/web/health", timeout=5)
                return
            time.sleep(0.2)
        self.close()
        raise AssertionError(f"no answer from {self.url}: {self.log.read_text()[-2000:]}")

    def wake_jobs(self):
        """Let the server do now what was due before it started; else it looks after a minute."""
        environment.psql(f"NOTIFY cron_trigger, '{self.database}'")

    def kill(self):
        """End the server at once, as a power failure would."""
        self.process.kill()
        self.process.wait()

    def close(self):
        """End server and mail server."""
        self.kill()
        self.mailbox.terminate()

    def wait_for_mail(self, recipient, subject="", seconds=30):
        """Return the newest mail to `recipient` whose subject contains `subject`."""
        for _attempt in range(seconds * 5):
            for path in sorted(self.mail.glob("*.eml"), reverse=True):
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if recipient in mail["to"] and subject in mail["subject"]:
                    return mail
            time.sleep(0.2)
        raise AssertionError(f"no mail '{subject}' to {recipient} within {seconds} s")

    def trouble(self):
        """Return the lines of the log that are warnings or errors."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if " WARNING " in line or " ERROR " in line]


@contextlib.contextmanager
def odoo_env(database):
    """Give an environment of the superuser in `database`; commit when nothing was raised."""
    os.environ.update(environment.odoo_environment())
    import odoo
    from odoo.modules.registry import Registry

    if not odoo.tools.config["addons_path"]:
        odoo.tools.config.parse_config(["--no-http"], setup_logging=False)
    registry = Registry(database)
    odoo.addons.base.models.res_users.MIN_ROUNDS = 1  # see quick_server.py
    with registry.cursor() as cursor:
        yield odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        cursor.commit()
    registry.signal_changes()


def act(database, function):
    """Call `function(env)` and commit; again, as Odoo does, when another transaction was quicker.

    The server works on the same records meanwhile: it makes mails and prints their documents.
    """
    for _attempt in range(4):
        with contextlib.suppress(SerializationFailure), odoo_env(database) as env:
            return function(env)
    with odoo_env(database) as env:
        return function(env)


@contextlib.contextmanager
def temporary_database(source, name):
    """Give a copy of a database that is dropped afterwards."""
    environment.copy_database(source, name)
    try:
        yield name
    finally:
        if "odoo" in sys.modules:
            sys.modules["odoo"].sql_db.close_db(name)
        environment.drop_database(name)


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    """A server on a copy of the prepared database, filled by `make_world(env)` of the module."""
    name = f"test_{Path(request.module.__file__).stem.removeprefix('test_')}"
    with temporary_database("test_prepared", name):
        with odoo_env(name) as env:
            world = request.module.make_world(env)
        running = Server(name, tmp_path_factory.mktemp(name))
        running.world = world
        try:
            yield running
        finally:
            running.close()
