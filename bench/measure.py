"""Run Odoo on both databases and time pages over HTTP, in turns."""

import contextlib
import re
import statistics
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field

import environment
import requests

from bench.databases import get_environment
from bench.people import PASSWORD
from bench.rows import WrongPage

STARTUP_SECONDS = 60
WARM_UP = 3
LOG_LINE = r'"GET {path} HTTP/[\d.]+" 200 - (\d+) ([\d.]+) ([\d.]+)'


class Failed(Exception):
    """A page did not answer as it should; the text says which."""


class Server:
    """An Odoo server on one database, and signed-in users on it."""

    def __init__(self, database, port, workers):
        self.database = database
        self.port = port
        self.workers = workers
        self.url = f"http://127.0.0.1:{port}"
        self.log = environment.LOCAL / "bench" / f"{database}.log"
        self.sessions = {}
        self.calls = Counter()

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
            with contextlib.suppress(requests.ConnectionError):
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
        answer = session.post(f"{self.url}/web/login", data=form, timeout=60)
        if not answer.ok or "/my" not in answer.url:
            raise Failed(f"{user} cannot sign in on {self.database}: {answer.url}")
        self.sessions[user] = session
        return session

    def call(self, page):
        """Return the seconds that a page took until its last byte was here."""
        session = self.sign_in(page.user)
        started = time.perf_counter()
        answer = session.get(self.url + page.path, allow_redirects=False, timeout=300)
        took = time.perf_counter() - started
        if answer.status_code != 200:
            raise Failed(f"{page.path} of {page.user} on {self.database}: {answer.status_code}")
        try:
            page.check(answer.text)
        except WrongPage as error:
            raise Failed(f"{self.database}: {error}") from error
        self.calls[page.path] += 1
        return took

    def read_queries(self, path):
        """Return the queries of all calls of a path, as Odoo's own access log counts them."""
        pattern = re.compile(LOG_LINE.format(path=re.escape(path)))
        for _ in range(50):
            found = [int(match[1]) for match in pattern.finditer(self.log.read_text())]
            if len(found) >= self.calls[path]:
                return found
            time.sleep(0.1)
        raise Failed(f"the log of {self.database} has no line for {path}")


@dataclass
class Side:
    """Seconds and queries of one page on one server."""

    server: Server
    page: object
    seconds: list = field(default_factory=list)
    queries: int = 0

    def call(self, counted=True):
        """Call the page once more."""
        seconds = self.server.call(self.page)
        if counted:
            self.seconds.append(seconds)

    def read_queries(self):
        """Take the number of queries of the calls just made; the median if they differ."""
        found = self.server.read_queries(self.page.path)
        self.queries = int(statistics.median(found[-len(self.seconds) :]))

    @property
    def median(self):
        """Return the median in milliseconds."""
        return statistics.median(self.seconds) * 1000


@dataclass
class Result:
    """What one row gave."""

    row: object
    ours: Side
    stock: Side

    @property
    def ratio(self):
        """Return how many times as long as the stock page ours takes."""
        return self.ours.median / self.stock.median

    @property
    def best_ratio(self):
        """Return the same for the fastest call of each: the least disturbed by other programs."""
        return min(self.ours.seconds) / min(self.stock.seconds)


def measure(row, ours, stock, rounds):
    """Call both pages of a row in turns, each first as often as the other."""
    result = Result(row, Side(ours, row.ours), Side(stock, row.stock))
    pair = [result.ours, result.stock]
    for side in pair * WARM_UP * max(1, ours.workers):
        side.call(counted=False)
    for number in range(rounds):
        for side in pair if number % 2 else reversed(pair):
            side.call()
    for side in pair:
        side.read_queries()
    return result
