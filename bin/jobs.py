"""Programs that run beside each other for bin/test, each with a log of its own."""

import contextlib
import os
import signal
import subprocess
import time

import environment

# One more than there are cores: each job now and then waits for its database or its browser.
LANES = min((os.cpu_count() or 1) + 1, 4)


class Score:
    """Counts what passed and failed, and keeps what there is to say about failures."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.reasons = []

    def add(self, passed, failed=0, reason=None):
        """Count results; the reason of a failure is shown now and once more at the end."""
        self.passed += passed
        self.failed += failed
        if reason:
            self.reasons.append(reason)
            environment.say(f"FAILED {reason}")

    def close(self):
        """Print the closing lines; return the exit status."""
        for reason in self.reasons:
            environment.say(f"FAILED {reason}")
        environment.say(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


class Job:
    """A program that writes into a log; subclasses say which, and what its log means.

    :param title: what it is called in the output
    :param log: name of its log in the folder `.local`
    :param followed: show the log while it is written
    """

    def __init__(self, title, log, followed=False):
        self.title = title
        self.log = environment.LOCAL / log
        self.followed = followed
        self.shown = 0
        self.process = None

    def get_environment(self):
        """Return the environment variables of the program."""
        return environment.odoo_environment()

    def prepare_command(self):
        """Make what the program needs; return its command line."""
        raise NotImplementedError

    def judge(self, score, status, text):
        """Add to the score what the exit status and the text of the log say."""
        raise NotImplementedError

    def clean_up(self):
        """Take away what `prepare_command` made."""

    def start(self):
        """Start the program, in a process group of its own: Ctrl-C reaches it by `stop` alone."""
        self.begun = time.time()
        command = self.prepare_command()
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                command,
                cwd=environment.ROOT,
                env=self.get_environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def is_running(self):
        """Whether the program has not ended by itself yet."""
        return self.process is not None and self.process.poll() is None

    def follow(self):
        """Print what the log has gained, where it is followed."""
        if self.followed:
            text = self.log.read_text(errors="replace")
            print(text[self.shown :], end="", flush=True)
            self.shown = len(text)

    def finish(self, score):
        """Judge the program, which has ended, and print a line about it."""
        before = score.passed, score.failed
        self.follow()
        self.clean_up()
        self.judge(score, self.process.returncode, self.log.read_text(errors="replace"))
        passed, failed = score.passed - before[0], score.failed - before[1]
        # It may have ended before this was asked: the last line of its log tells when.
        took = self.log.stat().st_mtime - self.begun
        environment.say(f"{self.title}: {passed} passed, {failed} failed ({took:.0f} s)")

    def interrupt(self):
        """Ask the program to end before its time, as Ctrl-C does, so that it tidies up."""
        if self.is_running():
            self.process.send_signal(signal.SIGINT)

    def stop(self):
        """Wait for the end of a program that was interrupted, then end what is left of it."""
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.clean_up()


def run_jobs(score, jobs, meanwhile=None):
    """Run jobs in their order, as many at once as there are lanes; judge each when it ends.

    :param meanwhile: function that is called here as soon as the first jobs have started.
    """
    waiting, running = list(jobs), []
    try:
        while waiting or running:
            while waiting and len(running) < LANES:
                running.append(waiting.pop(0))
                running[-1].start()
            if meanwhile:
                meanwhile()
                meanwhile = None
            time.sleep(0.2)
            for job in running:
                job.follow()
            for job in [job for job in running if not job.is_running()]:
                running.remove(job)
                job.finish(score)
    finally:
        for job in running:
            job.interrupt()
        for job in running:
            job.stop()
