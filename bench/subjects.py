"""What is timed on one database: a page, fifty people on a page, a function in Odoo, memory."""

import json
import re
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import environment
import requests

from bench.databases import get_environment
from bench.people import USERS
from bench.server import Failed

WARM_UP = 3


@dataclass(frozen=True)
class Page:
    """A page as a signed-in portal user sees it.

    :param path: may name examples of the database, like ``{order}``
    :param shows: number of orders on it, no more and no fewer
    :param texts: what else must be on it: a page that leaves things out is no measure
    :param counts: texts with the number of times that they are on it, each in a tuple
    :param lines: name of the example that says how many lines a file has, at least
    :param status: None for a page that may send on to the one thing that was found
    :param deep: so many times the link to the next page is followed first, as far as there are
    """

    user: str
    path: str
    shows: int | None = None
    texts: tuple = ()
    counts: tuple = ()
    lines: str = ""
    status: int | None = 200
    deep: int = 0

    warm_up = WARM_UP

    def open(self, server):
        """Return what can be called on a server."""
        return OpenPage(self, server)


class OpenPage:
    """A page on one server."""

    def __init__(self, page, server):
        self.page = page
        self.server = server
        self.path = server.fill(page.path)
        for _ in range(page.deep):
            self.path = self._get_next() or self.path
        self.calls = 0

    def call(self):
        """Return the seconds that the page took until its last byte was here, in a list."""
        answer, seconds = self.server.get(self.page.user, self.path)
        self._check(answer)
        self.calls += 1
        return [seconds]

    def get_process(self):
        """Return the id of the process that answers."""
        return self.server.process.pid

    def read_queries(self):
        """Return the median number of queries of the calls so far."""
        return int(statistics.median(self.server.read_queries(self.path, self.calls)))

    def close(self):
        """Nothing is kept open."""

    def _get_next(self):
        answer, _seconds = self.server.get(self.page.user, self.path)
        link = re.search(r'<a[^>]*rel="next"[^>]*>', answer.text)
        target = link and re.search(r'href="([^"]+)"', link[0])
        return target and target[1].replace("&amp;", "&")

    def _check(self, answer):
        """Raise Failed unless the page shows what it should."""
        page, where = self.page, f"{self.path} of {self.page.user} on {self.server.database}"
        if page.status and answer.status_code != page.status:
            raise Failed(f"{where}: {answer.status_code}")
        links = set(re.findall(r"/my/orders/(\d+)", answer.text)) if page.shows else ()
        if page.shows and len(links) != page.shows:
            raise Failed(f"{where} shows {len(links)} orders, not {page.shows}")
        for missing in (expected for expected in page.texts if expected not in answer.text):
            raise Failed(f"{where} does not show '{missing}'")
        for text, number in page.counts:
            if answer.text.count(text) != number:
                raise Failed(f"{where} has {answer.text.count(text)} times '{text}', not {number}")
        if page.lines and answer.content.count(b"\n") < int(self.server.read_example(page.lines)):
            raise Failed(f"{where} has too few lines")


@dataclass(frozen=True)
class Form:
    """A page for who is not signed in, or its form when it is posted, by a new session each time.

    :param values: of the fields, as pairs; none: the page itself
    """

    path: str
    values: tuple = ()
    status: int = 200

    warm_up = WARM_UP

    def open(self, server):
        """Return what can be called on a server."""
        return OpenForm(self, server)


class OpenForm:
    """A form on one server."""

    def __init__(self, form, server):
        self.form = form
        self.server = server
        self.verb = "POST" if form.values else "GET"
        self.calls = 0

    def call(self):
        """Return the seconds that the answer took, in a list."""
        self.calls += 1
        with requests.Session() as session:
            session.trust_env = False
            started = time.perf_counter()
            answer = session.get(self.server.url + self.form.path, timeout=60)
            if self.form.values:
                token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
                values = {"csrf_token": token[1], **dict(self.form.values)}
                started = time.perf_counter()
                answer = session.post(
                    self.server.url + self.form.path, values, timeout=60, allow_redirects=False
                )
        seconds = time.perf_counter() - started
        if answer.status_code != self.form.status:
            raise Failed(f"{self.form.path} on {self.server.database}: {answer.status_code}")
        return [seconds]

    def get_process(self):
        """Return the id of the process that answers."""
        return self.server.process.pid

    def read_queries(self):
        """Return the median number of queries of the calls so far."""
        found = self.server.read_queries(self.form.path, self.calls, self.verb)
        return int(statistics.median(found))

    def close(self):
        """Nothing is kept open."""


@dataclass(frozen=True)
class Crowd:
    """Fifty people, each with a session of his own, who call a page again and again.

    Who finds all places taken waits as at a proxy: Odoo's workers let no more than eight wait each
    and drop some of those who come then.
    """

    path: str
    places: int = 8

    warm_up = 0

    def open(self, server):
        """Return what can be called on a server."""
        return OpenCrowd(self, server)


class OpenCrowd:
    """Fifty people on one server."""

    def __init__(self, crowd, server):
        self.crowd = crowd
        self.server = server
        self.places = threading.Semaphore(crowd.places * max(1, server.workers))
        for user in USERS:
            server.get(user, crowd.path)

    def call(self):
        """Return the seconds of all calls that were answered in the time; one error fails all."""
        seconds, errors = [], []
        end = time.monotonic() + self.server.seconds
        people = [
            threading.Thread(target=self._work, args=(user, end, seconds, errors)) for user in USERS
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        if errors:
            raise Failed(f"{len(errors)} errors of {len(seconds)} calls, the first: {errors[0]}")
        return seconds

    def get_process(self):
        """Return the id of the server's first process."""
        return self.server.process.pid

    def read_queries(self):
        """Return nothing: the customers differ."""

    def close(self):
        """Nothing is kept open."""

    def _work(self, user, end, seconds, errors):
        while time.monotonic() < end:
            started = time.perf_counter()
            try:
                with self.places:
                    self.server.get(user, self.crowd.path)
            except (Failed, OSError) as error:
                errors.append(error)
            seconds.append(time.perf_counter() - started)


@dataclass(frozen=True)
class Task:
    """A function of bench/tasks.py, run again and again in one process with Odoo."""

    name: str

    warm_up = 1

    def open(self, server):
        """Return what can be called on the database of a server."""
        return OpenTask(self, server)


class OpenTask:
    """A process with Odoo on one database."""

    def __init__(self, task, server):
        self.where = f"{task.name} on {server.database}"
        self.queries = None
        self.process = subprocess.Popen(
            [environment.PYTHON, "-m", "bench.tasks", server.database, task.name],
            cwd=environment.ROOT,
            env=get_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self):
        """Return the seconds of one run, in a list."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Failed(f"{self.where} ended; the lines above say why")
        found = json.loads(answer)
        self.queries = found["queries"]
        return [found["seconds"]]

    def get_process(self):
        """Return the id of the process."""
        return self.process.pid

    def read_queries(self):
        """Return the queries of the last run."""
        return self.queries

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait(60)


@dataclass(frozen=True)
class Memory:
    """The peak of the memory of the process that does another subject's work."""

    subject: object

    warm_up = 1

    def open(self, server):
        """Return what can be called on a server."""
        return OpenMemory(self.subject.open(server))


class OpenMemory:
    """The memory of one process."""

    def __init__(self, opened):
        self.opened = opened

    def call(self):
        """Return the peak in MB during one call, in a list."""
        process = Path("/proc", str(self.opened.get_process()))
        (process / "clear_refs").write_text("5")  # the peak is what is used now
        self.opened.call()
        peak = re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text())
        return [int(peak[1]) / 1000]

    def read_queries(self):
        """Return those of the work."""
        return self.opened.read_queries()

    def close(self):
        """End what was opened."""
        self.opened.close()
