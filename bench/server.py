"""An Odoo server on one of the databases, and signed-in users on it."""

import contextlib
import re
import subprocess
import time
from urllib.parse import quote

import environment
import requests

from bench.databases import get_environment
from bench.examples import read_examples
from bench.people import PASSWORD

STARTUP_SECONDS = 60
LOG_LINE = r'"{verb} {path} HTTP/[\d.]+" \d+ - (\d+) ([\d.]+) ([\d.]+)'


class Failed(Exception):
    """Something did not answer as it should; the text says what."""


class Server:
    """An Odoo server on one database, and signed-in users on it.

    :param seconds: how long many users call at once
    """

    def __init__(self, database, port, workers, seconds):
        self.database = database
        self.port = port
        self.workers = workers
        self.seconds = seconds
        self.url = f"http://127.0.0.1:{port}"
        self.log = environment.LOCAL / "bench" / f"{database}.log"
        self.sessions = {}
        self.examples = None

    def __enter__(self):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = environment.odoo(
            "server",
            f"--database={self.database}",
            f"--http-port={self.port}",
            f"--gevent-port={self.port + 2}",
            f"--workers={self.workers}",
            "--http-interface=127.0.0.1",
            "--max-cron-threads=0",
            "--log-level=info",
        )
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=environment.ROOT, env=get_environment(), stdout=log, stderr=log
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error):
        self.stop()

    def stop(self):
        """End the server."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _wait(self):
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(requests.ConnectionError, requests.Timeout):
                if requests.get(f"{self.url}/web/health", timeout=10).ok:
                    return
            time.sleep(0.2)
        raise Failed(f"Odoo does not start on {self.database}; its log is {self.log}")

    def sign_in(self, user):
        """Sign a portal user in through the form, once."""
        if user in self.sessions:
            return self.sessions[user]
        session = requests.Session()
        session.trust_env = False
        page = session.get(f"{self.url}/web/login", timeout=60).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        form = {
            "csrf_token": token and token[1],
            "login": f"{user}@bench.example",
            "password": PASSWORD,
            "redirect": "/my",
        }
        address = f"{self.url}/web/login"
        answer = session.post(address, data=form, timeout=60, allow_redirects=False)
        if "/my" not in answer.headers.get("Location", ""):
            raise Failed(f"{user} cannot sign in on {self.database}: {answer.status_code}")
        self.sessions[user] = session
        return session

    def fill(self, path):
        """Return a path with what this database has in the places named in it."""
        if "{" not in path:
            return path
        names = re.findall(r"{(\w+)}", path)
        return path.format_map({name: quote(self.read_example(name)) for name in names})

    def read_example(self, name):
        """Return a number or day of this database, see bench/examples.py."""
        if self.examples is None:
            self.examples = read_examples(self.database)
        if name not in self.examples:
            raise Failed(f"{self.database} has no example of '{name}'")
        return self.examples[name]

    def get(self, user, path):
        """Return the answer to a user's GET, complete to the last byte, and the seconds it took."""
        session = self.sign_in(user)
        started = time.perf_counter()
        answer = session.get(self.url + path, allow_redirects=False, timeout=600)
        took = time.perf_counter() - started
        if answer.status_code >= 400:
            raise Failed(f"{path} of {user} on {self.database}: {answer.status_code}")
        return answer, took

    def read_queries(self, path, calls, verb="GET"):
        """Return the queries of the last calls of a path, as Odoo's own access log counts them."""
        pattern = re.compile(LOG_LINE.format(verb=verb, path=re.escape(path)))
        for _ in range(50):
            found = [int(match[1]) for match in pattern.finditer(self.log.read_text())]
            if len(found) >= calls:
                return found[-calls:]
            time.sleep(0.1)
        raise Failed(f"the log of {self.database} has no line for {path}")
